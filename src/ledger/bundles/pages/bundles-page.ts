import type { Day } from '#kernel';
import {
  attributes,
  button,
  type Choice,
  checkbox,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  figureRow,
  filterForm,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  selectField,
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
  readonly phones: ReadonlyMap<string, string>;
  /** Files that may have brought bundles. */
  readonly batches: readonly Choice[];
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
  const ask = filterForm(
    { action: bundlesPath, label: '請求月' },
    html`${textField({ name: 'month', id: 'shown-month', label: '請求月', value: view.claimMonth, hint: '例　2026-10', width: 10, size: 'small' })}${button('この月を見る', { icon: 'search', size: 'small' })}`,
  );
  const figures = figureRow(
    [
      { label: '届いていない', value: count('late'), unit: '束', icon: 'alert' },
      { label: '枚数が合わない・差し戻し中', value: count('differs', 'returned'), unit: '束', icon: 'question' },
      { label: '入力を待つ', value: count('toEnter', 'entering'), unit: '束', icon: 'keyboard' },
      { label: '受付で確認中', value: count('inReview'), unit: '束', icon: 'inbox' },
      { label: '終わった', value: count('done'), unit: '束', icon: 'check' },
    ],
    'この月の束',
  );
  const open = bundlesPathOf(view.claimMonth, !view.isOpenOnly);
  const aside = html`<a class="small" href="${open}">${view.isOpenOnly ? 'すべての束を見る' : '終わっていない束だけにする'}</a>`;
  return html`${pageHead('予診票の束', { lead: '医療機関から届く予診票を、予定・受領・入力・登録の枚数で追います。' })}${errorSummary(view.errors)}${ask}${figures}${panel(
    { title: `${monthText(view.claimMonth)}分の束`, icon: 'inbox', isFlush: true, aside, class: 'may-break' },
    bundleList(shown, view, stateOf),
  )}${wardPanel(view)}${view.mayManage && managePanels(view)}`;
}

function bundlesPathOf(claimMonth: string, isOpenOnly: boolean): string {
  return `${bundlesPath}?${new URLSearchParams({ month: claimMonth, ...(isOpenOnly ? { open: 'yes' } : {}) }).toString()}`;
}

/** The bundles with, for those that have not come, a box to note one reminder for several. */
function bundleList(
  bundles: readonly CountedBundle[],
  view: BundlesPageView,
  stateOf: (bundle: CountedBundle) => BundleState,
): Html {
  const list = bundleTable(bundles, view, stateOf);
  if (!view.mayManage || !bundles.some((one) => stateOf(one) === 'late')) return list;
  const note = textField({
    name: 'note',
    label: '印を付けた医療機関に、どのように督促したか',
    error: errorOf(view.errors, 'note'),
    hint: '例　電話。今週中に届く',
    size: 'small',
    isRequired: true,
  });
  return postForm(
    { action: `${bundlesPath}/reminders`, csrfToken: view.csrfToken, label: '督促' },
    html`${hiddenField('month', view.claimMonth)}${list}<div class="panel-body stack-tight no-print">${note}${button('まとめて督促を記録する', { icon: 'bell', size: 'small' })}</div>`,
  );
}

function sumOf(bundles: readonly CountedBundle[], valueOf: (one: CountedBundle) => number | null): number {
  return bundles.reduce((total, one) => total + (valueOf(one) ?? 0), 0);
}

interface Sums {
  readonly label: string;
  readonly bundles: readonly CountedBundle[];
}

function sumsRow({ label, bundles }: Sums): Html {
  const sum = (valueOf: (one: CountedBundle) => number | null) => sumOf(bundles, valueOf);
  return html`<tr><th scope="row">${label}（${bundles.length}束）</th><td class="number">${sum((one) => one.expectedCount)}</td><td class="number">${sum((one) => one.receivedCount)}</td><td class="number">${sum((one) => one.entered)}</td><td class="number">${sum((one) => one.committed)}</td><td colspan="4"></td></tr>`;
}

