import type { BatchId } from '#kernel';
import { entryOfRowSql } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';

/** How many rows of one institution a batch holds, and how many of them are in the ledger. */
export interface InstitutionRowCount {
  readonly batchId: BatchId;
  readonly institutionCode: string | null;
  readonly rows: number;
  readonly committed: number;
  /** Rows that a person refused for good: nothing follows. */
  readonly settled: number;
  /** Rows that go back to their sender: refused by the check, or sent back. */
  readonly returned: number;
  /** Rows of a given dose, and of an interview alone (予診のみ). */
  readonly doses: number;
  readonly screenings: number;
}

/** The rows of batches by institution; of batches that were sent back or undone, none. */
export async function countRowsByInstitution(tx: Tx, batchIds: readonly BatchId[]): Promise<InstitutionRowCount[]> {
  const { rows } = await tx.client.query<{
    batch_id: BatchId;
    code: string | null;
    rows: number;
    committed: number;
    settled: number;
    returned: number;
    doses: number;
    screenings: number;
  }>(
    `SELECT r.batch_id, r.fields->>'institutionCode' AS code, count(*) AS rows,
       count(*) FILTER (WHERE ${entryOfRowSql('$1', 'r.batch_id', 'r.ordinal')} IS NOT NULL) AS committed,
       count(*) FILTER (WHERE r.decision = 'refuse') AS settled,
       count(*) FILTER (WHERE r.decision = 'sendBack' OR (r.answer = 'refused' AND r.decision IS NULL)) AS returned,
       count(*) FILTER (WHERE r.outcome = 'administered') AS doses,
       count(*) FILTER (WHERE r.outcome = 'screeningOnly') AS screenings
     FROM intake_rows r JOIN intake_batches b ON b.lg_code = r.lg_code AND b.batch_id = r.batch_id
     WHERE r.lg_code = $1 AND r.batch_id = ANY($2) AND b.state NOT IN ('undone', 'sentBack')
     GROUP BY r.batch_id, r.fields->>'institutionCode'`,
    [tx.lgCode, batchIds],
  );
  return rows.map((row) => ({
    batchId: row.batch_id,
    institutionCode: row.code,
    rows: row.rows,
    committed: row.committed,
    settled: row.settled,
    returned: row.returned,
    doses: row.doses,
    screenings: row.screenings,
  }));
}
