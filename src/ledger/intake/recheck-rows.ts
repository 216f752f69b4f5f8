import { loadLayout } from '#common-base/linkage';
import { type BatchId, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { checkRows } from './check-rows.ts';
import { type IntakeKnowledge, loadIntakeKnowledge } from './intake-knowledge.ts';
import {
  applyRecheck,
  type BatchHead,
  type GroupedRow,
  openArrivals,
  openRows,
  recountBatch,
  stageJudgements,
} from './store.ts';
import type { CheckedRow } from './types.ts';

/** Which rows are looked at again: the whole batch, or those of some people and some rows. */
export type RecheckScope = { readonly personIds: readonly PersonId[]; readonly ordinals: readonly number[] } | null;

/**
 * Checks rows of a batch again with the world as it is now; where something changed, an answer given before is
 * taken back. Answers how many rows changed. The caller holds the lock on the batch.
 */
export async function recheckRows(tx: Tx, batch: BatchHead, rules: RuleSet, scope: RecheckScope): Promise<number> {
  const layout = await loadLayout(tx, batch.layoutName);
  const knowledge = await loadIntakeKnowledge(tx, rules, parseIsoDay(batch.asOf), layout);
  await checkAll(tx, batch.batchId, knowledge, openRows(tx, batch.batchId, scope));
  const changed = await applyRecheck(tx, batch.batchId);
  await recountBatch(tx, batch.batchId);
  return changed;
}

/** Checks the staged rows of a new batch. */
export async function checkArrivals(
  tx: Tx,
  batchId: BatchId,
  knowledge: IntakeKnowledge,
  onChecked: (rows: readonly CheckedRow[]) => Promise<void>,
): Promise<void> {
  await checkAll(tx, batchId, knowledge, openArrivals(tx, batchId), onChecked);
}

/** So many rows of one person or number are judged together at most; a file with more is no clinic's month. */
const rowsPerPersonMax = 500;

async function checkAll(
  tx: Tx,
  batchId: BatchId,
  knowledge: IntakeKnowledge,
  pages: AsyncIterable<GroupedRow[]>,
  onChecked: (rows: readonly CheckedRow[]) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const check = async (rows: readonly GroupedRow[]): Promise<void> => {
    if (rows.length === 0) return;
    const checked = await checkRows(
      tx,
      batchId,
      knowledge,
      rows.map(({ row }) => row),
    );
    await stageJudgements(tx, batchId, checked);
    await onChecked(checked);
  };
  let held: GroupedRow[] = [];
  for await (const page of pages) {
    held.push(...page);
    // The last person of a page may go on in the next one.
    const lastKey = held.at(-1)?.groupKey ?? null;
    let cut = held.length;
    while (lastKey !== null && cut > 0 && held[cut - 1]?.groupKey === lastKey) cut -= 1;
    if (held.length - cut > rowsPerPersonMax) cut = held.length;
    await check(held.slice(0, cut));
    held = held.slice(cut);
  }
  await check(held);
}
