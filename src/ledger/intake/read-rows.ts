import {
  type Answer,
  afterMonths,
  type BatchId,
  type EntryId,
  type Finding,
  type PersonId,
  parseIsoDay,
  type StaffId,
} from '#kernel';
import { entryOfRowSql, type Outcome } from '#ledger/vaccinations';
import { startOfDayInTokyo } from '#platform/clock';
import type { Tx } from '#platform/postgres';
import type { RowStanding } from './derive-counts.ts';
import type { BatchFilter, BatchState, BatchSummary, IntakeRow, RowDecision } from './types.ts';

/** A row of a batch as the database gives it. */
export interface RowRecord {
  readonly ordinal: number;
  readonly line: number;
  readonly raw: string;
  readonly fields: Record<string, string>;
  readonly person_id: PersonId | null;
  readonly is_person_chosen: boolean;
  readonly programme: string | null;
  readonly stage: string | null;
  readonly product: string | null;
  readonly vaccinated_on: string | null;
  readonly outcome: Outcome | null;
  readonly answer: Answer;
  readonly findings: Finding[];
  readonly question_codes: string[];
  readonly decision: RowDecision | null;
  readonly decision_reason: string | null;
  readonly decided_by_name: string | null;
  readonly decided_at: Date | null;
  readonly assigned_to: StaffId | null;
  readonly assigned_to_name: string | null;
  readonly changed_at: Date | null;
  readonly entry_id: EntryId | null;
  readonly version: number;
}

/** The columns of `RowRecord`. */
export const rowColumns = `r.ordinal, r.line, r.raw, r.fields, r.person_id, r.is_person_chosen, r.programme, r.stage,
  r.product, r.vaccinated_on, r.outcome, r.answer, r.findings, r.question_codes, r.decision, r.decision_reason,
  r.decided_by_name, r.decided_at, r.assigned_to, r.assigned_to_name, r.changed_at, r.version,
  ${entryOfRowSql('$1', '$2', 'r.ordinal')} AS entry_id`;

/** Rows of a batch ($1 municipality, $2 batch). */
export const rowSource = 'FROM intake_rows r WHERE r.lg_code = $1 AND r.batch_id = $2';

/** A row in the program's words. */
export function toIntakeRow(row: RowRecord): IntakeRow {
  return {
    ordinal: row.ordinal,
    line: row.line,
    raw: JSON.parse(row.raw) as string[],
    fields: row.fields,
    personId: row.person_id,
    isPersonChosen: row.is_person_chosen,
    programme: row.programme,
    stage: row.stage,
    product: row.product,
    vaccinatedOn: row.vaccinated_on === null ? null : parseIsoDay(row.vaccinated_on),
    outcome: row.outcome,
    answer: row.answer,
    findings: row.findings,
    questionCodes: row.question_codes,
    decision: row.decision,
    decisionReason: row.decision_reason,
    decidedByName: row.decided_by_name,
    decidedAt: row.decided_at,
    assignedTo: row.assigned_to,
    assignedToName: row.assigned_to_name,
    changedAt: row.changed_at,
    entryId: row.entry_id,
    version: row.version,
  };
}

/** A page of a batch's rows in the order of the file, after an ordinal: those that stand as asked, or all. */
export async function selectRows(
  tx: Tx,
  batchId: BatchId,
  asked: RowStanding,
  page: { readonly after: number; readonly limit: number },
): Promise<IntakeRow[]> {
  const values: unknown[] = [tx.lgCode, batchId, page.after, page.limit];
  const { rows } = await tx.client.query<RowRecord>(
    `SELECT ${rowColumns} ${rowSource} AND r.ordinal > $3 ${standingSql(asked, values)} ORDER BY r.ordinal LIMIT $4`,
    values,
  );
  return rows.map(toIntakeRow);
}

/** What is asked as conditions, and nothing beside it, so that the database finds the index that holds just those rows. */
function standingSql(asked: RowStanding, values: unknown[]): string {
  const { answer, code, isOpen, decision, isChanged, assignedTo } = asked;
  const conditions: string[] = [];
  const holds = (condition: string, ...given: readonly unknown[]): void => {
    values.push(...given);
    conditions.push(`AND ${condition.replaceAll('?', `$${values.length}`)}`);
  };
  if (answer !== undefined) holds('r.answer = ?', answer);
  if (code !== undefined) holds('? = ANY(r.question_codes)', code);
  if (isOpen !== undefined) holds(`${isOpen ? '' : 'NOT '}(r.answer = 'questioned' AND r.decision IS NULL)`);
  if (decision !== undefined) holds('r.decision = ?', decision);
  if (isChanged !== undefined)
    holds(`${isChanged ? '' : 'NOT '}(r.changed_at IS NOT NULL AND r.decision IS NULL AND r.answer <> 'accepted')`);
  if (assignedTo === null) holds('r.assigned_to IS NULL');
  else if (assignedTo !== undefined) holds('r.assigned_to = ?', assignedTo);
  return conditions.join(' ');
}

/** Some rows of a batch in the order of the file. */
export async function selectRowsOf(tx: Tx, batchId: BatchId, ordinals: readonly number[]): Promise<IntakeRow[]> {
  const { rows } = await tx.client.query<RowRecord>(
    `SELECT ${rowColumns} ${rowSource} AND r.ordinal = ANY($3::integer[]) ORDER BY r.ordinal`,
    [tx.lgCode, batchId, ordinals],
  );
  return rows.map(toIntakeRow);
}

