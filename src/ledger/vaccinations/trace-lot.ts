import { type Day, type EntryId, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { loadEntries } from './read-entries.ts';
import type { LedgerEntry } from './types.ts';

/**
 * Who was given a lot in a span of days (LG-08), as the ledger says now; at most `limit`. The lot is compared without
 * width, case, blanks and hyphens, as it is read off a vial, and found by its own index.
 */
export async function traceLot(
  tx: Tx,
  asked: { readonly lot: string; readonly from: Day; readonly to: Day; readonly limit: number },
): Promise<{ readonly personId: PersonId; readonly entry: LedgerEntry }[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId; entry_id: EntryId }>(
    `SELECT c.person_id, c.entry_id FROM current_doses c
     WHERE c.lg_code = $1 AND c.lot_key = $4 AND c.vaccinated_on BETWEEN $2 AND $3 AND c.outcome = 'administered'
     ORDER BY c.vaccinated_on, c.entry_id LIMIT $5`,
    [tx.lgCode, formatIsoDay(asked.from), formatIsoDay(asked.to), asked.lot, asked.limit],
  );
  const entries = await loadEntries(
    tx,
    rows.map((row) => row.entry_id),
  );
  return rows.flatMap((row) => {
    const entry = entries.get(row.entry_id);
    return entry === undefined ? [] : [{ personId: row.person_id, entry }];
  });
}
