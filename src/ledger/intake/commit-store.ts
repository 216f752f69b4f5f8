import type { BatchId, PersonId } from '#kernel';
import { entryOfRowSql, type FactQuery, type RowRange } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import type { BatchHead } from './store.ts';

/** A batch whose rows are entered: how many of them are in the ledger already. The caller holds the lock on it. */
export type EnteringBatch = Pick<BatchHead, 'batchId' | 'committed'>;

/**
 * Which rows may enter the ledger now: accepted, or questioned and accepted by a person, and not in it yet. Of a batch that
 * entered nothing so far none is; to look each one up, in each statement of a commit, would be a tenth of its time.
 */
function mayEnter({ committed }: EnteringBatch): string {
  const isIn = committed === 0 ? '' : `AND ${entryOfRowSql('$1', '$2', 'r.ordinal')} IS NULL`;
  return `r.lg_code = $1 AND r.batch_id = $2 AND r.person_id IS NOT NULL
    AND ((r.answer = 'accepted' AND r.decision IS NULL) OR (r.answer <> 'refused' AND r.decision = 'accept')) ${isIn}`;
}

/** How many rows of a batch may enter the ledger now. */
export async function countRowsToCommit(tx: Tx, batch: EnteringBatch): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    `SELECT count(*) AS count FROM intake_rows r WHERE ${mayEnter(batch)}`,
    [tx.lgCode, batch.batchId],
  );
  return rows[0]?.count ?? 0;
}

/**
 * The facts of some rows of a batch that may enter the ledger now, in the shape the ledger asks for. OFFSET 0: what was
 * read of a row is taken apart once, not for every value that is asked of it.
 */
export function factsToCommit(tx: Tx, batch: EnteringBatch, { from, to }: RowRange): FactQuery {
  return {
    sql: `SELECT r.person_id, r.outcome, r.vaccinated_on,
        CASE WHEN r.items->>'vaccinationClass' IN ('voluntary', 'temporary')
          THEN r.items->>'vaccinationClass' ELSE 'routine' END AS vaccination_class,
        r.programme, r.stage, r.product, r.items,
        CASE WHEN coalesce(r.items->>'givenInLgCode', r.lg_code) = r.lg_code THEN 'clinic' ELSE 'elsewhere' END AS source,
        'documented' AS certainty, r.findings, r.decision_reason AS reason, r.batch_id, r.ordinal AS batch_row,
        NULL::bigint AS run_id, NULL::integer AS run_row
      FROM (SELECT r.*, r.fields::jsonb AS items FROM intake_rows r
        WHERE ${mayEnter(batch)} AND r.ordinal BETWEEN $3 AND $4 ORDER BY r.ordinal OFFSET 0) r`,
    params: [tx.lgCode, batch.batchId, from, to],
  };
}

/** The people of those facts with the version of their ledger that the check saw. */
export function ledgersSeen(tx: Tx, batch: EnteringBatch): FactQuery {
  return {
    sql: `SELECT DISTINCT r.person_id, r.ledger_version AS version FROM intake_rows r WHERE ${mayEnter(batch)}`,
    params: [tx.lgCode, batch.batchId],
  };
}

/** Those rows that name the paper of a dose, with whom they mean. Only a row whose text does is taken apart. */
export async function selectPaperToCommit(
  tx: Tx,
  batch: EnteringBatch,
): Promise<{ ordinal: number; personId: PersonId; form: string; coupon: string }[]> {
  const { rows } = await tx.client.query<{ ordinal: number; person_id: PersonId; form: string; coupon: string }>(
    `SELECT r.ordinal, r.person_id, coalesce(r.fields->>'formNumber', '') AS form,
       coalesce(r.fields->>'couponNumber', '') AS coupon
     FROM intake_rows r WHERE ${mayEnter(batch)} AND r.fields::text ~ '"(?:formNumber|couponNumber)" ?: ?"'
       AND coalesce(r.fields->>'formNumber', r.fields->>'couponNumber', '') <> ''`,
    [tx.lgCode, batch.batchId],
  );
  return rows.map(({ ordinal, person_id: personId, form, coupon }) => ({ ordinal, personId, form, coupon }));
}

/** The people of those facts with the version of their record that the check saw, in pages of one reading. */
export async function* readPersonsSeen(tx: Tx, batch: EnteringBatch): AsyncGenerator<Map<PersonId, number>> {
  await tx.client.query(
    `DECLARE persons_seen NO SCROLL CURSOR FOR
     SELECT r.person_id, min(r.person_version) AS version FROM intake_rows r WHERE ${mayEnter(batch)}
     GROUP BY r.person_id`,
    [tx.lgCode, batch.batchId],
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
