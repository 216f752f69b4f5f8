import { type Day, formatIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import { foreignCodes } from './tell-findings.ts';

/** A dose given here to a resident of a partner municipality, as its sender told it. */
export interface MutualRecord {
  readonly batchId: number;
  readonly ordinal: number;
  readonly fields: Readonly<Record<string, string | null>>;
}

const rowsPerPage = 2000;

/** A row that has faults beside the municipality goes back to its sender first. */
const otherFaults = `$[*] ? (@.severity == "refuse"${[...foreignCodes].map((code) => ` && @.code != "${code}"`).join('')})`;

/** Whether a row speaks of a resident of the partner ($2) and is handed on as it stands: nobody sent it back or refused it. */
const isHandedOn = (row: string): string =>
  `${row}.answer = 'refused' AND ${row}.decision IS NULL AND ${row}.fields->>'lgCode' = $2
         AND NOT jsonb_path_exists(${row}.findings, $8)`;

/**
 * The rows of intake that speak of residents of a partner (相互乗入), of a span of days, both inclusive, page by page: of
 * batches that stand, each form once, however often it was sent. A telling that is not handed on itself, such as one under a
 * wrong municipality, hides no other.
 */
export async function* readMutualRecords(
  tx: Tx,
  asked: { readonly lgCode: string; readonly from: Day | null; readonly to: Day | null },
): AsyncGenerator<readonly MutualRecord[]> {
  const text = (day: Day | null): string | null => (day === null ? null : formatIsoDay(day));
  for (let after = [0, 0]; ; ) {
    const { rows } = await tx.client.query<{ batch_id: number; ordinal: number; fields: MutualRecord['fields'] }>(
      `SELECT r.batch_id, r.ordinal, r.fields FROM intake_rows r
       JOIN intake_batches b ON b.lg_code = r.lg_code AND b.batch_id = r.batch_id
       WHERE r.lg_code = $1 AND ${isHandedOn('r')}
         AND b.state IN ('checked', 'reviewed', 'committed') AND (r.batch_id, r.ordinal) > ($5, $6)
         AND ($3::text IS NULL OR r.fields->>'vaccinatedOn' >= $3)
         AND ($4::text IS NULL OR r.fields->>'vaccinatedOn' <= $4)
         AND NOT EXISTS (SELECT FROM intake_rows o JOIN intake_batches ob USING (lg_code, batch_id)
           WHERE o.lg_code = $1 AND o.row_key = r.row_key AND (o.batch_id, o.ordinal) < (r.batch_id, r.ordinal)
             AND ${isHandedOn('o')} AND ob.state IN ('checked', 'reviewed', 'committed'))
       ORDER BY r.batch_id, r.ordinal LIMIT $7`,
      [tx.lgCode, asked.lgCode, text(asked.from), text(asked.to), ...after, rowsPerPage, otherFaults],
    );
    if (rows.length > 0) yield rows.map(({ batch_id: batchId, ordinal, fields }) => ({ batchId, ordinal, fields }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerPage) return;
    after = [last.batch_id, last.ordinal];
  }
}
