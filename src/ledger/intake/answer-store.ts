import type { ActBy } from '#common-base/audit';
import type { BatchId, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type RowRecord, rowColumns, rowSource, toIntakeRow } from './read-rows.ts';
import type { IntakeRow, RowDecision, RowEvent } from './types.ts';

/** One row of a batch. */
export async function findRow(tx: Tx, batchId: BatchId, ordinal: number): Promise<IntakeRow | undefined> {
  const { rows } = await tx.client.query<RowRecord>(`SELECT ${rowColumns} ${rowSource} AND r.ordinal = $3`, [
    tx.lgCode,
    batchId,
    ordinal,
  ]);
  return rows[0] === undefined ? undefined : toIntakeRow(rows[0]);
}

/** Writes an answer to a row, or takes it back. */
export async function decideOne(
  tx: Tx,
  batchId: BatchId,
  ordinal: number,
  answer: { readonly kind: RowDecision; readonly reason: string } | { readonly kind: 'reopen' },
  by: ActBy,
): Promise<void> {
  const given = answer.kind === 'reopen' ? null : answer;
  await tx.client.query(
    `WITH written AS (
       UPDATE intake_rows SET decision = $4, decision_reason = $5, decided_by = $6, decided_by_name = $7,
         decided_at = CASE WHEN $4::text IS NULL THEN NULL ELSE now() END, changed_at = NULL, version = version + 1
       WHERE lg_code = $1 AND batch_id = $2 AND ordinal = $3 RETURNING ordinal, answer, question_codes
     ) ${noteEventSql("coalesce($4::text, 'reopen')", '$5', '$8', '$9')}`,
    [
      tx.lgCode,
      batchId,
      ordinal,
      given?.kind ?? null,
      given?.reason ?? null,
      given === null ? null : by.staffId,
      given === null ? null : by.staffName,
      by.staffId,
      by.staffName,
    ],
  );
}

/** The open rows with exactly these questions, locked; only those with a person where the answer needs one. */
export async function listOpenOfCodes(
  tx: Tx,
  batchId: BatchId,
  codes: readonly string[],
  needsPerson: boolean,
): Promise<{ ordinal: number; personId: PersonId | null }[]> {
  const { rows } = await tx.client.query<{ ordinal: number; person_id: PersonId | null }>(
    `SELECT ordinal, person_id FROM intake_rows
     WHERE lg_code = $1 AND batch_id = $2 AND answer = 'questioned' AND decision IS NULL
       AND question_codes = $3 AND (person_id IS NOT NULL OR NOT $4)
     ORDER BY ordinal FOR UPDATE`,
    [tx.lgCode, batchId, codes, needsPerson],
  );
  return rows.map((row) => ({ ordinal: row.ordinal, personId: row.person_id }));
}

/** Writes the same answer to many rows. */
export async function decideMany(
  tx: Tx,
  batchId: BatchId,
  rows: readonly { readonly ordinal: number }[],
  answer: { readonly kind: RowDecision; readonly reason: string },
  by: ActBy,
): Promise<number> {
  const { rowCount } = await tx.client.query(
    `WITH written AS (
       UPDATE intake_rows SET decision = $4, decision_reason = $5, decided_by = $6, decided_by_name = $7,
         decided_at = now(), changed_at = NULL, version = version + 1
       WHERE lg_code = $1 AND batch_id = $2 AND ordinal = ANY($3) RETURNING ordinal, answer, question_codes
     ) ${noteEventSql('$4', '$5', '$6', '$7')}`,
    [tx.lgCode, batchId, rows.map((row) => row.ordinal), answer.kind, answer.reason, by.staffId, by.staffName],
  );
  return rowCount ?? 0;
}

/** Notes whom a member of staff chose for a row. */
export async function choosePerson(
  tx: Tx,
  choice: { readonly batchId: BatchId; readonly ordinal: number; readonly personId: PersonId },
  by: ActBy,
): Promise<void> {
  await tx.client.query(
    `WITH written AS (
       UPDATE intake_rows SET person_id = $4, is_person_chosen = true, decision = NULL, decision_reason = NULL,
         decided_by = NULL, decided_by_name = NULL, decided_at = NULL, version = version + 1
       WHERE lg_code = $1 AND batch_id = $2 AND ordinal = $3 RETURNING ordinal, answer, question_codes
     ) ${noteEventSql("'otherPerson'", 'NULL', '$5', '$6')}`,
    [tx.lgCode, choice.batchId, choice.ordinal, choice.personId, by.staffId, by.staffName],
  );
}

/** Takes the mark off a row that it says something else than before. */
export async function forgetChange(tx: Tx, batchId: BatchId, ordinal: number): Promise<void> {
  await tx.client.query(
    'UPDATE intake_rows SET changed_at = NULL WHERE lg_code = $1 AND batch_id = $2 AND ordinal = $3',
    [tx.lgCode, batchId, ordinal],
  );
}

/** What became of a row, oldest first. */
export async function selectRowEvents(tx: Tx, batchId: BatchId, ordinal: number): Promise<RowEvent[]> {
  const { rows } = await tx.client.query<{
    kind: RowEvent['kind'];
    reason: string | null;
    answer: RowEvent['answer'];
    question_codes: string[];
    staff_name: string;
    recorded_at: Date;
  }>(
    `SELECT kind, reason, answer, question_codes, staff_name, recorded_at FROM intake_row_events
     WHERE lg_code = $1 AND batch_id = $2 AND ordinal = $3 ORDER BY event_id`,
    [tx.lgCode, batchId, ordinal],
  );
  return rows.map((row) => ({
    kind: row.kind,
    reason: row.reason,
    answer: row.answer,
    questionCodes: row.question_codes,
    staffName: row.staff_name,
    recordedAt: row.recorded_at,
  }));
}

/** Keeps what was done to the rows of `written` (their answer and questions as they stand), $1 and $2 naming the batch. */
function noteEventSql(kind: string, reason: string, staffId: string, staffName: string): string {
  return `INSERT INTO intake_row_events
      (lg_code, batch_id, ordinal, kind, reason, answer, question_codes, staff_id, staff_name)
    SELECT $1, $2, ordinal, ${kind}, ${reason}::text, answer, question_codes, ${staffId}::bigint, ${staffName}::text
    FROM written`;
}
