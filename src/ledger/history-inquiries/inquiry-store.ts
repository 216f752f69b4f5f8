import { type EntryId, formatIsoDay, type LgCode, type PersonId, parseIsoDay } from '#kernel';
import type { ToldDose } from '#messages';
import type { Database, Tx } from '#platform/postgres';
import type { AnswerRecord, HistoryInquiry, InquiryState } from './types.ts';

const columns = `i.inquiry_id AS "inquiryId", i.person_id AS "personId", i.moved_in_on AS "movedInText",
  i.asked_of AS "askedOf", i.state, i.relay_ref AS "relayRef", i.processing_number AS "processingNumber", i.because,
  i.raised_at AS "raisedAt", i.released_by_name AS "releasedByName", i.asked_at AS "askedAt",
  i.answered_at AS "answeredAt", i.closed_at AS "closedAt", i.closed_by_name AS "closedByName", i.note`;

type Row = Omit<HistoryInquiry, 'movedInOn'> & { readonly movedInText: string };

/** What is raised about one move-in. */
export interface NewInquiry {
  readonly personId: PersonId;
  /** `YYYY-MM-DD`. */
  readonly movedInOn: string;
  readonly askedOf: string | null;
  readonly state: InquiryState;
  readonly relayRef: string;
  readonly releasedByName: string | null;
}

/** Keeps inquiries about move-ins of which none is kept yet; answers the people of those that were new. */
export async function insertInquiries(tx: Tx, inquiries: readonly NewInquiry[], at: Date): Promise<PersonId[]> {
  if (inquiries.length === 0) return [];
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `INSERT INTO history_inquiries (lg_code, person_id, moved_in_on, asked_of, state, relay_ref, raised_at, released_at,
       released_by_name)
     SELECT $1, r."personId", r."movedInOn", r."askedOf", r.state, r."relayRef", $3::timestamptz,
       CASE WHEN r."releasedByName" IS NULL THEN NULL ELSE $3::timestamptz END, r."releasedByName"
       FROM jsonb_to_recordset($2::jsonb) AS r ("personId" bigint, "movedInOn" date, "askedOf" text, state text,
         "relayRef" uuid, "releasedByName" text)
     ON CONFLICT (lg_code, person_id, moved_in_on) DO NOTHING RETURNING person_id`,
    [tx.lgCode, JSON.stringify(inquiries), at],
  );
  return rows.map((row) => row.person_id);
}

/** Of these move-ins those of which an inquiry is kept, as `person day`. */
export async function listRaised(tx: Tx, personIds: readonly PersonId[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; moved_in_on: string }>(
    'SELECT person_id, moved_in_on FROM history_inquiries WHERE lg_code = $1 AND person_id = ANY ($2)',
    [tx.lgCode, personIds],
  );
  return new Set(rows.map((row) => `${row.person_id} ${row.moved_in_on}`));
}

/** One inquiry; with `isLocking` nobody else changes it until the transaction ends. */
export async function findInquiry(
  tx: Tx,
  inquiryId: number,
  options: { readonly isLocking?: boolean } = {},
): Promise<HistoryInquiry | undefined> {
  const { rows } = await tx.client.query<Row>(
    `SELECT ${columns} FROM history_inquiries i WHERE i.lg_code = $1 AND i.inquiry_id = $2
     ${options.isLocking === true ? 'FOR UPDATE' : ''}`,
    [tx.lgCode, inquiryId],
  );
  return rows[0] === undefined ? undefined : inquiryOf(rows[0]);
}

/** Inquiries of some states, oldest first, a page at a time. */
export async function listInquiries(
  tx: Tx,
  states: readonly InquiryState[],
  page: { readonly after: number; readonly limit: number },
): Promise<HistoryInquiry[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT ${columns} FROM history_inquiries i WHERE i.lg_code = $1 AND i.state = ANY ($2) AND i.inquiry_id > $3
     ORDER BY i.inquiry_id LIMIT $4`,
    [tx.lgCode, states, page.after, page.limit],
  );
  return rows.map(inquiryOf);
}

/** What may go out now: released, and not put off. */
export async function listReady(tx: Tx, now: Date, limit: number): Promise<HistoryInquiry[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT ${columns} FROM history_inquiries i WHERE i.lg_code = $1 AND i.state = 'released'
       AND (i.retry_at IS NULL OR i.retry_at <= $2) ORDER BY i.inquiry_id LIMIT $3`,
    [tx.lgCode, now, limit],
  );
  return rows.map(inquiryOf);
}

/** The municipalities with an inquiry or an answer that may go out now: one look over all of them. */
export async function listHistoryWork({ app }: Database): Promise<LgCode[]> {
  const { rows } = await app.query<{ lgCode: LgCode }>(
    'SELECT lg_code AS "lgCode" FROM list_history_work() AS lg_code',
  );
  return rows.map(({ lgCode }) => lgCode);
}

