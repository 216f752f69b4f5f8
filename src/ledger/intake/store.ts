import type { LinkedRecord } from '#addressees/persons';
import type { ImportResult } from '#common-base/linkage';
import { type BatchId, type Day, formatIsoDay, type PersonId } from '#kernel';
import { entryOfRowSql } from '#ledger/vaccinations';
import { columnParameter, type Tx } from '#platform/postgres';
import type { ArrivedRow, BatchState, LayoutOfBatch } from './types.ts';

/** What a new batch is made of. */
export interface NewBatch {
  readonly fileId: number;
  readonly digest: string;
  readonly fileName: string;
  readonly layoutName: string;
  readonly layoutDigest: string;
  readonly sender: string | null;
  readonly asOf: Day;
  readonly rulesVersion: string;
  readonly staffId: number | null;
  readonly staffName: string;
}

/** The figures of the first check, answered again when the same file comes again. */
export type Receipt = Omit<ImportResult, 'repeated'>;

/** Makes everybody who takes in the same file wait for each other, until the transaction ends. */
export async function lockFile(tx: Tx, digest: string): Promise<void> {
  await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`intake ${tx.lgCode} ${digest}`]);
}

/** The batch that holds a file already, with the figures of its first check, unless it was undone or sent back. */
export async function findBatchOfFile(
  tx: Tx,
  digest: string,
): Promise<{ batchId: BatchId; receipt: Receipt; committed: number } | undefined> {
  const { rows } = await tx.client.query<{ batch_id: BatchId; receipt: Receipt; committed: number }>(
    `SELECT batch_id, committed, receipt FROM intake_batches
     WHERE lg_code = $1 AND file_digest = $2 AND state NOT IN ('undone', 'sentBack')`,
    [tx.lgCode, digest],
  );
  const row = rows[0];
  return row === undefined ? undefined : { batchId: row.batch_id, receipt: row.receipt, committed: row.committed };
}

/** Opens a batch. */
export async function insertBatch(tx: Tx, batch: NewBatch): Promise<BatchId> {
  const { rows } = await tx.client.query<{ batch_id: BatchId }>(
    `INSERT INTO intake_batches (lg_code, file_id, file_digest, file_name, layout_name, sender, as_of, state,
       received_by, received_by_name, rules_version, layout_digest)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'received', $8, $9, $10, $11) RETURNING batch_id`,
    [
      tx.lgCode,
      batch.fileId,
      batch.digest,
      batch.fileName,
      batch.layoutName,
      batch.sender,
      formatIsoDay(batch.asOf),
      batch.staffId,
      batch.staffName,
      batch.rulesVersion,
      batch.layoutDigest,
    ],
  );
  const batchId = rows[0]?.batch_id;
  if (batchId === undefined) throw new Error('the batch was not inserted');
  return batchId;
}

/** What of a batch its actions work with. */
export interface BatchHead extends LayoutOfBatch {
  readonly batchId: BatchId;
  readonly state: BatchState;
  readonly asOf: string;
  /** By which rules its rows were last checked as a whole; null for a batch of before that was noted. */
  readonly rulesVersion: string | null;
  readonly openQuestions: number;
  readonly rows: number;
  readonly committed: number;
}

