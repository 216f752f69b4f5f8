import {
  button,
  buttonRow,
  dayField,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  hiddenField,
  html,
  pageHead,
  panel,
  postForm,
  selectField,
  table,
  textArea,
  textField,
} from '#platform/pages';
import type { Anomaly } from '../reviews/anomaly-rules.ts';
import type { SignedReview } from '../reviews/review-store.ts';
import type { AnomalyVerdict } from '../reviews/sign-anomaly-review.ts';
import { reviewTable } from './review-pages.ts';

/** The review of what stands out in the log. */
export interface AnomalyPage {
  readonly period: { readonly recordedFrom: string; readonly recordedTo: string };
  readonly anomalies: readonly Anomaly[];
  readonly verdicts: ReadonlyMap<string, AnomalyVerdict>;
  readonly reviews: readonly SignedReview[];
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
}

/** The list with a verdict for each line, and the signature. */
export function anomalyPage(page: AnomalyPage): Html {
  const { period, errors } = page;
  const choose = html`<form method="get" action="/reviews/anomalies" aria-label="期間の選択"><div class="stack"><div class="row">
      ${dayField({ name: 'from', label: '期間(から)', value: period.recordedFrom, error: errorOf(errors, 'from') })}
      ${dayField({ name: 'to', label: '期間(まで)', value: period.recordedTo, error: errorOf(errors, 'to') })}
    </div>${buttonRow(button('この期間を見る', { icon: 'search' }))}</div></form>`;
  return html`${pageHead('異常な利用の点検', { lead: '時間外の利用、失敗の多いサインイン、大量の閲覧などを見つけ、確かめた人が署名します。' })}
    ${errorSummary(errors)}
    ${panel({ title: '期間', icon: 'calendar' }, choose)}
    ${signForm(page)}
    ${panel({ title: 'これまでの点検', icon: 'history', isFlush: true }, reviewTable(page.reviews, '要確認'))}`;
}

function signForm(page: AnomalyPage): Html {
  const { period } = page;
  return postForm(
    { action: '/reviews/anomalies', csrfToken: page.csrfToken, label: '点検の署名' },
    html`<div class="stack">
      ${hiddenField('from', period.recordedFrom)}${hiddenField('to', period.recordedTo)}
      ${panel({ title: '見つかったこと', icon: 'alert', isFlush: true }, anomalyTable(page))}
      ${panel(
        { title: '署名', icon: 'check' },
        html`<div class="stack">
          <p>「要確認」には、確かめる内容や頼んだ相手を書いてください。一つ一つの記録は「閲覧と操作の記録」で職員と日を選ぶと見られます。</p>
          ${textArea({ name: 'note', label: '点検の所見' })}
          ${buttonRow(button('署名して終える', { look: 'filled', icon: 'check' }))}
        </div>`,
      )}
    </div>`,
  );
}

function anomalyTable(page: AnomalyPage): Html {
  return table<Anomaly>({
    caption: '見つかったこと',
    density: 'dense',
    rows: page.anomalies,
    whenEmpty: emptyState('この期間に目立つ利用はありません', '見つからなかったことも、署名して記録できます。'),
    columns: [
      { label: '日', cell: (row) => row.recordedOn, isRowHeader: true, isNoWrap: true },
      { label: '内容', cell: (row) => row.rule.nameJa },
      { label: '職員', cell: (row) => row.staffName ?? '(不明)' },
      { label: '数', cell: (row) => `${formatCount(row.count)}${row.rule.unitJa}`, isNumber: true },
      { label: '接続元', cell: (row) => row.from },
      {
        label: '判断',
        cell: (row) =>
          selectField({
            name: `verdict.${row.key}`,
            label: `${row.recordedOn} ${row.rule.nameJa}の判断`,
            isLabelHidden: true,
            value: page.verdicts.get(row.key)?.verdict ?? '',
            choices: [
              { value: '', label: '選んでください' },
              { value: 'fine', label: '問題なし' },
              { value: 'followUp', label: '要確認' },
            ],
          }),
      },
      {
        label: '理由・証拠',
        cell: (row) =>
          textField({
            name: `remark.${row.key}`,
            label: `${row.recordedOn} ${row.rule.nameJa}の理由`,
            isLabelHidden: true,
            value: page.verdicts.get(row.key)?.remark ?? '',
            maxLength: 400,
          }),
      },
    ],
  });
}
