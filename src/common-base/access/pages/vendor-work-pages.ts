import type { RecordedAct } from '#common-base/audit';
import type { Day } from '#kernel';
import {
  button,
  checkboxGroup,
  dataList,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  statusTag,
  type Tone,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { deriveWorkState, operationName, vendorOperations } from '../vendors/decide-vendor.ts';
import { tierNames, type VendorWork, type VendorWorker, type WorkState } from '../vendors/types.ts';
import { workPath, worksPath } from './vendor-pages.ts';

const stateWords: Readonly<Record<WorkState, readonly [string, Tone]>> = {
  waiting: ['許可を待っています', 'warning'],
  allowed: ['許可されています', 'info'],
  underWay: ['作業中', 'warning'],
  finished: ['終わりました', 'success'],
  lapsed: ['日が過ぎました', 'neutral'],
};

interface Around {
  readonly today: Day;
  readonly errors: readonly FormError[];
  /** What was typed into a field before it was refused. */
  readonly values: (name: string) => string;
  readonly csrfToken: string;
}

/** The works: a contractor's person sees their own and asks for the next, the office sees all. */
export function worksPage(
  view: Around & {
    readonly works: readonly VendorWork[];
    readonly isVendor: boolean;
    readonly worker: VendorWorker | undefined;
    readonly operations: readonly string[];
  },
): Html {
  return html`${pageHead('委託先の作業', {
    lead: view.isVendor
      ? '作業ごとに申請し、担当課の許可を受けてから、その日に作業を始めます。使える機能は、作業の間だけ、許可されたものだけです。'
      : '委託先の人がシステムで行う作業の、申請・許可・開始・終了の記録です。許可は「申請と承認」で行います。',
  })}${errorSummary(view.errors)}
    ${view.isVendor && view.worker === undefined && notice('warning', '委託先の作業者として登録されていません', '担当課に、委託先の管理簿への登録を頼んでください。')}
    ${panel({ title: '作業の記録', icon: 'list', isFlush: true }, workTable(view.works, view.today))}
    ${view.worker !== undefined && panel({ title: '作業を申請する', icon: 'file' }, askForm(view))}`;
}

function workTable(works: readonly VendorWork[], today: Day): Html {
  return table<VendorWork>({
    caption: '作業の記録',
    rows: works,
    whenEmpty: emptyState('作業の記録はまだありません'),
    columns: [
      { label: '番号', isRowHeader: true, cell: ({ workId }) => html`<a href="${workPath(workId)}">${workId}</a>` },
      { label: '作業の日', cell: ({ workOn }) => dayText(workOn), isNoWrap: true },
      { label: '作業者', cell: ({ workerName }) => workerName },
      { label: '委託先', cell: ({ contractorName, tier }) => `${contractorName}（${tierNames[tier]}）` },
      { label: '内容', cell: ({ purpose }) => purpose },
      { label: '状態', cell: (work) => stateTag(work, today), isNoWrap: true },
    ],
  });
}

function stateTag(work: VendorWork, today: Day): Html {
  const [words, tone] = stateWords[deriveWorkState(work, today)];
  return statusTag(words, tone);
}

function askForm({ errors, values, operations, csrfToken }: Around & { readonly operations: readonly string[] }): Html {
  const choices = vendorOperations.map((permission) => ({ value: permission, label: operationName(permission) }));
  return postForm(
    { action: worksPath, csrfToken, label: '作業の申請' },
    html`<div class="stack">
      ${dayField({ name: 'workOn', label: '作業の日', value: values('workOn'), error: errorOf(errors, 'workOn'), isRequired: true, size: 'small' })}
      ${checkboxGroup({ name: 'operations', label: '使う機能', choices, values: operations, isRequired: true, error: errorOf(errors, 'operations') })}
      ${textArea({ name: 'purpose', label: '作業の内容', value: values('purpose'), error: errorOf(errors, 'purpose'), hint: '住民の氏名や番号は書かないでください', isRequired: true })}
      ${textField({ name: 'instruction', label: '指示書の番号', value: values('instruction'), error: errorOf(errors, 'instruction'), hint: 'データの持ち出し（抽出）には必ず要ります', width: 20, size: 'small' })}
      ${button('許可を申請する', { look: 'filled', icon: 'arrowRight' })}</div>`,
  );
}

/** One work with its next step, and for the office what was done meanwhile. */
export function workPage(
  view: Around & {
    readonly work: VendorWork;
    readonly acts: readonly RecordedAct[];
    readonly isOwn: boolean;
    readonly mayStop: boolean;
  },
): Html {
  const { work } = view;
  const state = deriveWorkState(work, view.today);
  const who = (name: string | null, at: Date | null) => (at === null ? null : html`${name}　${instantText(at)}`);
  return html`${pageHead(`作業 ${work.workId}`, { lead: `${work.contractorName}（${tierNames[work.tier]}）${work.workerName}`, actions: stateTag(work, view.today) })}
    ${errorSummary(view.errors)}
    ${panel(
      { title: '作業の内容', icon: 'file' },
      dataList([
        ['作業の日', dayText(work.workOn)],
        ['使う機能', html`<ul>${work.operations.map((operation) => html`<li>${operationName(operation)}</li>`)}</ul>`],
        ['内容', work.purpose],
        ['指示書の番号', work.instruction],
        ['申請', instantText(work.askedAt)],
        ['許可', who(work.allowedByName, work.allowedAt)],
        ['開始', who(work.startedFrom === null ? null : `端末 ${work.startedFrom}`, work.startedAt)],
        ['終了', who(work.finishedByName, work.finishedAt)],
        ['結果', work.result],
      ]),
    )}
    ${view.isOwn && state === 'allowed' && work.workOn === view.today && startPanel(view)}
    ${(view.isOwn || view.mayStop) && state === 'underWay' && finishPanel(view)}
    ${!view.isOwn && work.startedAt !== null && panel({ title: '作業中の操作', icon: 'eye', isFlush: true }, actTable(view.acts))}`;
}

function startPanel({ work, csrfToken }: Around & { readonly work: VendorWork }): Html {
  return panel(
    { title: '作業を始める', icon: 'check' },
    postForm(
      { action: `${workPath(work.workId)}/start`, csrfToken, label: '作業を始める' },
      html`<p>始めると、許可された機能が使えるようになります。操作はすべて記録されます。終わったら必ず結果を書いて終えてください。</p>${button('作業を始める', { look: 'filled' })}`,
    ),
  );
}

function finishPanel({
  work,
  isOwn,
  errors,
  values,
  csrfToken,
}: Around & { readonly work: VendorWork; readonly isOwn: boolean }): Html {
  const label = isOwn ? '作業を終える' : '作業を止める';
  return panel(
    { title: label, icon: 'stop' },
    postForm(
      { action: `${workPath(work.workId)}/finish`, csrfToken, label },
      html`<div class="stack">${textArea({ name: 'result', label: isOwn ? '作業の結果' : '止める理由', value: values('result'), error: errorOf(errors, 'result'), hint: '住民の氏名や番号は書かないでください', isRequired: true })}${button(label, { look: isOwn ? 'filled' : 'danger' })}</div>`,
    ),
  );
}

function actTable(acts: readonly RecordedAct[]): Html {
  return table<RecordedAct>({
    caption: '作業中の操作',
    density: 'dense',
    rows: acts,
    whenEmpty: emptyState('操作の記録はありません'),
    columns: [
      { label: '日時', isRowHeader: true, isNoWrap: true, cell: ({ recordedAt }) => instantText(recordedAt) },
      { label: '操作', cell: ({ act }) => html`<code>${act}</code>` },
      { label: '結果', cell: ({ outcome }) => (outcome === 'done' ? '済み' : statusTag('拒否', 'warning')) },
    ],
  });
}
