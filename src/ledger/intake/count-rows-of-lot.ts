import { type BatchId, formatIsoDay } from '#kernel';
import { entryOfRowSql, type LotSpan } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';

/** How many rows of a batch tell doses of a lot that are not in the ledger yet. */
export interface WaitingLot {
  readonly batchId: BatchId;
  readonly fileName: string;
  readonly rows: number;
  /** There are more than `rows`: nobody counts a whole campaign while somebody waits for the page. */
  readonly isMore: boolean;
}

/** So many rows of a batch are counted. */
const countedMax = 10_000;

/**
 * The batches that hold doses of a lot which nobody has entered and nobody refused, those sent back among them: who looks
 * where a lot went must know that the ledger does not tell all; newest batch first. Only those rows are looked
 * at of which the batch knows that they name the lot, one by one, and only of a batch that has rows waiting.
 */
export async function countRowsOfLot(tx: Tx, { lot, from, to }: LotSpan): Promise<WaitingLot[]> {
  const { rows } = await tx.client.query<{ batch_id: BatchId; file_name: string; rows: number }>(
    `SELECT b.batch_id, b.file_name, w.rows
     FROM intake_batches b JOIN intake_batch_lots l ON l.lg_code = b.lg_code AND l.batch_id = b.batch_id
     CROSS JOIN LATERAL (SELECT count(*) AS rows FROM (
       SELECT FROM unnest(l.ordinals) AS named (ordinal) CROSS JOIN LATERAL (
         SELECT FROM intake_rows r
         WHERE r.lg_code = $1 AND r.batch_id = b.batch_id AND r.ordinal = named.ordinal
           AND r.outcome = 'administered'
           AND r.vaccinated_on BETWEEN coalesce($3::date, '-infinity') AND coalesce($4::date, 'infinity')
           AND r.answer <> 'refused' AND (r.decision IS NULL OR r.decision <> 'refuse')
           AND (b.committed = 0 OR ${entryOfRowSql('$1', 'r.batch_id', 'r.ordinal')} IS NULL) OFFSET 0) waiting
       LIMIT least($5::integer + 1, b.row_count - b.committed - b.settled)) counted) w
     WHERE b.lg_code = $1 AND l.lot_key = $2 AND b.state IN ('checked', 'reviewed', 'committed')
       AND b.committed + b.settled < b.row_count AND w.rows > 0
     ORDER BY b.batch_id DESC`,
    [tx.lgCode, lot, from === null ? null : formatIsoDay(from), to === null ? null : formatIsoDay(to), countedMax],
  );
  return rows.map((row) => ({
    batchId: row.batch_id,
    fileName: row.file_name,
    rows: Math.min(row.rows, countedMax),
    isMore: row.rows > countedMax,
  }));
}
