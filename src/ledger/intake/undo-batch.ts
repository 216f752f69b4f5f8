import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type BatchId, Conflict, UnreadableInput } from '#kernel';
import { retractBatch } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { lockOpenBatch } from './commit-batch.ts';
import { closeBatch } from './commit-store.ts';
import { rowRanges } from './row-ranges.ts';

/**
 * Takes a committed batch back: every entry it brought is retracted with the reason, also where it was corrected
 * since; the ledger then holds what it held without the batch. The file may come again. A report of
 * progress that throws, because a stop was asked for, takes nothing back.
 */
export async function undoBatch(
  context: ActionContext,
  batchId: BatchId,
  reason: string,
): Promise<{ retracted: number }> {
  requirePermission(context.actor, 'intake.undo');
  if (reason.trim() === '') throw new UnreadableInput('登録を取り消す理由を入力してください。');
  const { actor, db } = context;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const batch = await lockOpenBatch(tx, batchId);
    if (batch.state !== 'committed') throw new Conflict('この受付は、まだ台帳に登録されていません。');
    const actId = await recordAct(tx, actor, { act: 'intake.undone', details: { batch: batchId } });
    const retracted = await retractBatch(tx, actor, actId, {
      batchId,
      reason,
      ranges: rowRanges(batch.rows),
      onRetracted: (done) => context.onProgress?.(done, batch.committed),
    });
    await closeBatch(tx, batchId, 'undone', reason, actor.staffName);
    return { retracted };
  });
}

/** Sends a batch of which nothing is in the ledger back to its sender; the corrected file comes as a new batch. */
export async function sendBackBatch(context: ActionContext, batchId: BatchId, reason: string): Promise<void> {
  requirePermission(context.actor, 'intake.answer');
  if (reason.trim() === '') throw new UnreadableInput('差し戻す理由を入力してください。');
  const { actor, db } = context;
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const batch = await lockOpenBatch(tx, batchId);
    if (batch.committed > 0) {
      throw new Conflict('この受付は、すでに台帳に登録されています。差し戻すには、先に登録を取り消してください。');
    }
    await recordAct(tx, actor, { act: 'intake.sentBack', details: { batch: batchId } });
    await closeBatch(tx, batchId, 'sentBack', reason, actor.staffName);
  });
}