/** The rows whose text somebody looks for: the first of them, and how many they are. */
export interface FoundRows {
  readonly ordinals: readonly number[];
  readonly total: number;
}

/**
 * Looks for rows by what their sender wrote: text is the beginning of a 宛名番号 or part of the kana, digits the beginning or
 * the row's own number. What was read of a row is taken apart only where its text holds what is looked for.
 */
export async function findRowsByText(tx: Tx, batchId: BatchId, text: string, limit: number): Promise<FoundRows> {
  const isNumber = /^\d+$/u.test(text);
  const other = isNumber
    ? 'r.ordinal::text = $3'
    : "(strpos(r.fields::text, $5) > 0 AND strpos(r.fields->>'kana', $3) > 0)";
  const values = [tx.lgCode, batchId, text, limit, ...(isNumber ? [] : [JSON.stringify(text).slice(1, -1)])];
  const { rows } = await tx.client.query<{ ordinals: number[] | null; total: number }>(
    `SELECT count(*) AS total, (array_agg(r.ordinal ORDER BY r.ordinal))[1:$4] AS ordinals
     FROM intake_rows r WHERE r.lg_code = $1 AND r.batch_id = $2 AND (starts_with(r.addressee_number, $3) OR ${other})`,
    values,
  );
  return { ordinals: rows[0]?.ordinals ?? [], total: rows[0]?.total ?? 0 };
}

interface BatchRecord {
  readonly batch_id: BatchId;
  readonly file_name: string;
  readonly file_id: number;
  readonly sender: string | null;
  readonly layout_name: string;
  readonly layout_digest: string | null;
  readonly as_of: string;
  readonly state: BatchState;
  readonly row_count: number;
  readonly accepted: number;
  readonly questioned: number;
  readonly refused: number;
  readonly open_questions: number;
  readonly committed: number;
  readonly version: number;
  readonly received_at: Date;
  readonly received_by_name: string;
  readonly committed_at: Date | null;
  readonly committed_by_name: string | null;
  readonly closed_at: Date | null;
  readonly closed_by_name: string | null;
  readonly close_reason: string | null;
  readonly rules_version: string | null;
}

const batchColumns = `batch_id, file_name, file_id, sender, layout_name, layout_digest, as_of, state, row_count, accepted, questioned,
  refused, open_questions, committed, version, received_at, received_by_name, committed_at, committed_by_name,
  closed_at, closed_by_name, close_reason, rules_version`;

/** A page of the batches that are looked for, newest first, before a batch. Names are compared without width and case. */
export async function selectBatches(
  tx: Tx,
  { state, month, text }: BatchFilter,
  page: { readonly before: BatchId | null; readonly limit: number },
): Promise<BatchSummary[]> {
  const isOpen = state === 'open';
  const { rows } = await tx.client.query<BatchRecord>(
    `SELECT ${batchColumns} FROM intake_batches
     WHERE lg_code = $1 AND ($2::text IS NULL OR state = $2)
       AND (NOT $3 OR (open_questions > 0 AND state IN ('checked', 'reviewed', 'committed')))
       AND ($4::timestamptz IS NULL OR (received_at >= $4 AND received_at < $5))
       AND ($6 = '' OR strpos(lower(normalize(concat_ws(' ', file_name, sender), NFKC)), $6) > 0 OR batch_id::text = $6)
       AND ($7::bigint IS NULL OR batch_id < $7)
     ORDER BY batch_id DESC LIMIT $8`,
    [
      tx.lgCode,
      isOpen ? null : state,
      isOpen,
      month === null ? null : startOfDayInTokyo(month),
      month === null ? null : startOfDayInTokyo(afterMonths(month, 1)),
      text.normalize('NFKC').trim().toLowerCase(),
      page.before,
      page.limit,
    ],
  );
  return rows.map(toBatch);
}

/** The batches whose questions are all answered and of which nothing is in the ledger yet. */
export async function selectBatchesToEnter(tx: Tx): Promise<BatchId[]> {
  const { rows } = await tx.client.query<{ batch_id: BatchId }>(
    `SELECT batch_id FROM intake_batches WHERE lg_code = $1 AND state = 'reviewed' AND committed = 0 ORDER BY batch_id`,
    [tx.lgCode],
  );
  return rows.map((row) => row.batch_id);
}

/** One batch. */
export async function findBatch(tx: Tx, batchId: BatchId): Promise<BatchSummary | undefined> {
  const { rows } = await tx.client.query<BatchRecord>(
    `SELECT ${batchColumns} FROM intake_batches WHERE lg_code = $1 AND batch_id = $2`,
    [tx.lgCode, batchId],
  );
  return rows[0] === undefined ? undefined : toBatch(rows[0]);
}

function toBatch(row: BatchRecord): BatchSummary {
  return {
    batchId: row.batch_id,
    fileName: row.file_name,
    fileId: row.file_id,
    sender: row.sender,
    layoutName: row.layout_name,
    layoutDigest: row.layout_digest,
    asOf: parseIsoDay(row.as_of),
    state: row.state,
    rows: row.row_count,
    accepted: row.accepted,
    questioned: row.questioned,
    refused: row.refused,
    openQuestions: row.open_questions,
    committed: row.committed,
    version: row.version,
    receivedAt: row.received_at,
    receivedByName: row.received_by_name,
    committedAt: row.committed_at,
    committedByName: row.committed_by_name,
    closedAt: row.closed_at,
    closedByName: row.closed_by_name,
    closeReason: row.close_reason,
    rulesVersion: row.rules_version,
  };
}
