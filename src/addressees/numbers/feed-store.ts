import type { Finding, PersonId } from '#kernel';
import { copyLine, copyRows, type Tx } from '#platform/postgres';

/** A new or changed number on its way, encrypted. */
export interface StagedNumber {
  readonly ordinal: number;
  readonly line: number;
  readonly personId: PersonId;
  readonly version: number;
  readonly branchNumber: string | null;
  readonly sealed: Buffer;
  readonly keyVersion: number;
  readonly numberIndex: Buffer;
  readonly indexKeyVersion: number;
  /** The hash by the index key that is being exchanged, to be compared with rows that still have it; else null. */
  readonly otherIndex: Buffer | null;
  readonly findings: readonly Finding[];
}

/** A staged row that has something to say. */
export interface NotedNumber {
  readonly ordinal: number;
  readonly line: number;
  readonly findings: readonly Finding[];
  readonly isWaiting: boolean;
  /** Ordinals of the file's other rows with the same number, a few of them. */
  readonly others: readonly number[];
  readonly wasAnothers: boolean;
}

/** Stages encrypted numbers for `writeNumbers`. */
export async function stageNumbers(tx: Tx, feedRunId: number, numbers: readonly StagedNumber[]): Promise<void> {
  if (numbers.length === 0) return;
  const lines = numbers.map((number) =>
    copyLine([
      tx.lgCode,
      feedRunId,
      number.ordinal,
      number.line,
      number.personId,
      number.version,
      number.branchNumber,
      `\\x${number.sealed.toString('hex')}`,
      number.keyVersion,
      `\\x${number.numberIndex.toString('hex')}`,
      number.indexKeyVersion,
      number.otherIndex === null ? null : `\\x${number.otherIndex.toString('hex')}`,
      JSON.stringify(number.findings),
    ]),
  );
  await copyRows(
    tx,
    `COPY number_vault.number_feed_rows (lg_code, feed_run_id, ordinal, line, person_id, version, branch_number,
       sealed_number, key_version, number_index, index_key_version, other_index, findings) FROM STDIN`,
    lines,
  );
}

/**
 * Marks the rows that cannot be taken because after the file two people would have one number, and answers how many.
 * The state after the file counts, not the order of its rows: two people may exchange their numbers in one file.
 */
export async function markConflicts(tx: Tx, feedRunId: number, indexing: Indexing): Promise<number> {
  // Without it the planner would compare every staged row with every other.
  await tx.client.query('SELECT number_vault.count_feed_rows()');
  const doubled = await tx.client.query(waitSql(doubledSql), [tx.lgCode, feedRunId]);
  const blocked = await tx.client.query(waitSql(blockedSql(sameNumber[indexing])), [tx.lgCode, feedRunId]);
  return (doubled.rowCount ?? 0) + (blocked.rowCount ?? 0);
}

function waitSql(selectOrdinals: string): string {
  return `UPDATE number_vault.number_feed_rows r SET is_waiting = true
    WHERE r.lg_code = $1 AND r.feed_run_id = $2 AND r.ordinal = ANY (array(${selectOrdinals}))`;
}

/** Whether every row of the vault has its hash by one key, or the index key is being exchanged and rows have either. */
export type Indexing = 'byOneKey' | 'byEither';

/** SQL: whether a row of the vault has the number of a staged row. */
const sameNumber: Readonly<Record<Indexing, SameNumber>> = {
  byOneKey: (held, staged) => `${held}.number_index = ${staged}.number_index`,
  byEither: (held, staged) => `${held}.number_index IN (${staged}.number_index, ${staged}.other_index)`,
};
type SameNumber = (held: string, staged: string) => string;

/** Rows whose number another row of the file has as well. */
const doubledSql = `SELECT ordinal FROM (SELECT ordinal, count(*) OVER (PARTITION BY number_index) AS rows_of
  FROM number_vault.number_feed_rows WHERE lg_code = $1 AND feed_run_id = $2) counted WHERE rows_of > 1`;

/**
 * Rows whose number is in force for somebody who keeps it: who is not in the file, or whose own row waits. A row that
 * waits leaves its person with the old number, which may be in the way of the next: a shifted file is one long chain.
 */