/** The inquiries about one person, newest first. */
export async function listInquiriesOf(tx: Tx, personIds: readonly PersonId[]): Promise<HistoryInquiry[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT ${columns} FROM history_inquiries i WHERE i.lg_code = $1 AND i.person_id = ANY ($2)
     ORDER BY i.inquiry_id DESC LIMIT 20`,
    [tx.lgCode, personIds],
  );
  return rows.map(inquiryOf);
}

/** How many inquiries stand in each state. */
export async function countInquiries(tx: Tx): Promise<ReadonlyMap<InquiryState, number>> {
  const { rows } = await tx.client.query<{ state: InquiryState; count: number }>(
    'SELECT state, count(*)::int AS count FROM history_inquiries WHERE lg_code = $1 GROUP BY state',
    [tx.lgCode],
  );
  return new Map(rows.map((row) => [row.state, row.count]));
}

/** What changes of an inquiry. */
export interface InquiryChange {
  readonly state?: InquiryState;
  readonly askedOf?: string;
  readonly processingNumber?: string | null;
  readonly because?: string | null;
  readonly letterDigest?: string | null;
  readonly releasedAt?: Date;
  readonly releasedByName?: string;
  readonly askedAt?: Date;
  readonly answeredAt?: Date | null;
  readonly closedAt?: Date;
  readonly closedByName?: string;
  readonly note?: string;
  readonly retryAt?: Date | null;
  readonly relayRef?: string;
}

const changeColumns: Readonly<Record<keyof InquiryChange, string>> = {
  state: 'state',
  askedOf: 'asked_of',
  processingNumber: 'processing_number',
  because: 'because',
  letterDigest: 'letter_digest',
  releasedAt: 'released_at',
  releasedByName: 'released_by_name',
  askedAt: 'asked_at',
  answeredAt: 'answered_at',
  closedAt: 'closed_at',
  closedByName: 'closed_by_name',
  note: 'note',
  retryAt: 'retry_at',
  relayRef: 'relay_ref',
};

/** Changes an inquiry that still stands in a state; false where somebody was faster. */
export async function changeInquiry(
  tx: Tx,
  inquiryId: number,
  from: readonly InquiryState[],
  change: InquiryChange,
): Promise<boolean> {
  const entries = Object.entries(change) as [keyof InquiryChange, unknown][];
  const sets = entries.map(([key], i) => `${changeColumns[key]} = $${i + 4}`);
  const { rowCount } = await tx.client.query(
    `UPDATE history_inquiries SET ${sets.join(', ')} WHERE lg_code = $1 AND inquiry_id = $2 AND state = ANY ($3)`,
    [tx.lgCode, inquiryId, from, ...entries.map(([, value]) => value)],
  );
  return rowCount === 1;
}

/** Keeps the records of an answer as they came. */
export async function insertAnswer(tx: Tx, inquiryId: number, doses: readonly ToldDose[]): Promise<void> {
  await tx.client.query(
    `INSERT INTO history_answers (lg_code, inquiry_id, ordinal, content)
     SELECT $1, $2, d.place, d.content FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS d (content, place)
     ON CONFLICT DO NOTHING`,
    [tx.lgCode, inquiryId, JSON.stringify(doses)],
  );
}

/** The records of an answer, by the day. */
export async function listAnswer(tx: Tx, inquiryId: number): Promise<AnswerRecord[]> {
  const { rows } = await tx.client.query<{ ordinal: number; dose: ToldDose; entryId: EntryId | null }>(
    `SELECT ordinal, content AS dose, entry_id AS "entryId" FROM history_answers
     WHERE lg_code = $1 AND inquiry_id = $2 ORDER BY content ->> 'vaccinatedOn', ordinal`,
    [tx.lgCode, inquiryId],
  );
  return rows;
}

/** Notes which entry of the ledger a record became. */
export async function markTakenOver(tx: Tx, inquiryId: number, ordinal: number, entryId: EntryId): Promise<void> {
  await tx.client.query(
    'UPDATE history_answers SET entry_id = $4 WHERE lg_code = $1 AND inquiry_id = $2 AND ordinal = $3',
    [tx.lgCode, inquiryId, ordinal, entryId],
  );
}

function inquiryOf({ movedInText, ...row }: Row): HistoryInquiry {
  return { ...row, movedInOn: parseIsoDay(movedInText) };
}

/** The day as `insertInquiries` takes it. */
export function dayKey(personId: PersonId, movedInOn: HistoryInquiry['movedInOn']): string {
  return `${personId} ${formatIsoDay(movedInOn)}`;
}
