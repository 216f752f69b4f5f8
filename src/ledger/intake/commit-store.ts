import type { BatchId, PersonId } from '#kernel';
import { entryOfRowSql, type FactQuery, type RowRange } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';

/** The rows that may enter the ledger now: accepted, or questioned and accepted by a person, and not in it yet. */
const rowsToCommit = `
  FROM intake_rows r
  WHERE r.lg_code = $1 AND r.batch_id = $2 AND r.person_id IS NOT NULL
    AND ((r.answer = 'accepted' AND r.decision IS NULL) OR (r.answer <> 'refused' AND r.decision = 'accept'))
    AND ${entryOfRowSql('$1', '$2', 'r.ordinal')} IS NULL`;

/** How many rows of a batch may enter the ledger now. */
export async function countRowsToCommit(tx: Tx, batchId: BatchId): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(`SELECT count(*) AS count ${rowsToCommit}`, [
    tx.lgCode,
    batchId,
  ]);
  return rows[0]?.count ?? 0;
}

/** The facts of some rows of a batch that may enter the ledger now, in the shape the ledger asks for. */
export function factsToCommit(tx: Tx, batchId: BatchId, { from, to }: RowRange): FactQuery {
  return {
    sql: `SELECT r.person_id, r.outcome, r.vaccinated_on,
        CASE WHEN r.fields->>'vaccinationClass' IN ('voluntary', 'temporary')
          THEN r.fields->>'vaccinationClass' ELSE 'routine' END AS vaccination_class,
        r.programme, r.stage, r.product, r.fields::jsonb AS items, CASE WHEN coalesce(r.fields->>'givenInLgCode', r.lg_code) = r.lg_code THEN 'clinic' ELSE 'elsewhere' END AS source, 'documented' AS certainty, r.findings,
        r.decision_reason AS reason, r.batch_id, r.ordinal AS batch_row, NULL::bigint AS run_id,
        NULL::integer AS run_row
      ${rowsToCommit} AND r.ordinal BETWEEN $3 AND $4 ORDER BY r.ordinal`,
    params: [tx.lgCode, batchId, from, to],
  };
}

/** The people of those facts with the version of their ledger that the check saw. */
export function ledgersSeen(tx: Tx, batchId: BatchId): FactQuery {
  return {
    sql: `SELECT DISTINCT r.person_id, r.ledger_version AS version ${rowsToCommit}`,
    params: [tx.lgCode, batchId],
  };
}

/** Those rows that name the paper of a dose, with whom they mean. */
export async function selectPaperToCommit(
  tx: Tx,
  batchId: BatchId,
): Promise<{ ordinal: number; personId: PersonId; form: string; coupon: string }[]> {
  const { rows } = await tx.client.query<{ ordinal: number; person_id: PersonId; form: string; coupon: string }>(
    `SELECT r.ordinal, r.person_id, coalesce(r.fields->>'formNumber', '') AS form,
       coalesce(r.fields->>'couponNumber', '') AS coupon ${rowsToCommit}
       AND coalesce(r.fields->>'formNumber', r.fields->>'couponNumber', '') <> ''`,
    [tx.lgCode, batchId],
  );
  return rows.map(({ ordinal, person_id: personId, form, coupon }) => ({ ordinal, personId, form, coupon }));
}

/** The people of those facts with the version of their record that the check saw, in pages of one reading. */
export async function* readPersonsSeen(tx: Tx, batchId: BatchId): AsyncGenerator<Map<PersonId, number>> {
  await tx.client.query(
    `DECLARE persons_seen NO SCROLL CURSOR FOR
     SELECT r.person_id, min(r.person_version) AS version ${rowsToCommit} GROUP BY r.person_id`,
    [tx.lgCode, batchId],
  );
  for (;;) {
    const { rows } = await tx.client.query<{ person_id: PersonId; version: number }>(
      `FETCH ${peoplePerPage} FROM persons_seen`,
    );
    if (rows.length > 0) yield new Map(rows.map((row) => [row.person_id, row.version]));
    if (rows.length < peoplePerPage) break;
  }
  await tx.client.query('CLOSE persons_seen');
}

const peoplePerPage = 5000;

/** Marks a batch as committed with so many more rows in the ledger. */
export async function markCommitted(tx: Tx, batchId: BatchId, count: number, staffName: string): Promise<void> {
  await tx.client.query(
    `UPDATE intake_batches SET state = 'committed', committed = committed + $3, committed_at = now(),
       committed_by_name = $4, version = version + 1
     WHERE lg_code = $1 AND batch_id = $2`,
    [tx.lgCode, batchId, count, staffName],
  );
}

/** Closes a batch for good: undone, or sent back to its sender. */
export async function closeBatch(
  tx: Tx,
  batchId: BatchId,
  state: 'undone' | 'sentBack',
  reason: string,
  staffName: string,
): Promise<void> {
  await tx.client.query(
    `UPDATE intake_batches SET state = $3, closed_at = now(), closed_by_name = $5, close_reason = $4,
       version = version + 1
     WHERE lg_code = $1 AND batch_id = $2`,
    [tx.lgCode, batchId, state, reason, staffName],
  );
}