const blockedSql = (same: SameNumber): string => `WITH RECURSIVE blocked AS (
    SELECT r.ordinal, r.person_id FROM number_vault.number_feed_rows r
    JOIN number_vault.numbers_in_force f
      ON f.lg_code = $1 AND ${same('f', 'r')} AND f.person_id <> r.person_id
    LEFT JOIN number_vault.number_feed_rows o
      ON o.lg_code = $1 AND o.feed_run_id = $2 AND o.person_id = f.person_id
    WHERE r.lg_code = $1 AND r.feed_run_id = $2 AND NOT r.is_waiting
      AND (o.person_id IS NULL OR o.is_waiting OR ${same('f', 'o')})
    UNION
    SELECT r.ordinal, r.person_id FROM blocked b
    JOIN number_vault.numbers_in_force f ON f.lg_code = $1 AND f.person_id = b.person_id
    JOIN number_vault.number_feed_rows r
      ON r.lg_code = $1 AND r.feed_run_id = $2 AND ${same('f', 'r')} AND NOT r.is_waiting
    WHERE r.person_id <> b.person_id)
  SELECT ordinal FROM blocked`;

/** The staged rows with findings, in the order of the file, a page at a time. */
export async function listNotedNumbers(
  tx: Tx,
  feedRunId: number,
  options: { readonly after: number; readonly limit: number; readonly indexing: Indexing },
): Promise<NotedNumber[]> {
  const { rows } = await tx.client.query<NotedNumber>(
    `SELECT r.ordinal, r.line, r.findings, r.is_waiting AS "isWaiting",
       CASE WHEN r.is_waiting THEN array(SELECT o.ordinal FROM number_vault.number_feed_rows o
         WHERE o.lg_code = $1 AND o.feed_run_id = $2 AND o.number_index = r.number_index AND o.ordinal <> r.ordinal
         LIMIT 5) ELSE '{}' END AS others,
       a.was AS "wasAnothers"
     FROM number_vault.number_feed_rows r CROSS JOIN LATERAL (
       SELECT EXISTS (SELECT 1 FROM number_vault.individual_numbers n
         WHERE n.lg_code = $1 AND ${sameNumber[options.indexing]('n', 'r')} AND n.person_id <> r.person_id) AS was) a
     WHERE r.lg_code = $1 AND r.feed_run_id = $2 AND r.ordinal > $3
       AND (r.is_waiting OR r.findings <> '[]'::jsonb OR a.was)
     ORDER BY r.ordinal LIMIT $4`,
    [tx.lgCode, feedRunId, options.after, options.limit],
  );
  return rows;
}

/** Appends the staged numbers that do not wait, and brings what is in force forward; answers how many. */
export async function writeNumbers(tx: Tx, feedRunId: number, recordedAt: Date): Promise<number> {
  const inserted = await tx.client.query(
    `INSERT INTO number_vault.individual_numbers (lg_code, person_id, version, branch_number, sealed_number, key_version,
       number_index, index_key_version, recorded_at, feed_run_id)
     SELECT lg_code, person_id, version, branch_number, sealed_number, key_version, number_index, index_key_version, $3, $2
     FROM number_vault.number_feed_rows WHERE lg_code = $1 AND feed_run_id = $2 AND NOT is_waiting ORDER BY person_id`,
    [tx.lgCode, feedRunId, recordedAt],
  );
  // One statement for all: the constraint that a number has one person is judged when it ends.
  await tx.client.query(
    `INSERT INTO number_vault.numbers_in_force (lg_code, person_id, version, branch_number, number_index, index_key_version)
     SELECT lg_code, person_id, version, branch_number, number_index, index_key_version
     FROM number_vault.number_feed_rows WHERE lg_code = $1 AND feed_run_id = $2 AND NOT is_waiting ORDER BY person_id
     ON CONFLICT (lg_code, person_id) DO UPDATE SET version = excluded.version, branch_number = excluded.branch_number,
       number_index = excluded.number_index, index_key_version = excluded.index_key_version`,
    [tx.lgCode, feedRunId],
  );
  return inserted.rowCount ?? 0;
}

/** SQL of the people whose numbers an import changed, while its rows are still staged. */
export const changedPersonsSql =
  'SELECT person_id FROM number_vault.number_feed_rows WHERE lg_code = $1 AND feed_run_id = $2 AND NOT is_waiting';

/** Empties the staging of an import. */
export async function clearStagedNumbers(tx: Tx, feedRunId: number): Promise<void> {
  const values = [tx.lgCode, feedRunId];
  await tx.client.query('DELETE FROM number_vault.number_feed_rows WHERE lg_code = $1 AND feed_run_id = $2', values);
}
