import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import type { BatchId } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { lockOpenBatch } from './commit-batch.ts';
import { recheckRows } from './recheck-rows.ts';

/**
 * Checks every row of a batch again that is neither in the ledger nor refused by a person: with the people, the ledger,
 * the institutions, the masters and the rules as they are now. Where that changes a row, its answer is taken back.
 * Answers how many rows changed.
 */
export async function recheckBatch(
  context: ActionContext,
  batchId: BatchId,
  options: { readonly rules: RuleSet },
): Promise<{ changed: number }> {
  requirePermission(context.actor, 'intake.answer');
  const { actor, db } = context;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const batch = await lockOpenBatch(tx, batchId);
    const changed = await recheckRows(tx, batch, { rules: options.rules, scope: null, by: actor });
    const details = { batch: batchId, rules: options.rules.version, changed };
    await recordAct(tx, actor, { act: 'intake.rechecked', details });
    return { changed };
  });
}
