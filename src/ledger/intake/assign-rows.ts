import { type ActionContext, type Colleague, listColleagues, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type BatchId, formatIsoDay, NotFound, type StaffId, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { listUnassigned, updateAssigned } from './assignment-store.ts';
import { lockOpenBatch } from './commit-batch.ts';
import { decideShares } from './decide-shares.ts';

/** Gives rows that wait for an answer to a member of staff (担当), or to nobody; who has a row may still be helped. */
export async function assignRows(
  context: ActionContext,
  request: { readonly batchId: BatchId; readonly ordinals: readonly number[]; readonly staffId: StaffId | null },
): Promise<{ assigned: number }> {
  const { batchId, ordinals, staffId } = request;
  return change(context, batchId, async (tx, staff) => {
    const to = staffId === null ? null : colleagueOf(staff, staffId);
    return updateAssigned(tx, batchId, ordinals, to);
  });
}

/** Deals the open rows that nobody has to several members of staff; the rows of one person stay together. */
export async function shareRows(
  context: ActionContext,
  request: { readonly batchId: BatchId; readonly staffIds: readonly StaffId[] },
): Promise<{ assigned: number }> {
  const { batchId } = request;
  const staffIds = [...new Set(request.staffIds)];
  if (staffIds.length === 0) throw new UnreadableInput('担当にする職員を選んでください。');
  return change(context, batchId, async (tx, staff) => {
    const people = staffIds.map((staffId) => colleagueOf(staff, staffId));
    const shares = decideShares(await listUnassigned(tx, batchId), people.length);
    let assigned = 0;
    for (const [i, share] of shares.entries()) assigned += await updateAssigned(tx, batchId, share, people[i] ?? null);
    return assigned;
  });
}

/** Who may answer rows today, and so may be given some. */
export function listAnswerers(tx: Tx, context: Pick<ActionContext, 'clock'>): Promise<readonly Colleague[]> {
  return listColleagues(tx, 'intake.answer', formatIsoDay(todayInTokyo(context.clock)));
}

async function change(
  context: ActionContext,
  batchId: BatchId,
  work: (tx: Tx, staff: readonly Colleague[]) => Promise<number>,
): Promise<{ assigned: number }> {
  const { actor, db } = context;
  requirePermission(actor, 'intake.answer');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    await lockOpenBatch(tx, batchId);
    const assigned = await work(tx, await listAnswerers(tx, context));
    await recordAct(tx, actor, { act: 'intake.assigned', details: { batch: batchId, rows: assigned } });
    return { assigned };
  });
}

function colleagueOf(staff: readonly Colleague[], staffId: StaffId): Colleague {
  const found = staff.find((one) => one.staffId === staffId);
  if (found === undefined) throw new NotFound('その職員は、確認事項に答える担当にできません。選び直してください。');
  return found;
}
