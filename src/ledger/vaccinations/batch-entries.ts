import type { ActBy } from '#common-base/audit';
import { type BatchId, type Day, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import { retractSelected } from './retract-entries.ts';
import type { FactQuery } from './store.ts';

/**
 * The entry that a row of a batch became, null for none, as a scalar of the caller's statement; the arguments are
 * its columns or parameters. A scalar, since a join would be planned for the few rows of a batch that statistics
 * know of and, while a commit inserts, look through every entry of the batch for each row.
 */
export function entryOfRowSql(lgCode: string, batchId: string, ordinal: string): string {
  return `(SELECT committed.entry_id FROM ledger_entries committed WHERE committed.lg_code = ${lgCode}
    AND committed.batch_id = ${batchId} AND committed.batch_row = ${ordinal} AND committed.kind = 'entry')`;
}

/** Rows of a batch from one number to another, both inclusive. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Takes back every entry of a batch as it stands now, also where it was corrected since; answers how many.
 * `ranges` hold all rows of the batch, one portion of the work each.
 */
export async function retractBatch(
  tx: Tx,
  by: ActBy,
  actId: number,
  batch: {
    readonly batchId: BatchId;
    readonly reason: string;
    readonly ranges: readonly RowRange[];
    readonly onRetracted?: (retracted: number) => void;
  },
): Promise<number> {
  const { batchId, ranges, ...selected } = batch;
  const entries = `FROM ledger_entries e
    JOIN current_doses c ON c.lg_code = e.lg_code AND c.origin_entry_id = e.entry_id
    WHERE e.lg_code = $1 AND e.batch_id = $2 AND e.kind = 'entry'`;
  return retractSelected(tx, by, actId, {
    ...selected,
    people: { sql: `SELECT c.person_id ${entries}`, params: [tx.lgCode, batchId] },
    portions: ranges.map(({ from, to }) => ({
      sql: `SELECT c.entry_id ${entries} AND e.batch_row BETWEEN $3 AND $4`,
      params: [tx.lgCode, batchId, from, to],
    })),
  });
}

/** The people of a query (columns person_id, version as seen; 0 = no entries) whose ledger changed since. */
export async function listChangedLedgers(tx: Tx, seen: FactQuery): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT DISTINCT s.person_id FROM (${seen.sql}) s
     LEFT JOIN ledger_heads h ON h.lg_code = $${seen.params.length + 1} AND h.person_id = s.person_id
     WHERE coalesce(h.version, 0) <> s.version ORDER BY s.person_id`,
    [...seen.params, tx.lgCode],
  );
  return rows.map((row) => row.person_id);
}

/** Given doses of a span of days by stage (`programme/stage`), ends inclusive, days as YYYY-MM-DD. */
export async function countGivenByStage(
  tx: Tx,
  from: string,
  to: string,
): Promise<{ readonly programme: string; readonly stage: string | null; readonly given: number }[]> {
  const { rows } = await tx.client.query<{ programme: string; stage: string | null; given: number }>(
    `SELECT programme, stage, count(*) AS given FROM current_doses
     WHERE lg_code = $1 AND vaccinated_on BETWEEN $2 AND $3 AND outcome = 'administered' AND programme IS NOT NULL
     GROUP BY programme, stage ORDER BY programme, stage`,
    [tx.lgCode, from, to],
  );
  return rows;
}

/** The first day on or after `from` on which people were given a dose of a stage; who was not is absent. */
export async function loadFirstDosesFrom(
  tx: Tx,
  query: {
    readonly personIds: readonly PersonId[];
    readonly programme: string;
    readonly stage: string;
    readonly from: Day;
  },
): Promise<ReadonlyMap<PersonId, Day>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; on_day: string }>(
    `SELECT person_id, min(vaccinated_on) AS on_day FROM current_doses
      WHERE lg_code = $1 AND person_id = ANY ($2::bigint[]) AND programme = $3 AND stage = $4
        AND outcome = 'administered' AND vaccinated_on >= $5 GROUP BY person_id`,
    [tx.lgCode, query.personIds, query.programme, query.stage, formatIsoDay(query.from)],
  );
  return new Map(rows.map((row) => [row.person_id, parseIsoDay(row.on_day)]));
}
