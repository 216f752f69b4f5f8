import { type BatchId, type Day, formatIsoDay } from '#kernel';
import { entryOfRowSql, lotKeySql } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';

/** How many rows of a batch tell doses of a lot that are not in the ledger yet. */
export interface WaitingLot {
  readonly batchId: BatchId;
  readonly fileName: string;
  readonly rows: number;
}

/**
 * The batches that hold doses of a lot which nobody has entered and nobody refused: who looks where a lot went must know
 * that the ledger does not tell all. `lot` as `foldLotNumber` writes it; newest batch first.
 */
export async function countRowsOfLot(
  tx: Tx,
  asked: { readonly lot: string; readonly from: Day; readonly to: Day },
): Promise<WaitingLot[]> {
  const { rows } = await tx.client.query<{ batch_id: BatchId; file_name: string; rows: number }>(
    `SELECT b.batch_id, b.file_name, count(*) AS rows
     FROM intake_batches b JOIN intake_rows r ON r.lg_code = b.lg_code AND r.batch_id = b.batch_id
     WHERE b.lg_code = $1 AND b.state IN ('checked', 'reviewed', 'committed') AND b.committed < b.row_count
       AND r.outcome = 'administered' AND r.vaccinated_on BETWEEN $3 AND $4
       AND r.answer <> 'refused' AND (r.decision IS NULL OR r.decision <> 'refuse')
       AND ${lotKeySql("r.fields->>'lotNumber'")} = $2
       AND ${entryOfRowSql('$1', 'r.batch_id', 'r.ordinal')} IS NULL
     GROUP BY b.batch_id, b.file_name ORDER BY b.batch_id DESC`,
    [tx.lgCode, asked.lot, formatIsoDay(asked.from), formatIsoDay(asked.to)],
  );
  return rows.map((row) => ({ batchId: row.batch_id, fileName: row.file_name, rows: row.rows }));
}
