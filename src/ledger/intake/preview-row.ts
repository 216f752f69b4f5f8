import type { FeedRow, Layout } from '#common-base/linkage';
import type { BatchId, Day } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { arrivedRow } from './arrived-row.ts';
import { checkRows, loadPageKnowledge } from './check-rows.ts';
import { loadIntakeKnowledge } from './intake-knowledge.ts';
import type { CheckedRow } from './types.ts';

/** Later than every batch: a row that is only looked at is held against all of them. */
const noBatchYet = Number.MAX_SAFE_INTEGER as BatchId;

/**
 * What intake would find in one row as of now, with the register, the ledger and the rules; writes nothing. For screens
 * that tell while a form is still in somebody's hands.
 */
export async function previewRow(
  tx: Tx,
  row: FeedRow,
  known: { readonly rules: RuleSet; readonly asOf: Day; readonly layout: Layout },
): Promise<CheckedRow | undefined> {
  const arrived = arrivedRow(row);
  const knowledge = await loadIntakeKnowledge(tx, known.rules, known.asOf, known.layout);
  const page = await loadPageKnowledge(tx, noBatchYet, [arrived]);
  const [checked] = await checkRows([arrived], page, knowledge);
  return checked;
}
