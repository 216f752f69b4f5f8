import type { Day } from '#kernel';
import { batchPath } from '#ledger/intake';
import {
  button,
  buttonLink,
  buttonRow,
  type Choice,
  dataList,
  dayField,
  dayText,
  dayValue,
  errorOf,
  errorSummary,
  type FormError,
  formatInstant,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { decideBundleState, differsFromClaim } from '../decide-bundle-state.ts';
import type { ComparedForm } from '../decide-differences.ts';
import type { BundleEvent, CountedBundle } from '../types.ts';
import { bundleStateTag, eventWords } from './bundle-words.ts';
import { bundlePath, comparisonPath, keyingPath } from './paths.ts';

/** One bundle with what can be done with it. */
export interface BundlePageView {
  readonly bundle: CountedBundle;
  readonly institutionName: string;
  /** Of the institution, as the master has it; null where it has none. */
  readonly phone: string | null;
  readonly events: readonly BundleEvent[];
  readonly compared: readonly ComparedForm[];
  /** Files that may have brought the bundle. */
  readonly batches: readonly Choice[];
  readonly today: Day;
  readonly mayManage: boolean;
  readonly mayKey: boolean;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
  readonly conflict: string | null;
}

/** The page of one bundle. */
export function bundlePage(view: BundlePageView): Html {
  const { bundle } = view;
  const state = bundleStateTag(decideBundleState(bundle, view.today));
  return html`${pageHead(html`${view.institutionName} ${state}`, { lead: `${bundle.claimMonth} の予診票${bundle.ward === '' ? '' : `　${bundle.ward}`}${bundle.sequence > 1 ? `　${bundle.sequence}回目` : ''}` })}${view.conflict !== null && notice('warning', '見ているあいだに変わりました', view.conflict)}${errorSummary(view.errors)}<div class="columns columns-half"
    ><div class="stack">${countsPanel(view)}${bundle.batchId === null && view.mayKey && keyingPanel(view)}</div
    ><div class="stack">${view.mayManage && managePanel(view)}${eventsPanel(view.events)}</div></div
  >`;
}

function countsPanel({ bundle, phone }: BundlePageView): Html {
  const entries = [
    ['医療機関の電話', phone ?? '台帳にありません'],
    ['予定の枚数', bundle.expectedCount === null ? '知らされていません' : String(bundle.expectedCount)],
    ['届くはずの日', bundle.dueOn === null ? null : dayText(bundle.dueOn)],
    ['受け取った枚数', bundle.receivedCount === null ? 'まだ届いていません' : String(bundle.receivedCount)],
    ['受け取った日', bundle.receivedOn === null ? null : dayText(bundle.receivedOn)],
    ['入力した枚数', String(bundle.entered)],
    ['台帳に登録した枚数', String(bundle.committed)],
    ['受け付けないと決めた行', bundle.settled === 0 ? null : String(bundle.settled)],
    ['送付元に返す行', bundle.returned === 0 ? null : String(bundle.returned)],
    ['差異を確かめた結果', bundle.differenceNote],
    ['請求書の件数', claimText(bundle)],
    ['入力のしかた', bundle.needsSecond ? '二人で入力して突き合わせる' : '一人で入力する'],
  ] as const;
  const batch =
    bundle.batchId !== null && buttonRow(buttonLink('受付の画面へ', batchPath(bundle.batchId), { icon: 'inbox' }));
  return panel({ title: '枚数', icon: 'list' }, html`${dataList(entries)}${batch}`);
}

/** What the claim counts beside what stands in intake, and a word where they differ. */
function claimText(bundle: CountedBundle): Html | string {
  const { claimedDoses, claimedScreenings, enteredDoses, enteredScreenings } = bundle;
  if (claimedDoses === null || claimedScreenings === null) return 'まだ確かめていません';
  const claimed = `接種 ${claimedDoses}件、予診のみ ${claimedScreenings}件`;
  if (enteredDoses === null || enteredScreenings === null) return claimed;
  const entered = `受付は 接種 ${enteredDoses}行、予診のみ ${enteredScreenings}行`;
  const tag = differsFromClaim(bundle)
    ? statusTag('合わない', 'warning', 'question')
    : statusTag('合う', 'success', 'check');
  return html`${claimed}<br>${entered} ${tag}`;
}

function keyingPanel({ bundle, compared, csrfToken }: BundlePageView): Html {
  const open = compared.filter((form) => form.holds === null).length;
  const links = buttonRow(
    buttonLink('予診票を入力する', keyingPath(bundle.bundleId, 1), { look: 'filled', icon: 'keyboard' }),
    bundle.needsSecond && buttonLink('二人目の入力', keyingPath(bundle.bundleId, 2), { icon: 'people' }),
    compared.length > 0 && buttonLink('入力した予診票を見る', comparisonPath(bundle.bundleId), { icon: 'list' }),
  );
  const handOver = postForm(
    { action: `${bundlePath(bundle.bundleId)}/hand-over`, csrfToken, label: '受付へ回す' },
    html`${hiddenField('version', bundle.version)}${button('受付へ回す', { icon: 'arrowRight' })}`,
  );
  const state =
    compared.length === 0
      ? html`<p>まだ入力していません。</p>`
      : open > 0
        ? html`<p>${compared.length}枚のうち${open}枚は、二人の入力がそろっていないか違っています。</p>`
        : html`<p>${compared.length}枚の入力がそろっています。受付へ回すと、ファイルで届いた記録と同じように確かめられます。</p>${handOver}`;
  return panel({ title: '入力', icon: 'keyboard' }, html`<div class="stack-tight">${links}${state}</div>`);
}

function managePanel(view: BundlePageView): Html | null {
  const { bundle, errors, csrfToken } = view;
  const path = bundlePath(bundle.bundleId);
  const version = hiddenField('version', bundle.version);
  const receive = postForm(
    { action: `${path}/receipt`, csrfToken, class: 'stack-tight', label: '受け取り' },
    html`${version}${textField({ name: 'count', label: '数えた枚数', value: bundle.receivedCount === null ? '' : String(bundle.receivedCount), error: errorOf(errors, 'count'), width: 5, size: 'small', inputMode: 'numeric', isRequired: true })}${textField({ name: 'on', label: '受け取った日', error: errorOf(errors, 'on'), hint: '空なら今日', width: 20, size: 'small' })}${button(bundle.receivedCount === null ? '受け取った' : '数え直した', { icon: 'check', size: 'small' })}`,
  );
  const claim = postForm(
    { action: `${path}/claim`, csrfToken, class: 'stack-tight', label: '請求書の件数' },
    html`${version}${textField({ name: 'doses', label: '接種の件数', value: bundle.claimedDoses === null ? '' : String(bundle.claimedDoses), error: errorOf(errors, 'doses'), width: 5, size: 'small', inputMode: 'numeric', isRequired: true })}${textField({ name: 'screenings', label: '予診のみ（見合せ）の件数', value: String(bundle.claimedScreenings ?? 0), error: errorOf(errors, 'screenings'), width: 5, size: 'small', inputMode: 'numeric', isRequired: true })}${button('請求書の件数を登録する', { icon: 'check', size: 'small' })}`,
  );
  const remind = postForm(
    { action: `${path}/reminder`, csrfToken, class: 'stack-tight', label: '督促' },
    html`${version}${textField({ name: 'note', label: 'どのように督促したか', error: errorOf(errors, 'note'), hint: '例　電話。担当は事務長', size: 'small', isRequired: true })}${button('督促を記録する', { icon: 'bell', size: 'small' })}`,
  );
  const link = postForm(
    { action: `${path}/batch`, csrfToken, class: 'stack-tight', label: '受付との結びつけ' },
    html`${version}${selectField({ name: 'batchId', label: 'パンチ業者のファイル', choices: view.batches, error: errorOf(errors, 'batchId'), size: 'small' })}${button('結びつける', { icon: 'inbox', size: 'small' })}`,
  );
  const announce = postForm(
    { action: `${path}/announcement`, csrfToken, class: 'stack-tight', label: '予定' },
    html`${version}${textField({ name: 'expectedCount', label: '知らされた枚数', value: bundle.expectedCount === null ? '' : String(bundle.expectedCount), error: errorOf(errors, 'expectedCount'), width: 5, size: 'small', inputMode: 'numeric' })}${dayField({ name: 'dueOn', label: '届くはずの日', value: dayValue(bundle.dueOn), error: errorOf(errors, 'dueOn'), width: 20, size: 'small' })}${button('予定を変える', { icon: 'calendar', size: 'small' })}`,
  );
  const explain = postForm(
    { action: `${path}/explanation`, csrfToken, class: 'stack-tight', label: '差異' },
    html`${version}${textField({ name: 'differenceNote', label: '確かめた結果', error: errorOf(errors, 'differenceNote'), hint: '例　1枚は隣の市の人の予診票。医療機関へ返した', size: 'small', isRequired: true })}${button('差異を確かめた', { icon: 'check', size: 'small' })}`,
  );
  const state = decideBundleState(bundle, view.today);
  const doubts =
    (state === 'differs' || state === 'returned') &&
    panel({ title: '差異・差し戻しを終える', icon: 'question' }, explain);
  const plan = bundle.receivedCount === null && panel({ title: '予定', icon: 'calendar' }, announce);
  return html`${doubts}${plan}${panel({ title: '受け取る', icon: 'check' }, receive)}${panel({ title: '請求書と比べる', icon: 'file' }, claim)}${panel({ title: '督促する', icon: 'bell' }, remind)}${bundle.batchId === null && view.batches.length > 0 && panel({ title: 'ファイルで届いたとき', icon: 'file' }, link)}`;
}

function eventsPanel(events: readonly BundleEvent[]): Html {
  return panel(
    { title: '経過', icon: 'history', isFlush: true },
    table<BundleEvent>({
      caption: '経過',
      density: 'dense',
      rows: events,
      columns: [
        { label: '日時', isNoWrap: true, cell: (one) => instantText(one.recordedAt) },
        { label: 'したこと', isRowHeader: true, cell: (one) => eventWords[one.kind] },
        { label: '枚数', isNumber: true, cell: (one) => one.count },
        { label: 'メモ', cell: (one) => one.note },
        { label: '職員', cell: (one) => one.recordedByName },
      ],
    }),
  );
}

/** The two typings of every form side by side; where they differ, what holds is decided by typing it once more. */
export function comparisonPage(view: {
  readonly bundle: CountedBundle;
  readonly institutionName: string;
  readonly compared: readonly ComparedForm[];
  readonly mayKey: boolean;
}): Html {
  const { bundle } = view;
  const differing = view.compared.filter((form) => form.differences.length > 0 && form.decided === null).length;
  const lead = bundle.needsSecond
    ? `二人の入力が違うもの ${differing}枚。予診票を見て、正しい値を決めます。`
    : '入力した予診票を紙の順に並べます。';
  return html`${pageHead('入力の突き合わせ', { lead, actions: buttonLink('束の画面へ', bundlePath(bundle.bundleId), { size: 'small', icon: 'arrowLeft' }) })}${panel(
    { title: view.institutionName, icon: 'list', isFlush: true, class: 'may-break' },
    table<ComparedForm>({
      caption: '入力した予診票',
      density: 'dense',
      rows: view.compared,
      columns: [
        {
          label: '順番',
          isRowHeader: true,
          isNoWrap: true,
          cell: (form) =>
            view.mayKey && bundle.batchId === null
              ? html`<a href="${keyingPath(bundle.bundleId, form.differences.length > 0 ? 3 : 1, form.ordinal)}">${form.ordinal}枚目${form.differences.length > 0 ? 'を決める' : 'を直す'}</a>`
              : `${form.ordinal}枚目`,
        },
        {
          label: '入力した内容',
          cell: ({ holds, first }) => {
            const values = holds ?? first?.values;
            return values === undefined
              ? null
              : html`<span class="mono">${values.formNumber || values.addresseeNumber}</span> コード${values.vaccineCode} ${values.doseNumber !== '' && `${values.doseNumber}回`}　${values.vaccinatedOn}　${values.lotNumber}`;
          },
        },
        {
          label: '違うところ',
          cell: (form) =>
            form.differences.length > 0
              ? html`<ul>${form.differences.map((each) => html`<li>${each.label}　一人目「${each.first}」　二人目「${each.second}」</li>`)}</ul>`
              : bundle.needsSecond &&
                form.second === null &&
                html`<span class="soft">二人目の入力を待っています</span>`,
        },
        {
          label: '入力した人',
          cell: ({ first, second, decided }) =>
            html`${[first, second, decided].map((form, i) => form !== null && html`<span class="small">${['一人目', '二人目', '決めた人'][i]} ${form.keyedByName}（${formatInstant(form.keyedAt)}）</span><br>`)}`,
        },
      ],
    }),
  )}`;
}
