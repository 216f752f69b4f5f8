import { setImmediate as turn } from 'node:timers/promises';
import type { ActBy } from '#common-base/audit';
import type { BatchId } from '#kernel';
import { type ColumnType, columnParameter, type Tx } from '#platform/postgres';
import type { CheckedRow } from './types.ts';

/** A column that a check writes: its type, and what it takes from a checked row. */
interface CheckedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly valueOf: (checked: CheckedRow) => string | number | null;
  /** How the column is made of what is sent, where it is not sent as it stands. */
  readonly sql?: string;
}

const ordinalColumn: CheckedColumn = { name: 'ordinal', type: 'integer', valueOf: ({ row }) => row.ordinal };

/** What the sender wrote: never changed. */
const arrivedColumns: readonly CheckedColumn[] = [
  { name: 'line', type: 'integer', valueOf: ({ row }) => row.feed?.line ?? null },
  { name: 'raw', type: 'text', valueOf: ({ row }) => JSON.stringify(row.feed?.raw ?? []) },
  { name: 'fields', type: 'json', valueOf: (checked) => knownFields(checked) ?? JSON.stringify(checked.row.fields) },
  { name: 'read_findings', type: 'jsonb', valueOf: ({ row }) => jsonOrNull(row.feed?.findings ?? []) },
  { name: 'addressee_number', type: 'text', valueOf: ({ row }) => row.fields['addresseeNumber'] ?? null },
  { name: 'row_key', type: 'bigint', valueOf: ({ row }) => row.rowKey },
];

/** What the check says. */
const judgedColumns: readonly CheckedColumn[] = [
  { name: 'person_id', type: 'bigint', valueOf: ({ personId }) => personId },
  { name: 'programme', type: 'text', valueOf: ({ fact }) => fact?.vaccine.programme ?? null },
  { name: 'stage', type: 'text', valueOf: ({ fact }) => fact?.vaccine.stage ?? null },
  { name: 'product', type: 'text', valueOf: ({ fact }) => fact?.vaccine.product ?? null },
  { name: 'vaccinated_on', type: 'date', valueOf: ({ fact }) => fact?.vaccinatedOn ?? null },
  { name: 'outcome', type: 'text', valueOf: ({ fact }) => fact?.outcome ?? null },
  { name: 'answer', type: 'text', valueOf: ({ answer }) => answer },
  {
    name: 'findings',
    type: 'jsonb',
    valueOf: ({ findings }) => jsonOrNull(findings),
    sql: "coalesce(u.findings, '[]'::jsonb)",
  },
  {
    name: 'question_codes',
    type: 'text',
    valueOf: ({ questionCodes }) => questionCodes.join(' '),
    sql: "string_to_array(u.question_codes, ' ')",
  },
  { name: 'person_version', type: 'integer', valueOf: ({ personVersion }) => personVersion },
  { name: 'ledger_version', type: 'integer', valueOf: ({ ledgerVersion }) => ledgerVersion },
];

/** What the masters know beside what the sender wrote; a recheck writes it only where they know something. */
const knownColumn: CheckedColumn = { name: 'fields', type: 'json', valueOf: knownFields };

const newColumns = [ordinalColumn, ...arrivedColumns, ...judgedColumns];
const recheckedColumns = [ordinalColumn, knownColumn, ...judgedColumns];

/** The columns of some checked rows as parameters of a statement, made before the database is asked. */
export type RowParameters = readonly Buffer[];

/** What `insertRows` takes of the rows of a new batch. */
export function newRowParameters(rows: readonly CheckedRow[]): Promise<RowParameters> {
  return parametersOf(newColumns, rows);
}

/** What `updateRows` takes of rows that were checked again. */
export function recheckedRowParameters(rows: readonly CheckedRow[]): Promise<RowParameters> {
  return parametersOf(recheckedColumns, rows);
}

/** Writes checked rows into a new batch. */
export async function insertRows(tx: Tx, batchId: BatchId, parameters: RowParameters): Promise<void> {
  await tx.client.query({ name: 'insert-intake-rows', text: insertSql, values: [tx.lgCode, batchId, ...parameters] });
}

