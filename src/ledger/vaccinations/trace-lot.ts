import { type Day, type EntryId, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { loadEntries } from './read-entries.ts';
import type { LedgerEntry } from './types.ts';

/** A lot as `foldLotNumber` writes it, and the days to look at, both included; null = however far. */
export interface LotSpan {
  readonly lot: string;
  readonly from: Day | null;
  readonly to: Day | null;
}

/** A dose in the order of a trace: by day, then by entry. */
export interface TracedDose {
  readonly vaccinatedOn: Day;
  readonly entryId: EntryId;
}

const ofLot = `c.lg_code = $1 AND c.lot_key = $2 AND c.outcome = 'administered'
  AND c.vaccinated_on BETWEEN coalesce($3::date, '-infinity') AND coalesce($4::date, 'infinity')`;

function valuesOf(tx: Tx, { lot, from, to }: LotSpan): unknown[] {
  return [tx.lgCode, lot, from === null ? null : formatIsoDay(from), to === null ? null : formatIsoDay(to)];
}

/** How many doses of a lot the ledger holds, given to how many people. */
export async function countLot(tx: Tx, span: LotSpan): Promise<{ readonly doses: number; readonly people: number }> {
  const { rows } = await tx.client.query<{ doses: number; people: number }>(
    `SELECT count(*) AS doses, count(DISTINCT c.person_id) AS people FROM current_doses c WHERE ${ofLot}`,
    valuesOf(tx, span),
  );
  return rows[0] ?? { doses: 0, people: 0 };
}

/**
 * Who was given a lot (LG-08), as the ledger says now, in order of day; at most `limit` behind `after`. The lot is
 * compared without width, case, blanks and hyphens, as it is read off a vial, and found by its own index.
 */
export async function traceLot(
  tx: Tx,
  span: LotSpan,
  page: { readonly after: TracedDose | null; readonly limit: number },
): Promise<{ readonly personId: PersonId; readonly entry: LedgerEntry }[]> {
  const { after, limit } = page;
  const { rows } = await tx.client.query<{ person_id: PersonId; entry_id: EntryId }>(
    `SELECT c.person_id, c.entry_id FROM current_doses c
     WHERE ${ofLot} AND ($5::date IS NULL OR (c.vaccinated_on, c.entry_id) > ($5, $6::bigint))
     ORDER BY c.vaccinated_on, c.entry_id LIMIT $7`,
    [...valuesOf(tx, span), after && formatIsoDay(after.vaccinatedOn), after && after.entryId, limit],
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
