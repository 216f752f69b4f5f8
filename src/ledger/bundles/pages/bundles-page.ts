import type { Day } from '#kernel';
import {
  button,
  checkbox,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  figureRow,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  table,
  textField,
} from '#platform/pages';
import { type BundleState, decideBundleState } from '../decide-bundle-state.ts';
import type { CountedBundle } from '../types.ts';
import { bundleStateTag } from './bundle-words.ts';
import { bundlePath, bundlesPath } from './paths.ts';

/** The bundles of a month. */
export interface BundlesPageView {
  readonly claimMonth: string;
  readonly bundles: readonly CountedBundle[];
  readonly nameOf: (institutionCode: string) => string;
  readonly today: Day;
  readonly mayManage: boolean;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
  /** Only bundles that wait for something. */
  readonly isOpenOnly: boolean;
}

/** Expected, received, entered and in the ledger, for each institution of a month (受領管理). */
export function bundlesPage(view: BundlesPageView): Html {
  const stateOf = (bundle: CountedBundle): BundleState => decideBundleState(bundle, view.today);
  const count = (...states: BundleState[]) => view.bundles.filter((one) => states.includes(stateOf(one))).length;
  const shown = view.isOpenOnly ? view.bundles.filter((one) => stateOf(one) !== 'done') : view.bundles;
  const ask = html`<form class="row filter-form no-print" method="get" action="${bundlesPath}" aria-label="請求月"
    >${textField({ name: 'month', id: 'shown-month', label: '請求月', value: view.claimMonth, hint: '例　2026-10', width: 10, size: 'small' })}${button('この月を見る', { icon: 'search', size: 'small' })}</form>`;
  const figures = figureRow(
    [
      { label: '届いていない', value: count('late'), unit: '束', icon: 'alert' },
      { label: '枚数が合わない', value: count('differs'), unit: '束', icon: 'question' },
      { label: '入力を待つ', value: count('toEnter', 'entering'), unit: '束', icon: 'keyboard' },
      { label: '台帳に登録', value: count('done'), unit: '束', icon: 'check' },
    ],
    'この月の束',
  );
  const open = bundlesPathOf(view.claimMonth, !view.isOpenOnly);
  const aside = html`<a class="small" href="${open}">${view.isOpenOnly ? 'すべての束を見る' : '終わっていない束だけにする'}</a>`;
  return html`${pageHead('予診票の束', { lead: '医療機関から届く予診票を、予定・受領・入力・登録の枚数で追います。' })}${errorSummary(view.errors)}${ask}${figures}${panel(
    { title: `${monthText(view.claimMonth)}分の束`, icon: 'inbox', isFlush: true, aside, class: 'may-break' },
    bundleTable(shown, view, stateOf),
  )}${view.mayManage && managePanels(view)}`;
}

function bundlesPathOf(claimMonth: string, isOpenOnly: boolean): string {
  return `${bundlesPath}?${new URLSearchParams({ month: claimMonth, ...(isOpenOnly ? { open: 'yes' } : {}) }).toString()}`;
}

function bundleTable(
  bundles: readonly CountedBundle[],
  view: BundlesPageView,
  stateOf: (bundle: CountedBundle) => BundleState,
): Html {
  const number = (value: number | null) => (value === null ? html`<span class="soft">－</span>` : html`${value}`);
  return table<CountedBundle>({
    caption: '予診票の束',
    density: 'dense',
    rows: bundles,
    whenEmpty: emptyState('この月の束はまだありません', html`<p>下で、この月の束を用意します。</p>`),
    columns: [
      {
        label: '医療機関',
        isRowHeader: true,
        cell: (one) =>
          html`<a href="${bundlePath(one.bundleId)}">${view.nameOf(one.institutionCode)}</a>${one.sequence > 1 && html` <span class="small">（${one.sequence}回目）</span>`}${one.ward !== '' && html`<br><span class="small soft">${one.ward}</span>`}`,
      },
      { label: '予定', isNumber: true, cell: (one) => number(one.expectedCount) },
      { label: '受領', isNumber: true, cell: (one) => number(one.receivedCount) },
      { label: '入力', isNumber: true, cell: (one) => number(one.entered) },
      { label: '登録', isNumber: true, cell: (one) => number(one.committed) },
      { label: '状態', isNoWrap: true, cell: (one) => bundleStateTag(stateOf(one)) },
      {
        label: '届くはずの日',
        isNoWrap: true,
        cell: (one) => one.dueOn !== null && dayText(one.dueOn, { isShort: true }),
      },
      { label: '督促', isNoWrap: true, cell: (one) => instantText(one.lastRemindedAt) },
    ],
  });
}

function managePanels(view: BundlesPageView): Html {
  const due = textField({
    name: 'dueOn',
    label: '届くはずの日',
    error: errorOf(view.errors, 'dueOn'),
    hint: '例　2026-11-10、R8.11.10',
    width: 20,
    size: 'small',
    isRequired: true,
  });
  const month = postForm(
    { action: bundlesPath, csrfToken: view.csrfToken, class: 'stack-tight', label: '月の用意' },
    html`${hiddenField('month', view.claimMonth)}${due}${checkbox({ name: 'needsSecond', label: '二人で入力して突き合わせる' })}${button('契約中の医療機関の束を用意する', { name: 'what', value: 'month', icon: 'calendar' })}`,
  );
  const one = postForm(
    { action: bundlesPath, csrfToken: view.csrfToken, class: 'stack-tight', label: '束の追加' },
    html`${hiddenField('month', view.claimMonth)}${textField({ name: 'institutionCode', label: '医療機関コード', error: errorOf(view.errors, 'institutionCode'), width: 20, size: 'small', isRequired: true, inputMode: 'numeric' })}${textField({ name: 'ward', label: '区・経由先', width: 20, size: 'small' })}${textField({ name: 'expectedCount', label: '予定の枚数', error: errorOf(view.errors, 'expectedCount'), width: 5, size: 'small', inputMode: 'numeric' })}${checkbox({ name: 'needsSecond', id: 'one-second', label: '二人で入力して突き合わせる' })}${button('束を一つ加える', { name: 'what', value: 'one', icon: 'inbox' })}`,
  );
  return html`<div class="columns columns-half no-print">${panel({ title: 'この月の束を用意する', icon: 'calendar' }, month)}${panel({ title: '束を一つ加える', icon: 'inbox' }, one)}</div>`;
}

/** `2026年10月` of a month as it is typed, `2026-10`. */
function monthText(claimMonth: string): string {
  return claimMonth.replace(/^(\d+)-0?(\d+)$/u, '$1年$2月');
}
