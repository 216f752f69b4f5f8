import type { ActPage, RecordedAct } from '#common-base/audit';
import {
  button,
  buttonLink,
  buttonRow,
  dataList,
  dayField,
  emptyState,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import type { LogPersons } from '../staff-route.ts';
import type { StaffMember } from '../types.ts';

/** What the auditor asked for, as typed. */
export interface LogSearch {
  readonly recordedFrom: string;
  readonly recordedTo: string;
  readonly staff: string;
  readonly act: string;
  readonly outcome: string;
  readonly person: string;
}

/** The page of the log. */
export interface LogPage {
  readonly search: LogSearch;
  readonly errors: readonly FormError[];
  readonly found: ActPage | null;
  readonly staff: readonly StaffMember[];
  readonly acts: readonly string[];
  /** How a person is named here; null where the log knows nobody. */
  readonly persons: Pick<LogPersons, 'label' | 'hint'> | null;
  readonly csrfToken: string;
  readonly nameOf: (act: string) => string;
}

/** The search of the log and what it found; a form by POST, so that no resident's number stands in an address. */
export function auditLogPage(page: LogPage): Html {
  return html`${pageHead('監査ログ', { lead: 'だれが・いつ・どこから・なんのために・何をしたかの記録です。記録は変えられません。検索したことも記録されます。' })}
    ${errorSummary(page.errors)}
    ${panel({ title: '条件', icon: 'search' }, searchForm(page))}
    ${page.found !== null && panel({ title: '結果', icon: 'list', isFlush: true, foot: moreForm(page, page.found) }, actTable(page, page.found))}`;
}

/** One act with everything recorded of it. */
export function actPage(act: RecordedAct, name: string, persons: readonly string[]): Html {
  const details = Object.entries(act.details).map(
    ([key, value]) => html`<div><code>${key}</code> ${String(value)}</div>`,
  );
  return html`${pageHead(name, { actions: buttonLink('検索へ戻る', '/audit/log', { icon: 'arrowLeft' }) })}
    ${panel(
      { title: '記録の内容', icon: 'file' },
      dataList([
        ['記録日時', instantText(act.recordedAt, { hasSeconds: true })],
        ['行為', `${name}(${act.act})`],
        ['結果', outcomeTag(act.outcome)],
        ['職員', act.staffName ?? '(消去済み)'],
        ['経路', viaNames[act.via]],
        ['接続元', act.from],
        ['OSの利用者', act.osUser],
        ['処理事由', act.reason],
        ['対象の項目', act.items.join('、')],
        ['補足', details.length > 0 && details],
        ['対象者の人数', `${formatCount(act.personCount)}人`],
        ['対象者', persons.length > 0 && persons.join('、')],
        ['記録番号', `${act.recordedOn} / ${act.actId}`],
      ]),
    )}`;
}

function searchForm(page: LogPage): Html {
  const { search } = page;
  const everybody = { value: '', label: 'すべて' };
  return postForm(
    { action: '/audit/log', csrfToken: page.csrfToken, label: '監査ログの検索', role: 'search' },
    html`<div class="stack"><div class="row">
      ${dayField({ name: 'recordedFrom', label: '期間(から)', value: search.recordedFrom })}
      ${dayField({ name: 'recordedTo', label: '期間(まで)', value: search.recordedTo })}
      ${selectField({ name: 'staff', label: '職員', value: search.staff, choices: [everybody, ...page.staff.map((each) => ({ value: String(each.staffId), label: `${each.displayName}(${each.accountName})` }))] })}
      ${selectField({ name: 'act', label: '行為', value: search.act, choices: [everybody, ...page.acts.map((act) => ({ value: act, label: page.nameOf(act) }))] })}
      ${selectField({ name: 'outcome', label: '結果', value: search.outcome, choices: [everybody, { value: 'done', label: '実行' }, { value: 'refused', label: '拒否' }] })}
      ${page.persons !== null && textField({ name: 'person', ...page.persons, value: search.person, width: 20 })}
    </div>${buttonRow(button('検索する', { look: 'filled', icon: 'search' }))}</div>`,
  );
}

function actTable(page: LogPage, found: ActPage): Html {
  return table<RecordedAct>({
    caption: '監査ログ',
    density: 'dense',
    rows: found.acts,
    whenEmpty: emptyState('条件に合う記録はありません', '期間や職員を変えて、もう一度検索してください。'),
    columns: [
      {
        label: '記録日時',
        isRowHeader: true,
        isNoWrap: true,
        cell: (act) =>
          html`<a href="/audit/log/${act.recordedOn}/${act.actId}">${instantText(act.recordedAt, { hasSeconds: true })}</a>`,
      },
      { label: '職員', cell: (act) => act.staffName ?? '(消去済み)' },
      { label: '行為', cell: (act) => page.nameOf(act.act) },
      { label: '結果', cell: (act) => outcomeTag(act.outcome), isNoWrap: true },
      {
        label: '対象者',
        cell: (act) => (act.personCount === 0 ? '' : `${formatCount(act.personCount)}人`),
        isNumber: true,
      },
      { label: '処理事由', cell: (act) => act.reason },
      { label: '経路', cell: (act) => viaNames[act.via], isNoWrap: true },
      { label: '接続元', cell: (act) => act.from },
    ],
  });
}

/** The older page, by the same search. */
function moreForm(page: LogPage, found: ActPage): Html | null {
  if (found.next === null) return null;
  const fields = Object.entries({ ...page.search, after: found.next });
  return postForm(
    { action: '/audit/log', csrfToken: page.csrfToken, label: '続きの検索' },
    html`${fields.map(([name, value]) => hiddenField(name, value))}${button('さらに古い記録を見る', { icon: 'arrowRight' })}`,
  );
}

function outcomeTag(outcome: RecordedAct['outcome']): Html {
  return outcome === 'done' ? statusTag('実行', 'neutral') : statusTag('拒否', 'error');
}

const viaNames: Readonly<Record<RecordedAct['via'], string>> = { web: '画面', cli: 'コマンド', job: '自動処理' };