/** Reads a batch for change: everybody else who would change it waits. */
export async function lockBatch(tx: Tx, batchId: BatchId): Promise<BatchHead | undefined> {
  const { rows } = await tx.client.query<{
    state: BatchState;
    layout_name: string;
    layout_digest: string | null;
    as_of: string;
    rules_version: string | null;
    open_questions: number;
    row_count: number;
    committed: number;
  }>(
    `SELECT state, layout_name, layout_digest, as_of, rules_version, open_questions, row_count, committed FROM intake_batches
     WHERE lg_code = $1 AND batch_id = $2 FOR UPDATE`,
    [tx.lgCode, batchId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    batchId,
    state: row.state,
    layoutName: row.layout_name,
    layoutDigest: row.layout_digest,
    asOf: row.as_of,
    rulesVersion: row.rules_version,
    openQuestions: row.open_questions,
    rows: row.row_count,
    committed: row.committed,
  };
}

interface ArrivalRow {
  readonly ordinal: number;
  readonly fields: Record<string, string>;
  readonly read_findings: ArrivedRow['readFindings'] | null;
  readonly row_key: string;
  readonly chosen_person_id: PersonId | null;
  readonly group_key: string | null;
}

/** A row with what holds the rows of one person together. */
export interface GroupedRow {
  readonly row: ArrivedRow;
  readonly groupKey: string | null;
}

/** Rows of a batch that are not in the ledger and not refused by a person, as they would be checked again. */
const openRowsCursor = `
  SELECT r.ordinal, r.fields, r.read_findings, r.row_key::text AS row_key,
    CASE WHEN r.is_person_chosen THEN r.person_id END AS chosen_person_id,
    coalesce('person ' || coalesce(l.principal_id, r.person_id), r.addressee_number) AS group_key
  FROM intake_rows r
  LEFT JOIN unnest($5::bigint[], $6::bigint[]) AS l (person_id, principal_id) ON l.person_id = r.person_id
  WHERE r.lg_code = $1 AND r.batch_id = $2 AND (r.decision IS NULL OR r.decision = 'accept')
    AND ($3::bigint[] IS NULL OR r.person_id = ANY($3) OR r.ordinal = ANY($4::integer[]))
    AND ${entryOfRowSql('$1', '$2', 'r.ordinal')} IS NULL
  ORDER BY coalesce('person ' || coalesce(l.principal_id, r.person_id), r.addressee_number) COLLATE "C", r.ordinal`;

/** Reads the rows that can still change: of the whole batch, or of some people and rows. */
export function openRows(
  tx: Tx,
  batchId: BatchId,
  only: { readonly personIds: readonly PersonId[]; readonly ordinals: readonly number[] } | null,
  linked: readonly LinkedRecord[],
): AsyncGenerator<GroupedRow[]> {
  const narrowing = only === null ? [null, null] : [only.personIds, only.ordinals];
  const links = [linked.map((record) => record.personId), linked.map((record) => record.principalId)];
  return readCursor(tx, openRowsCursor, [tx.lgCode, batchId, ...narrowing, ...links]);
}

const rowsPerFetch = 1000;

/** While one page is worked on the database already fetches the next. */
async function* readCursor(tx: Tx, sql: string, params: readonly unknown[]): AsyncGenerator<GroupedRow[]> {
  await tx.client.query(`DECLARE rows_to_check NO SCROLL CURSOR FOR ${sql}`, [...params]);
  for (;;) {
    const { rows } = await tx.client.query<ArrivalRow>(`FETCH ${rowsPerFetch} FROM rows_to_check`);
    if (rows.length === 0) break;
    yield rows.map((row) => ({
      groupKey: row.group_key,
      row: {
        ordinal: row.ordinal,
        rowKey: row.row_key,
        fields: row.fields,
        readFindings: row.read_findings ?? [],
        chosenPersonId: row.chosen_person_id,
        feed: null,
      },
    }));
  }
  await tx.client.query('CLOSE rows_to_check');
}

/** Notes by which rules the rows of a batch were checked as a whole. */
export async function noteRulesOfCheck(tx: Tx, batchId: BatchId, rulesVersion: string): Promise<void> {
  await tx.client.query('UPDATE intake_batches SET rules_version = $3 WHERE lg_code = $1 AND batch_id = $2', [
    tx.lgCode,
    batchId,
    rulesVersion,
  ]);
}

/** Keeps the figures of the first check. */
export async function keepReceipt(tx: Tx, batchId: BatchId, receipt: Receipt): Promise<void> {
  await tx.client.query('UPDATE intake_batches SET receipt = $3 WHERE lg_code = $1 AND batch_id = $2', [
    tx.lgCode,
    batchId,
    JSON.stringify(receipt),
  ]);
}

/** The earliest open batch that already holds the same form, by row key; a row that is refused holds nothing. */
export async function loadOpenElsewhere(
  tx: Tx,
  batchId: BatchId,
  rowKeys: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await tx.client.query<{ row_key: string; batch_id: number }>(
    `SELECT r.row_key::text AS row_key, min(r.batch_id) AS batch_id
     FROM intake_rows r JOIN intake_batches b ON b.lg_code = r.lg_code AND b.batch_id = r.batch_id
     WHERE r.lg_code = $1 AND r.row_key = ANY($2::bigint[]) AND r.batch_id < $3
       AND b.state NOT IN ('undone', 'sentBack') AND r.answer <> 'refused'
       AND (r.decision IS NULL OR r.decision = 'accept')
       AND ${entryOfRowSql('$1', 'r.batch_id', 'r.ordinal')} IS NULL
     GROUP BY r.row_key`,
    [tx.lgCode, columnParameter('bigint', rowKeys), batchId],
  );
  return new Map(rows.map((row) => [row.row_key, row.batch_id]));
}
