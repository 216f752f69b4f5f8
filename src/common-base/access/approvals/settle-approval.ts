import { recordAct } from '#common-base/audit';
import { type Decision, decide, type Finding, finding, formatIsoDay, NotFound, type StaffId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { requirePermission } from '../require-permission.ts';
import { findStaff, isUsable, permissionsOfStaff } from '../staff-store.ts';
import type { ActionContext, StaffMember } from '../types.ts';
import { findOneBehindBoth } from './find-one-behind-both.ts';
import { closeRequest, findRequest } from './store.ts';
import type { ApprovalKind, ApprovalRequest } from './types.ts';

/** What an approver, or the person who asked, does with a request. */
export interface Settlement {
  readonly requestId: number;
  readonly answer: 'approve' | 'decline' | 'withdraw';
  readonly note: string;
}

/**
 * Approves and carries out, declines, or (for the person who asked) withdraws a request. Approving and declining need
 * the kind's permission and another person than the one who asked, whichever accounts the two use and whoever could have
 * signed in with them after giving a new password; the requester must still be allowed to ask at this moment. What is asked is done in the same transaction, or nothing is.
 */
export async function settleApproval(
  context: ActionContext,
  kinds: readonly ApprovalKind[],
  settlement: Settlement,
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person decides a request');
  const at = clock.now();
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const request = await findRequest(tx, settlement.requestId, { at, forDecision: true });
    const kind = kinds.find((each) => each.kind === request?.kind);
    if (request === undefined || kind === undefined) {
      throw new NotFound('この申請はありません。一覧から選び直してください。');
    }
    if (settlement.answer === 'withdraw') return await withdraw(tx, context, request, { staffId, at });
    requirePermission(actor, kind.approvePermission);
    const fault = await findFault(tx, request, { staffId, at });
    if (fault !== undefined) return await refuse(tx, context, request, fault);
    if (settlement.answer === 'approve') {
      const done = await carryOut(tx, context, { kind, request, at });
      if (done.answer === 'refused') return await refuse(tx, context, request, ...done.findings);
    }
    const state = settlement.answer === 'approve' ? 'done' : 'declined';
    await closeRequest(tx, request.requestId, { state, by: staffId, at, note: settlement.note.trim().slice(0, 400) });
    const act = state === 'done' ? 'access.approvalGiven' : 'access.approvalDeclined';
    await recordAct(tx, actor, { act, details: detailsOf(request) });
    return decide([], request.requestId);
  });
}

async function findFault(
  tx: Tx,
  request: ApprovalRequest,
  { staffId, at }: { readonly staffId: StaffId; readonly at: Date },
): Promise<Finding | undefined> {
  if (request.state === 'expired') return finding('approvalExpired', 'refuse', null);
  if (request.state !== 'open') return finding('approvalSettled', 'refuse', null);
  const approver = await findStaff(tx, staffId);
  const person = approver?.personStaffId ?? staffId;
  if (person === request.requestedPerson) return finding('approvalOwn', 'refuse', null);
  // Also accounts that became known as one person's after the request.
  const one = await findOneBehindBoth(tx, request.requestedBy, staffId, at);
  if (one !== undefined) return one;
  const given = request.subject['staffId'];
  if (typeof given !== 'number') return undefined;
  // Nobody approves what they get themselves, whoever asked for it.
  const receiver = await findStaff(tx, given as StaffId);
  return (receiver?.personStaffId ?? given) === person ? finding('approvalForSelf', 'refuse', null) : undefined;
}

async function carryOut(
  tx: Tx,
  { actor, clock }: ActionContext,
  given: { readonly kind: ApprovalKind; readonly request: ApprovalRequest; readonly at: Date },
): Promise<Decision<null>> {
  const { kind, request, at } = given;
  const requester = await findStaff(tx, request.requestedBy);
  if (requester === undefined || !mayStillAsk(requester, kind, formatIsoDay(todayInTokyo(clock)))) {
    return decide([finding('approvalRequesterGone', 'refuse', null)], null);
  }
  return await kind.carryOut(
    tx,
    { requester, approver: actor, at, requestId: request.requestId, reason: request.reason },
    request.subject,
  );
}

function mayStillAsk(requester: StaffMember, kind: ApprovalKind, today: string): boolean {
  return isUsable(requester, today) && permissionsOfStaff(requester, today).has(kind.requestPermission);
}

async function withdraw(
  tx: Tx,
  { actor }: ActionContext,
  request: ApprovalRequest,
  now: { readonly staffId: StaffId; readonly at: Date },
): Promise<Decision<number>> {
  if (request.requestedBy !== now.staffId) return decide([finding('approvalNotOwn', 'refuse', null)], 0);
  if (request.state !== 'open') return decide([finding('approvalSettled', 'refuse', null)], 0);
  await closeRequest(tx, request.requestId, { state: 'withdrawn', by: null, at: now.at, note: '' });
  await recordAct(tx, actor, { act: 'access.approvalWithdrawn', details: detailsOf(request) });
  return decide([], request.requestId);
}

async function refuse(
  tx: Tx,
  { actor }: ActionContext,
  request: ApprovalRequest,
  ...findings: readonly Finding[]
): Promise<Decision<number>> {
  const details = { ...detailsOf(request), cause: findings.map((each) => each.code).join(' ') };
  await recordAct(tx, actor, { act: 'access.approvalRefused', outcome: 'refused', details });
  return { answer: 'refused', findings };
}

function detailsOf(request: ApprovalRequest): { requestId: number; kind: string; requestedBy: number } {
  return { requestId: request.requestId, kind: request.kind, requestedBy: request.requestedBy };
}
