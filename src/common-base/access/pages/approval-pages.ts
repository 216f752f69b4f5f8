import {
  button,
  buttonLink,
  buttonRow,
  dataList,
  emptyState,
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
  table,
  textArea,
} from '#platform/pages';
import type { ApprovalKind, ApprovalRequest, ApprovalState } from '../approvals/types.ts';
import { approvalPath, approvalsPath } from './paths.ts';

/** A request with the words of its kind. */
export interface ShownRequest {
  readonly request: ApprovalRequest;
  readonly kind: ApprovalKind;
  readonly isOwn: boolean;
  readonly mayDecide: boolean;
}

/** Whether a request waits for the reader to decide. */
export function waitsFor(shown: ShownRequest | undefined): boolean {
  return shown !== undefined && shown.mayDecide && shown.request.state === 'open' && !shown.isOwn;
}

/** What waits for the reader, what the reader asked, and what was decided lately. */
export function approvalsPage(shown: readonly ShownRequest[], actions: Html | false): Html {
  const waiting = shown.filter(waitsFor);
  const own = shown.filter((each) => each.isOwn);
  const settled = shown.filter((each) => !each.isOwn && each.mayDecide && each.request.state !== 'open');
  return html`${pageHead('申請と承認', { lead: '大切なことは、申請した人とは別の人が確かめてから行います。', actions })}
    ${panel({ title: '承認を待っている申請', icon: 'inbox', isFlush: true }, requestTable(waiting, 'あなたの承認を待っている申請はありません'))}
    ${panel({ title: '自分の申請', icon: 'person', isFlush: true }, requestTable(own, '自分の申請はありません'))}
    ${settled.length > 0 && panel({ title: 'これまでの申請', icon: 'history', isFlush: true }, requestTable(settled, ''))}`;
}

function requestTable(rows: readonly ShownRequest[], whenEmpty: string): Html {
  return table<ShownRequest>({
    caption: '申請',
    rows,
    whenEmpty: emptyState(whenEmpty),
    columns: [
      {
        label: '申請',
        isRowHeader: true,
        cell: ({ kind, request }) => html`<a href="${approvalPath(request.requestId)}">${kind.nameJa}</a>`,
      },
      { label: '申請した人', cell: ({ request }) => request.requesterName },
      { label: '申請日時', cell: ({ request }) => instantText(request.requestedAt), isNoWrap: true },
      { label: '期限', cell: ({ request }) => instantText(request.expiresAt), isNoWrap: true },
      { label: '状態', cell: ({ request }) => stateTag(request.state), isNoWrap: true },
    ],
  });
}

/** One request with everything that the approver must know. */
export function approvalPage(page: {
  readonly shown: ShownRequest;
  readonly described: readonly (readonly [string, string])[];
  /** Why the reader may not decide this one at this moment. */
  readonly hindrance: FormError | null;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
}): Html {
  const { shown, csrfToken } = page;
  const { request, kind } = shown;
  return html`${pageHead(kind.nameJa, { actions: buttonLink('申請の一覧へ', approvalsPath, { icon: 'arrowLeft' }) })}
    ${errorSummary(page.errors)}
    ${panel({ title: '申請の内容', icon: 'file' }, dataList([...page.described, ['申請の理由', request.reason]]))}
    ${panel(
      { title: '申請の経過', icon: 'history' },
      dataList([
        ['状態', stateTag(request.state)],
        ['申請した人', request.requesterName],
        ['申請日時', instantText(request.requestedAt)],
        ['期限', instantText(request.expiresAt)],
        ['決めた人', request.deciderName],
        ['決めた日時', instantText(request.decidedAt)],
        ['承認者の言葉', request.note],
      ]),
    )}
    ${request.state === 'open' && decisionPanel(shown, page.hindrance, csrfToken)}`;
}

function decisionPanel(
  { request, isOwn, mayDecide }: ShownRequest,
  hindrance: FormError | null,
  csrfToken: string,
): Html | null {
  const action = approvalPath(request.requestId);
  if (isOwn) {
    return html`${notice('info', '別の人の承認を待っています', '申請した本人は承認できません。役割やアカウントを二つ持っていても同じです。')}
      ${postForm({ action: `${action}/withdraw`, csrfToken, label: '取下げ' }, button('申請を取り下げる', { icon: 'undo' }))}`;
  }
  if (!mayDecide) return null;
  if (hindrance !== null) return notice('warning', 'あなたは、この申請をいまは決められません', hindrance.message);
  const form = postForm(
    { action: `${action}/decide`, csrfToken, label: '承認' },
    html`<div class="stack">
      ${textArea({ name: 'note', label: '申請した人への言葉' })}
      ${buttonRow(
        button('承認する', { look: 'filled', icon: 'check', name: 'answer', value: 'approve' }),
        button('却下する', { look: 'danger', icon: 'cross', name: 'answer', value: 'decline' }),
      )}
    </div>`,
  );
  return panel({ title: '承認', icon: 'check' }, form);
}

const stateTags: Readonly<
  Record<ApprovalState, readonly [string, 'info' | 'success' | 'error' | 'neutral' | 'warning']>
> = {
  open: ['承認待ち', 'info'],
  done: ['承認・実行済み', 'success'],
  declined: ['却下', 'error'],
  withdrawn: ['取下げ', 'neutral'],
  expired: ['期限切れ', 'warning'],
};

function stateTag(state: ApprovalState): Html {
  const [label, tone] = stateTags[state];
  return statusTag(label, tone);
}