/**
 * Writes what a new check says over what the rows said. Where the answer or its reasons changed, an answer given
 * before is gone, since nobody approved what is there now; it stays in the row's events. Answers how many rows changed so.
 */
export async function updateRows(tx: Tx, batchId: BatchId, parameters: RowParameters, by: ActBy): Promise<number> {
  const values = [tx.lgCode, batchId, ...parameters, by.staffId, by.staffName];
  const { rows } = await tx.client.query<{ changed: number }>(updateSql, values);
  return rows[0]?.changed ?? 0;
}

/** Between two columns the event loop turns, so that the database gets its next question. */
async function parametersOf(columns: readonly CheckedColumn[], rows: readonly CheckedRow[]): Promise<RowParameters> {
  const parameters: Buffer[] = [];
  for (const { type, valueOf } of columns) {
    parameters.push(columnParameter(type, rows.map(valueOf)));
    await turn();
  }
  return parameters;
}

function knownFields({ row, fact }: CheckedRow): string | null {
  const filled = fact?.filled ?? {};
  return Object.keys(filled).length === 0 ? null : JSON.stringify({ ...row.fields, ...filled });
}

function jsonOrNull(values: readonly unknown[]): string | null {
  return values.length === 0 ? null : JSON.stringify(values);
}

/** The rows of the parameters from $3 on, one parameter for each column. */
function sentRows(columns: readonly CheckedColumn[]): string {
  const arrays = columns.map(({ type }, i) => `$${i + 3}::${type}[]`);
  return `unnest(${arrays.join(', ')}) AS u (${columns.map(({ name }) => name).join(', ')})`;
}

function expressions(columns: readonly CheckedColumn[]): string {
  return columns.map(({ name, sql }) => (sql === undefined ? `u.${name}` : `${sql} AS ${name}`)).join(', ');
}

const insertSql = `
  INSERT INTO intake_rows (lg_code, batch_id, ${newColumns.map(({ name }) => name).join(', ')})
  SELECT $1::text, $2::bigint, ${expressions(newColumns)} FROM ${sentRows(newColumns)}`;

/** The findings that a person has to weigh; notes come and go without anybody's approval. */
const weighty = (alias: string): string => `jsonb_path_query_array(${alias}.findings, '$[*] ? (@.severity != "note")')`;

const updateSql = `
  WITH sent AS (
    SELECT ${expressions(recheckedColumns)} FROM ${sentRows(recheckedColumns)}
  ), judged AS (
    SELECT j.*, (r.person_id, r.answer, ${weighty('r')}, r.programme, r.stage, r.product)
        IS DISTINCT FROM (j.person_id, j.answer, ${weighty('j')}, j.programme, j.stage, j.product) AS is_changed
    FROM sent j JOIN intake_rows r ON r.lg_code = $1 AND r.batch_id = $2 AND r.ordinal = j.ordinal
  ), written AS (
    UPDATE intake_rows r SET ${judgedColumns.map(({ name }) => `${name} = j.${name}`).join(', ')},
      fields = coalesce(j.fields, r.fields),
      version = r.version + j.is_changed::integer,
      decision = CASE WHEN j.is_changed THEN NULL ELSE r.decision END,
      decision_reason = CASE WHEN j.is_changed THEN NULL ELSE r.decision_reason END,
      decided_by = CASE WHEN j.is_changed THEN NULL ELSE r.decided_by END,
      decided_by_name = CASE WHEN j.is_changed THEN NULL ELSE r.decided_by_name END,
      decided_at = CASE WHEN j.is_changed THEN NULL ELSE r.decided_at END,
      changed_at = CASE WHEN j.is_changed THEN now() ELSE r.changed_at END
    FROM judged j WHERE r.lg_code = $1 AND r.batch_id = $2 AND r.ordinal = j.ordinal
    RETURNING j.is_changed
  ), noted AS (
    INSERT INTO intake_row_events (lg_code, batch_id, ordinal, kind, answer, question_codes, staff_id, staff_name)
    SELECT $1, $2, ordinal, 'rechecked', answer, question_codes, $${recheckedColumns.length + 3}::bigint,
      $${recheckedColumns.length + 4}::text
    FROM judged WHERE is_changed
  )
  SELECT count(*) FILTER (WHERE is_changed) AS changed FROM written`;
