import { listAllLinkedRecords } from '#addressees/persons';
import type { ActBy } from '#common-base/audit';
import { type BatchId, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { checkPages } from './check-pages.ts';
import { recheckedRowParameters, updateRows } from './checked-rows-store.ts';
import { NumbersOfFile, type SharedNumbers } from './decide-shared-numbers.ts';
import { rowsPerPersonMax } from './gather-people.ts';
import { loadIntakeKnowledge } from './intake-knowledge.ts';
import { loadColumnsToCheck, type NamedColumns } from './layout-of-batch.ts';
import { selectPaperNumbers, tellsPaper } from './paper-store.ts';
import { setFigures } from './row-counts-store.ts';
import { type BatchHead, type GroupedRow, noteRulesOfCheck, openRows } from './store.ts';
import type { ArrivedRow } from './types.ts';

/** Which rows are looked at again: the whole batch, or those of some people and some rows. */
export type RecheckScope = { readonly personIds: readonly PersonId[]; readonly ordinals: readonly number[] } | null;

/**
 * Checks rows of a batch again with the world as it is now; where something changed, an answer given before is
 * taken back. Answers how many rows changed. The caller holds the lock on the batch. A layout that cannot be read today
 * throws UnreadableInput.
 */
export async function recheckRows(
  tx: Tx,
  batch: BatchHead,
  how: { readonly rules: RuleSet; readonly scope: RecheckScope; readonly by: ActBy },
): Promise<number> {
  const { rules, scope, by } = how;
  const told = await loadColumnsToCheck(tx, batch);
  const knowledge = await loadIntakeKnowledge(tx, rules, parseIsoDay(batch.asOf), told);
  const linked = await listAllLinkedRecords(tx);
  const people = wholePeople(openRows(tx, batch.batchId, scope, linked));
  let changed = 0;
  const shared = await findSharedNumbers(tx, batch.batchId, told);
  await checkPages({ tx, reader: tx, batchId: batch.batchId, shared }, knowledge, people, async (rows) => {
    const parameters = await recheckedRowParameters(rows);
    return async () => {
      changed += await updateRows(tx, batch.batchId, parameters, by);
    };
  });
  await setFigures(tx, batch.batchId);
  if (scope === null) await noteRulesOfCheck(tx, batch.batchId, rules.version);
  return changed;
}

/** The numbers of paper that stand in several rows which may still enter the ledger. */
async function findSharedNumbers(tx: Tx, batchId: BatchId, told: NamedColumns): Promise<SharedNumbers> {
  const numbers = new NumbersOfFile();
  if (tellsPaper(told)) {
    for (const { ordinal, fields } of await selectPaperNumbers(tx, batchId)) numbers.add(ordinal, fields);
  }
  return numbers.shared;
}

/** Pages cut so that the rows of one person are never in two of them. */
async function* wholePeople(pages: AsyncIterable<GroupedRow[]>): AsyncGenerator<readonly ArrivedRow[]> {
  let held: GroupedRow[] = [];
  for await (const page of pages) {
    held.push(...page);
    // The last person of a page may go on in the next one.
    const lastKey = held.at(-1)?.groupKey ?? null;
    let cut = held.length;
    while (lastKey !== null && cut > 0 && held[cut - 1]?.groupKey === lastKey) cut -= 1;
    if (held.length - cut > rowsPerPersonMax) cut = held.length;
    if (cut > 0) yield held.slice(0, cut).map(({ row }) => row);
    held = held.slice(cut);
  }
  if (held.length > 0) yield held.map(({ row }) => row);
}
