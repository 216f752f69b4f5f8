import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { requirePermission } from '../require-permission.ts';
import type { ActionContext } from '../types.ts';
import { hasOpenRequest, insertRequest } from './store.ts';
import type { ApprovalKind, ApprovalSubject } from './types.ts';

/** Asks for a thing that another person must approve; the value is the request's number. */
export async function requestApproval(
  context: ActionContext,
  kind: ApprovalKind,
  asked: { readonly subject: ApprovalSubject; readonly reason: string },
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, kind.requestPermission);
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person asks for an approval');
  const reason = asked.reason.trim().slice(0, 400);
  if (reason === '') return decide([finding('approvalReasonMissing', 'refuse', 'reason')], 0);
  // Twelve digits in a row can only be an individual number, which no reason may hold.
  if (/\d{12}/u.test(reason.normalize('NFKC').replaceAll(/[\s-]/gu, ''))) {
    return decide([finding('approvalReasonNumber', 'refuse', 'reason')], 0);
  }
  const at = clock.now();
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const faults = await kind.findFaults(tx, actor, asked.subject);
    if (faults.length > 0) return decide(faults, 0);
    if (await hasOpenRequest(tx, kind.kind, asked.subject, at)) {
      return decide([finding('approvalAskedAlready', 'refuse', null)], 0);
    }
    const requestId = await insertRequest(tx, {
      kind: kind.kind,
      subject: asked.subject,
      reason,
      requestedBy: staffId,
      requestedAt: at,
      expiresAt: new Date(at.getTime() + kind.daysOpen * 86_400_000),
    });
    await recordAct(tx, actor, { act: 'access.approvalRequested', details: { requestId, kind: kind.kind } });
    return decide([], requestId);
  });
}
