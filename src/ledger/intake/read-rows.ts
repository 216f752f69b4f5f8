import {
  type Answer,
  type BatchId,
  type EntryId,
  type Finding,
  type PersonId,
  parseIsoDay,
  type StaffId,
} from '#kernel';
import { entryOfRowSql, type Outcome } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import type { BatchState, BatchSummary, IntakeRow, QuestionCount, RowDecision } from './types.ts';

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

/** What of a batch's rows is asked for; all conditions hold together. */
export interface RowFilter {
  readonly answer?: Answer;
  /** Rows with this question. */
  readonly code?: string;
  /** Questioned and not answered. */
  readonly isOpen?: boolean;
  readonly decision?: RowDecision;
  /** Changed by a later check, and waiting for an answer since. */
  readonly isChanged?: boolean;
  /** Rows of this member of staff; null: rows of nobody. */
  readonly assignedTo?: StaffId | null;
  /** Beginning of the number, or part of the kana, as the sender wrote them; or the row's own number. */
  readonly text?: string;
}

const isChangedSql = `r.changed_at IS NOT NULL AND r.decision IS NULL AND r.answer <> 'accepted'`;

const filterSql = `AND ($3::text IS NULL OR r.answer = $3) AND ($4::text IS NULL OR $4 = ANY(r.question_codes))
  AND ($5::boolean IS NULL OR (r.answer = 'questioned' AND r.decision IS NULL) = $5)
  AND ($6::text IS NULL OR r.decision = $6)
  AND ($7::text IS NULL OR starts_with(r.addressee_number, $7) OR strpos(r.fields->>'kana', $7) > 0
    OR r.ordinal::text = $7)
  AND ($8::bigint IS NULL OR coalesce(r.assigned_to, 0) = $8)
  AND ($9::boolean IS NULL OR (${isChangedSql}) = $9)`;

function filterValues(filter: RowFilter): (string | number | boolean | null)[] {
  const text = filter.text?.trim() ?? '';
  return [
    filter.answer ?? null,
    filter.code ?? null,
    filter.isOpen ?? null,
    filter.decision ?? null,
    text === '' ? null : text,
    // Nobody's number is 0.
    filter.assignedTo === undefined ? null : (filter.assignedTo ?? 0),
    filter.isChanged ?? null,
  ];
}

/** A page of a batch's rows in the order of the file, after an ordinal. */
export async function selectRows(
  tx: Tx,
  batchId: BatchId,
  filter: RowFilter,
  page: { readonly after: number; readonly limit: number },
): Promise<IntakeRow[]> {
  const { rows } = await tx.client.query<RowRecord>(
    `SELECT ${rowColumns} ${rowSource} ${filterSql} AND r.ordinal > $10 ORDER BY r.ordinal LIMIT $11`,
    [tx.lgCode, batchId, ...filterValues(filter), page.after, page.limit],
  );
  return rows.map(toIntakeRow);
}

/** How many rows of a batch a filter holds. */
export async function countRows(tx: Tx, batchId: BatchId, filter: RowFilter): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    `SELECT count(*) AS count FROM intake_rows r WHERE r.lg_code = $1 AND r.batch_id = $2 ${filterSql}`,
    [tx.lgCode, batchId, ...filterValues(filter)],
  );
  return rows[0]?.count ?? 0;
}

/** How many rows of a batch a person accepted or sends back, and how many a later check changed that wait since. */
export interface RowStandings {
  readonly accepted: number;
  readonly sentBack: number;
  readonly changed: number;
}

/** What became of the rows of a batch after the check, in one look at all of them. */
export async function countStandings(tx: Tx, batchId: BatchId): Promise<RowStandings> {
  const { rows } = await tx.client.query<{ accepted: number; sent_back: number; changed: number }>(
    `SELECT count(*) FILTER (WHERE r.decision = 'accept') AS accepted,
       count(*) FILTER (WHERE r.decision = 'sendBack') AS sent_back,
       count(*) FILTER (WHERE ${isChangedSql}) AS changed
     FROM intake_rows r WHERE r.lg_code = $1 AND r.batch_id = $2`,
    [tx.lgCode, batchId],
  );
  const [row] = rows;
  return { accepted: row?.accepted ?? 0, sentBack: row?.sent_back ?? 0, changed: row?.changed ?? 0 };
}

/** How many open rows have each kind of question, in one batch or in all open ones; most first. */
export async function selectQuestionCounts(tx: Tx, batchId: BatchId | null): Promise<QuestionCount[]> {
  const { rows } = await tx.client.query<QuestionCount>(
    `SELECT q.code, count(*) AS count
     FROM intake_rows r JOIN intake_batches b ON b.lg_code = r.lg_code AND b.batch_id = r.batch_id
     CROSS JOIN LATERAL unnest(r.question_codes) AS q(code)
     WHERE r.lg_code = $1 AND ($2::bigint IS NULL OR r.batch_id = $2) AND r.answer = 'questioned'
       AND r.decision IS NULL AND b.state IN ('checked', 'reviewed', 'committed')
     GROUP BY q.code ORDER BY count DESC, q.code`,
    [tx.lgCode, batchId],
  );
  return rows;
}

/** How many open rows have exactly the same questions: what can be answered together; most first. */
export async function selectQuestionGroups(
  tx: Tx,
  batchId: BatchId,
): Promise<{ readonly codes: string[]; readonly count: number }[]> {
  const { rows } = await tx.client.query<{ codes: string[]; count: number }>(
    `SELECT question_codes AS codes, count(*) AS count FROM intake_rows
     WHERE lg_code = $1 AND batch_id = $2 AND answer = 'questioned' AND decision IS NULL
     GROUP BY question_codes ORDER BY count DESC, question_codes`,
    [tx.lgCode, batchId],
  );
  return rows;
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

/** A page of batches, newest first, before a batch. */
export async function selectBatches(
  tx: Tx,
  query: { readonly state: BatchState | null; readonly before: BatchId | null; readonly limit: number },
): Promise<BatchSummary[]> {
  const { rows } = await tx.client.query<BatchRecord>(
    `SELECT ${batchColumns} FROM intake_batches
     WHERE lg_code = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR batch_id < $3)
     ORDER BY batch_id DESC LIMIT $4`,
    [tx.lgCode, query.state, query.before, query.limit],
  );
  return rows.map(toBatch);
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
