import { type Day, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { StageKey } from './load-people.ts';

/** How far an electronic notice is. */
export type MessageState = 'waiting' | 'sending' | 'sent' | 'failed' | 'cancelled';

/** A notice that goes by e-mail or the portal instead of a letter. */
export interface NoticeMessage extends StageKey {
  readonly noticeMessageId: number;
  readonly printJobId: number;
  readonly personId: PersonId;
  readonly doseNumber: number;
  readonly layoutId: string;
  readonly channel: 'portal' | 'email';
  readonly issuedOn: Day;
}

/** A notice about to wait for its sending. */
export interface NewMessage extends Omit<NoticeMessage, 'noticeMessageId' | 'printJobId'> {
  readonly validUntil: Day | null;
}

/** Writes the notices of a part; a person of a job is told once. */
export async function insertMessages(
  tx: Tx,
  printJobId: number,
  actId: number,
  messages: readonly NewMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map((one) => ({
    person_id: one.personId,
    programme: one.programme,
    stage: one.stage,
    dose_number: one.doseNumber,
    layout_id: one.layoutId,
    channel: one.channel,
    issued_on: formatIsoDay(one.issuedOn),
    valid_until: one.validUntil === null ? null : formatIsoDay(one.validUntil),
  }));
  await tx.client.query(
    `INSERT INTO notice_messages (lg_code, print_job_id, act_id, person_id, programme, stage, dose_number, layout_id,
            channel, issued_on, valid_until)
     SELECT $1, $2, $3, m.* FROM jsonb_to_recordset($4::jsonb) AS m (person_id bigint, programme text, stage text,
            dose_number integer, layout_id text, channel text, issued_on date, valid_until date)`,
    [tx.lgCode, printJobId, actId, JSON.stringify(rows)],
  );
}

/** Who was told the same of a stage and may still act on it: person → doses; of some people or all. */
export async function loadTold(
  tx: Tx,
  query: StageKey & { readonly layoutId: string; readonly on: Day },
  personIds?: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ReadonlySet<number | null>>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; doses: number[] }>(
    `SELECT person_id, array_agg(DISTINCT dose_number) AS doses FROM notice_messages
      WHERE lg_code = $1 AND programme = $2 AND stage = $3 AND layout_id = $4 AND state <> 'cancelled'
        AND (valid_until IS NULL OR valid_until >= $5) AND ($6::bigint[] IS NULL OR person_id = ANY ($6))
      GROUP BY person_id`,
    [tx.lgCode, query.programme, query.stage, query.layoutId, formatIsoDay(query.on), personIds ?? null],
  );
  return new Map(rows.map((row) => [row.person_id, new Set(row.doses)]));
}

/** Takes the next notice that waits and marks it as being sent; undefined where none waits. */
export async function takeMessage(tx: Tx): Promise<NoticeMessage | undefined> {
  const { rows } = await tx.client.query<Omit<NoticeMessage, 'issuedOn'> & { issued_on: string }>(
    // Materialised: as a plain subquery it may be asked again for each row, and take more than one.
    `WITH next AS MATERIALIZED (SELECT notice_message_id FROM notice_messages
        WHERE lg_code = $1 AND state = 'waiting' ORDER BY notice_message_id LIMIT 1 FOR UPDATE SKIP LOCKED)
     UPDATE notice_messages m SET state = 'sending' FROM next n
      WHERE m.lg_code = $1 AND m.notice_message_id = n.notice_message_id
      RETURNING m.notice_message_id AS "noticeMessageId", m.print_job_id AS "printJobId", m.person_id AS "personId",
        m.programme, m.stage, m.dose_number AS "doseNumber", m.layout_id AS "layoutId", m.channel, m.issued_on`,
    [tx.lgCode],
  );
  return rows.map(({ issued_on, ...row }) => ({ ...row, issuedOn: parseIsoDay(issued_on) }))[0];
}

/** Writes what became of a notice that was being sent. */
export async function settleMessage(
  tx: Tx,
  noticeMessageId: number,
  settled: { readonly state: 'sent' | 'failed' | 'cancelled'; readonly outcome: string | null; readonly at: Date },
): Promise<void> {
  await tx.client.query(
    `UPDATE notice_messages SET state = $3, outcome = $4, told_at = CASE WHEN $3 = 'sent' THEN $5::timestamptz END
      WHERE lg_code = $1 AND notice_message_id = $2 AND state = 'sending'`,
    [tx.lgCode, noticeMessageId, settled.state, settled.outcome, settled.at],
  );
}

/**
 * Lets notices wait once more that were not handed over: those that failed, and those that a crash left half way (in that
 * state an hour after they were asked for). Answers how many.
 */
export async function waitAgain(tx: Tx, printJobId: number, from: 'failed' | 'sending', now: Date): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE notice_messages SET state = 'waiting', outcome = NULL
      WHERE lg_code = $1 AND print_job_id = $2 AND state = $3
        AND (state = 'failed' OR recorded_at < $4::timestamptz - interval '1 hour')`,
    [tx.lgCode, printJobId, from, now],
  );
  return rowCount ?? 0;
}

/** How many notices of print jobs are in which state, by channel. */
export async function countMessages(
  tx: Tx,
  printJobIds: readonly number[],
): Promise<
  { readonly printJobId: number; readonly channel: string; readonly state: MessageState; readonly n: number }[]
> {
  const { rows } = await tx.client.query<{ printJobId: number; channel: string; state: MessageState; n: number }>(
    `SELECT print_job_id AS "printJobId", channel, state, count(*) AS n FROM notice_messages
      WHERE lg_code = $1 AND print_job_id = ANY ($2::bigint[]) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [tx.lgCode, printJobIds],
  );
  return rows;
}

/** Who was reached by a job electronically. */
export async function selectTold(tx: Tx, printJobId: number): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT person_id FROM notice_messages WHERE lg_code = $1 AND print_job_id = $2 AND state = 'sent'`,
    [tx.lgCode, printJobId],
  );
  return rows.map((row) => row.person_id);
}

/** The numbers of the letters of a job that the post brought back for good: cancelled by the entry of the return itself. */
export async function selectReturnedNumbers(tx: Tx, printJobId: number): Promise<ReadonlySet<string>> {
  const { rows } = await tx.client.query<{ form_number: string }>(
    `SELECT o.form_number FROM print_outcomes o
      WHERE o.lg_code = $1 AND o.print_job_id = $2 AND EXISTS (SELECT FROM returned_letters r
             JOIN form_changes c ON c.lg_code = r.lg_code AND c.form_number = r.form_number AND c.act_id = r.act_id
            WHERE r.lg_code = o.lg_code AND r.form_number = o.form_number)`,
    [tx.lgCode, printJobId],
  );
  return new Set(rows.map((row) => row.form_number));
}

/** How many letters of a job the post brought back. */
export async function countReturned(tx: Tx, printJobIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const { rows } = await tx.client.query<{ id: number; n: number }>(
    `SELECT o.print_job_id AS id, count(*) AS n FROM returned_letters r
       JOIN print_outcomes o ON o.lg_code = r.lg_code AND o.form_number = r.form_number
      WHERE r.lg_code = $1 AND o.print_job_id = ANY ($2::bigint[]) GROUP BY o.print_job_id`,
    [tx.lgCode, printJobIds],
  );
  return new Map(rows.map(({ id, n }) => [id, n]));
}