/** The same counts by ward, where bundles come by way of some. */
function wardPanel({ bundles }: BundlesPageView): Html | null {
  if (bundles.every((one) => one.ward === '')) return null;
  const wards = [...Map.groupBy(bundles, (one) => one.ward)].map(([ward, own]) => ({ ward, own }));
  return panel(
    { title: '区・経由先ごと', icon: 'list', isFlush: true },
    table<(typeof wards)[number]>({
      caption: '区・経由先ごとの枚数',
      density: 'dense',
      rows: wards,
      columns: [
        { label: '区・経由先', isRowHeader: true, cell: ({ ward }) => (ward === '' ? '直接' : ward) },
        { label: '束', isNumber: true, cell: ({ own }) => own.length },
        { label: '予定', isNumber: true, cell: ({ own }) => sumOf(own, (one) => one.expectedCount) },
        { label: '受領', isNumber: true, cell: ({ own }) => sumOf(own, (one) => one.receivedCount) },
        { label: '入力', isNumber: true, cell: ({ own }) => sumOf(own, (one) => one.entered) },
        { label: '登録', isNumber: true, cell: ({ own }) => sumOf(own, (one) => one.committed) },
      ],
    }),
  );
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
          html`${view.mayManage && stateOf(one) === 'late' && lateBox(one, view.nameOf(one.institutionCode))}<a href="${bundlePath(one.bundleId)}">${view.nameOf(one.institutionCode)}</a>${one.sequence > 1 && html` <span class="small">（${one.sequence}回目）</span>`}${one.ward !== '' && html`<br><span class="small soft">${one.ward}</span>`}`,
      },
      { label: '予定', isNumber: true, cell: (one) => number(one.expectedCount) },
      { label: '受領', isNumber: true, cell: (one) => number(one.receivedCount) },
      { label: '入力', isNumber: true, cell: (one) => number(one.entered) },
      { label: '登録', isNumber: true, cell: (one) => number(one.committed) },
      {
        label: '状態',
        isNoWrap: true,
        cell: (one) =>
          html`${bundleStateTag(stateOf(one))}${one.differenceNote !== null && html`<br><span class="small soft">差異は確かめました</span>`}`,
      },
      {
        label: '届くはずの日',
        isNoWrap: true,
        cell: (one) => one.dueOn !== null && dayText(one.dueOn, { isShort: true }),
      },
      { label: '督促', isNoWrap: true, cell: (one) => instantText(one.lastRemindedAt) },
      {
        label: '電話',
        isNoWrap: true,
        cell: (one) => (stateOf(one) === 'done' ? null : (view.phones.get(one.institutionCode) ?? null)),
      },
    ],
    ...(bundles.length > 1 ? { footer: sumsRow({ label: '合計', bundles }) } : {}),
  });
}

function lateBox(bundle: CountedBundle, name: string): Html {
  const tag = attributes({ type: 'checkbox', name: 'bundle', value: bundle.bundleId, 'aria-label': `${name}を選ぶ` });
  return html`<input ${tag}> `;
}

function managePanels(view: BundlesPageView): Html {
  const due = dayField({
    name: 'dueOn',
    label: '届くはずの日',
    error: errorOf(view.errors, 'dueOn'),
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
  return html`<div class="columns columns-half no-print">${panel({ title: 'この月の束を用意する', icon: 'calendar' }, month)}${panel({ title: '束を一つ加える', icon: 'inbox' }, one)}</div>${filePanel(view)}`;
}

/** A punch vendor's file brings the bundles of many institutions at once. */
function filePanel(view: BundlesPageView): Html | null {
  if (view.batches.length === 0) return null;
  const choice = selectField({
    name: 'batchId',
    label: '届いたファイル',
    choices: view.batches,
    error: errorOf(view.errors, 'batchId'),
    size: 'small',
    hint: 'このファイルに行がある医療機関の束を、まとめて結びつけます。束のない医療機関には束を作ります（知らない医療機関コードの行は、受付で確かめます）',
  });
  const form = postForm(
    { action: `${bundlesPath}/batch`, csrfToken: view.csrfToken, class: 'stack-tight', label: '受付との結びつけ' },
    html`${hiddenField('month', view.claimMonth)}${choice}${button('この月の束と結びつける', { icon: 'inbox', size: 'small' })}`,
  );
  return html`<div class="no-print">${panel({ title: 'パンチ業者のファイルで届いたとき', icon: 'file' }, form)}</div>`;
}

/** `2026年10月` of a month as it is typed, `2026-10`. */
function monthText(claimMonth: string): string {
  return claimMonth.replace(/^(\d+)-0?(\d+)$/u, '$1年$2月');
}
