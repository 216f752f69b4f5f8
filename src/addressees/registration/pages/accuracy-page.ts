import {
  type AccuracyCount,
  type AccuracyRuleCode,
  accuracyRules,
  type PersonSummary,
  recordColumns,
} from '#addressees/persons';
import type { Day } from '#kernel';
import {
  button,
  buttonLink,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  table,
  textArea,
} from '#platform/pages';
import type { AccuracyCheck } from '../accuracy-check.ts';
import { accuracyCountPath, accuracyPath } from './paths.ts';

/** What the page of the periodic check shows. */
export interface AccuracyView {
  /** Undefined where the register was never counted. */
  readonly counted: AccuracyCount | undefined;
  readonly checks: readonly AccuracyCheck[];
  /** The day by which the next check is due. */
  readonly dueOn: Day;
  readonly isDue: boolean;
  readonly maySign: boolean;
  readonly errors: readonly FormError[];
  readonly note: string;
  readonly csrfToken: string;
}

/** 正確性・最新性の点検: what stands out now, the way to each correction list, the signature, the checks so far. */
export function accuracyPage(view: AccuracyView): Html {
  return html`${pageHead('正確性と最新性の点検', {
    lead: '宛名の記録のうち、確かめたほうがよいものを数えます。',
  })}${errorSummary(view.errors)}${
    view.isDue
      ? notice(
          'warning',
          '点検の時期です',
          view.checks.length === 0
            ? 'まだ一度も点検していません。'
            : html`前の点検から、設定された月数がたちました（${dayText(view.dueOn)}まで）。`,
        )
      : html`<p>次の点検は ${dayText(view.dueOn)} までです。</p>`
  }${countPanel(view)}${view.counted === undefined ? null : foundPanel(view.counted)}${
    view.maySign && view.counted !== undefined && signPanel(view)
  }${checksPanel(view.checks)}`;
}

function countPanel({ counted, csrfToken }: AccuracyView): Html {
  const last =
    counted === undefined
      ? 'まだ数えていません。「いま数える」を押してください。'
      : html`${instantText(counted.countedAt)} に ${counted.countedByName} が ${formatCount(counted.people)}人を見ました。`;
  return panel(
    { title: '数える', icon: 'search' },
    postForm(
      { action: accuracyCountPath, csrfToken, label: '数える' },
      html`<div class="stack"><p>${last}</p><p class="soft">人数が多いときは、処理の画面で進みを見られます。</p>${button('いま数える', { look: counted === undefined ? 'filled' : 'outlined' })}</div>`,
    ),
  );
}

function foundPanel({ found }: AccuracyCount): Html {
  return panel(
    { title: '見つかったこと', icon: 'search', isFlush: true },
    table<(typeof accuracyRules)[number]>({
      caption: '見つかったこと',
      density: 'dense',
      rows: accuracyRules,
      columns: [
        { label: 'こと', isRowHeader: true, cell: (each) => each.nameJa },
        { label: '人数', isNumber: true, cell: (each) => formatCount(found[each.code] ?? 0) },
        { label: 'すること', cell: (each) => each.whatToDo },
        {
          label: '一覧',
          isLabelHidden: true,
          isNoWrap: true,
          cell: (each) =>
            (found[each.code] ?? 0) > 0 &&
            buttonLink(
              html`訂正の一覧<span class="visually-hidden">（${each.nameJa}）</span>`,
              `${accuracyPath}/${each.code}`,
              { size: 'small' },
            ),
        },
      ],
    }),
  );
}

function signPanel(view: AccuracyView): Html {
  return panel(
    { title: '点検したことを記録する', icon: 'check' },
    postForm(
      { action: accuracyPath, csrfToken: view.csrfToken, label: '点検したことを記録する' },
      html`<div class="stack">${textArea({ name: 'note', label: '所見', value: view.note, error: errorOf(view.errors, 'note'), hint: '例　住所のない2人を住民課に照会した。上の件数がいっしょに記録されます', isRequired: true })}${button('記録する', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}

function checksPanel(checks: readonly AccuracyCheck[]): Html {
  return panel(
    { title: 'これまでの点検', icon: 'clock', isFlush: true },
    table<AccuracyCheck>({
      caption: 'これまでの点検',
      density: 'dense',
      rows: checks,
      whenEmpty: emptyState('まだ点検していません'),
      columns: [
        { label: '日時', isRowHeader: true, isNoWrap: true, cell: (each) => instantText(each.checkedAt) },
        { label: '職員', cell: (each) => each.checkedByName },
        { label: '見た人数', isNumber: true, cell: (each) => formatCount(each.people) },
        {
          label: '見つかった数',
          isNumber: true,
          cell: (each) => formatCount(Object.values(each.found).reduce((sum, count) => sum + count, 0)),
        },
        { label: '所見', cell: (each) => each.note },
      ],
    }),
  );
}

/** The correction list of one rule. */
export function correctionsPage(view: {
  readonly code: AccuracyRuleCode;
  readonly people: readonly PersonSummary[];
  readonly next: number | null;
}): Html {
  const wanted = accuracyRules.find((each) => each.code === view.code);
  const foot =
    view.next !== null &&
    buttonLink('次のページ', `${accuracyPath}/${view.code}?after=${view.next}`, { size: 'small', icon: 'arrowRight' });
  return html`${pageHead(`訂正の一覧：${wanted?.nameJa ?? ''}`, { lead: `${wanted?.whatToDo ?? ''}。` })}${panel(
    { title: '確かめる記録', icon: 'people', isFlush: true, foot },
    table<PersonSummary>({
      caption: '確かめる記録',
      density: 'dense',
      rows: view.people,
      whenEmpty: emptyState('確かめる記録はありません', undefined, 'checkCircle'),
      columns: recordColumns<PersonSummary>((person) => person),
    }),
  )}${buttonLink('もどる', accuracyPath, { icon: 'arrowLeft' })}`;
}
