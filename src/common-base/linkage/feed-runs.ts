import type { ActBy } from '#common-base/audit';
import type { Finding, LgCode } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import type { ImportResult } from './types.ts';

/** What is about to be taken in; a file is known again by kind, layout and digest. */
export interface FeedRunStart {
  /** What the feed brings, e.g. residents, residents-changes, history. */
  readonly kind: string;
  readonly layoutName: string;
  readonly fileName: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
}

/** Either a new run, or the figures of the run that took the same file in before. */
export type BegunFeedRun =
  | { readonly isRepeated: false; readonly runId: number }
  | { readonly isRepeated: true; readonly runId: number; readonly result: ImportResult };

/** One run of an import as the start page and the log of feeds show it. */
export interface FeedRun extends FeedRunStart {
  readonly runId: number;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly staffName: string;
  readonly via: ActBy['via'];
  readonly result: ImportResult | null;
  /** The sentence for staff when the run failed; null otherwise. */
  readonly failure: string | null;
  /** Figures of the parts that stand, of a run by parts; null for one of a single transaction. */
  readonly progress: Readonly<Record<string, number>> | null;
}

/** A row that was refused, questioned or noted; findings only, never what the row says. */
export interface FeedRunRow {
  readonly ordinal: number;
  readonly line: number;
  readonly answer: 'accepted' | 'questioned' | 'refused';
  readonly findings: readonly Finding[];
}

/**
 * Begins a run inside the caller's transaction. The same file of the same kind and layout answers the first run's
 * figures instead; a second import of it at the same time waits for the first. A run that is rolled back leaves
 * nothing, so that its file may come again.
 */
export async function beginFeedRun(tx: Tx, by: ActBy, start: FeedRunStart): Promise<BegunFeedRun> {
  const identity = `${tx.lgCode}/${start.kind}/${start.layoutName}/${start.digest}`;
  await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 20261121))', [identity]);
  const earlier = await tx.client.query<StoredRun>(
    `SELECT ${runColumns} FROM feed_runs
     WHERE lg_code = $1 AND kind = $2 AND layout_name = $3 AND digest = $4 AND state = 'done'`,
    [tx.lgCode, start.kind, start.layoutName, start.digest],
  );
  const done = earlier.rows[0] === undefined ? undefined : feedRunOf(earlier.rows[0]);
  if (done?.result) return { isRepeated: true, runId: done.runId, result: { ...done.result, repeated: true } };
  return { isRepeated: false, runId: await insertRun(tx, by, start, 'running', null) };
}

/** A run that is taken in by parts, as far as its last part that stands. */
export interface OpenFeedRun {
  readonly runId: number;
  /** Figures of the parts that stand, as the import keeps them. */
  readonly progress: Readonly<Record<string, number>>;
}

/** The run by parts that the same file of the same kind and layout left unfinished: it goes on there. */
export async function findOpenFeedRun(tx: Tx, start: FeedRunStart): Promise<OpenFeedRun | undefined> {
  const { rows } = await tx.client.query<{ run_id: number; progress: Record<string, number> }>(
    `SELECT run_id, progress FROM feed_runs
     WHERE lg_code = $1 AND kind = $2 AND layout_name = $3 AND digest = $4 AND state = 'running'
       AND progress IS NOT NULL ORDER BY run_id DESC LIMIT 1 FOR UPDATE`,
    [tx.lgCode, start.kind, start.layoutName, start.digest],
  );
  const row = rows[0];
  return row === undefined ? undefined : { runId: row.run_id, progress: row.progress };
}

/** Notes how far a run by parts is, in the transaction of its part. */
export async function keepFeedRunProgress(
  tx: Tx,
  runId: number,
  progress: Readonly<Record<string, number>>,
): Promise<void> {
  await tx.client.query('UPDATE feed_runs SET progress = $3 WHERE lg_code = $1 AND run_id = $2', [
    tx.lgCode,
    runId,
    JSON.stringify(progress),
  ]);
}

/** Lists rows of a run that were not simply accepted, in any number of calls. */
export async function addFeedRunRows(tx: Tx, runId: number, rows: readonly FeedRunRow[]): Promise<void> {
  if (rows.length === 0) return;
  const listed = rows.map(({ ordinal, line, answer, findings }) => ({ ordinal, line, answer, findings }));
  await tx.client.query(
    `INSERT INTO feed_run_rows (lg_code, run_id, ordinal, line, answer, findings)
     SELECT $1, $2, r.ordinal, r.line, r.answer, r.findings
     FROM jsonb_to_recordset($3::jsonb) AS r(ordinal int, line int, answer text, findings jsonb)`,
    [tx.lgCode, runId, JSON.stringify(listed)],
  );
}

/** Writes the figures of a run that is through; they become visible with the caller's commit. */
export async function finishFeedRun(tx: Tx, runId: number, result: ImportResult): Promise<void> {
  const updated = await tx.client.query(
    `UPDATE feed_runs SET state = 'done', ended_at = clock_timestamp(), row_count = $3, accepted = $4,
       questioned = $5, refused = $6, unmapped_characters = $7, seconds = $8
     WHERE lg_code = $1 AND run_id = $2 AND state = 'running'`,
    [
      tx.lgCode,
      runId,
      result.rows,
      result.accepted,
      result.questioned,
      result.refused,
      result.unmappedCharacters,
      result.seconds,
    ],
  );
  if (updated.rowCount !== 1) throw new Error(`feed run ${runId} is not running`);
}

/** Records, in its own transaction, that a run failed and wrote nothing else: the alarm of the start page. */
export async function failFeedRun(
  db: Database,
  lgCode: LgCode,
  by: ActBy,
  start: FeedRunStart,
  failure: string,
): Promise<number> {
  return withMunicipality(db, lgCode, (tx) => insertRun(tx, by, start, 'failed', failure));
}

/** The runs, newest first; `kind` narrows them. */
export async function listFeedRuns(
  tx: Tx,
  options: { readonly limit: number; readonly kind?: string; readonly before?: number },
): Promise<FeedRun[]> {
  const { rows } = await tx.client.query<StoredRun>(
    `SELECT ${runColumns} FROM feed_runs
     WHERE lg_code = $1 AND ($2::text IS NULL OR kind = $2) AND ($3::bigint IS NULL OR run_id < $3)
     ORDER BY run_id DESC LIMIT $4`,
    [tx.lgCode, options.kind ?? null, options.before ?? null, options.limit],
  );
  return rows.map(feedRunOf);
}

/** One run, or undefined. */
export async function findFeedRun(tx: Tx, runId: number): Promise<FeedRun | undefined> {
  const { rows } = await tx.client.query<StoredRun>(
    `SELECT ${runColumns} FROM feed_runs WHERE lg_code = $1 AND run_id = $2`,
    [tx.lgCode, runId],
  );
  return rows[0] === undefined ? undefined : feedRunOf(rows[0]);
}

/** The listed rows of a run in the order of the file, a page at a time. */
export async function listFeedRunRows(
  tx: Tx,
  runId: number,
  options: { readonly limit: number; readonly after?: number; readonly answer?: FeedRunRow['answer'] },
): Promise<FeedRunRow[]> {
  const { rows } = await tx.client.query<FeedRunRow>(
    `SELECT ordinal, line, answer, findings FROM feed_run_rows
     WHERE lg_code = $1 AND run_id = $2 AND ordinal > $3 AND ($4::text IS NULL OR answer = $4)
     ORDER BY ordinal LIMIT $5`,
    [tx.lgCode, runId, options.after ?? 0, options.answer ?? null, options.limit],
  );
  return rows;
}

interface StoredRun {
  readonly run_id: number;
  readonly kind: string;
  readonly layout_name: string;
  readonly file_name: string;
  readonly digest: string;
  readonly bytes: number;
  readonly state: FeedRun['state'];
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly staff_name: string;
  readonly via: ActBy['via'];
  readonly row_count: number | null;
  readonly accepted: number | null;
  readonly questioned: number | null;
  readonly refused: number | null;
  readonly unmapped_characters: number | null;
  readonly seconds: number | null;
  readonly failure: string | null;
  readonly progress: Readonly<Record<string, number>> | null;
}

const runColumns = `run_id, kind, layout_name, file_name, digest, bytes, state, started_at, ended_at, staff_name, via,
  row_count, accepted, questioned, refused, unmapped_characters, seconds, failure, progress`;

async function insertRun(
  tx: Tx,
  by: ActBy,
  start: FeedRunStart,
  state: FeedRun['state'],
  failure: string | null,
): Promise<number> {
  const { rows } = await tx.client.query<{ run_id: number }>(
    `INSERT INTO feed_runs (lg_code, kind, layout_name, file_name, digest, bytes, state, started_at, ended_at,
       staff_id, staff_name, via, failure)
     VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), CASE WHEN $7 = 'failed' THEN clock_timestamp() END,
       $8, $9, $10, $11) RETURNING run_id`,
    [
      tx.lgCode,
      start.kind,
      start.layoutName,
      start.fileName,
      start.digest,
      start.bytes,
      state,
      by.staffId,
      by.staffName,
      by.via,
      failure,
    ],
  );
  const runId = rows[0]?.run_id;
  if (runId === undefined) throw new Error('the run was not inserted');
  return runId;
}

function feedRunOf(row: StoredRun): FeedRun {
  return {
    runId: row.run_id,
    kind: row.kind,
    layoutName: row.layout_name,
    fileName: row.file_name,
    digest: row.digest,
    bytes: row.bytes,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    staffName: row.staff_name,
    via: row.via,
    failure: row.failure,
    progress: row.progress,
    result:
      row.row_count === null
        ? null
        : {
            rows: row.row_count,
            accepted: row.accepted ?? 0,
            questioned: row.questioned ?? 0,
            refused: row.refused ?? 0,
            unmappedCharacters: row.unmapped_characters ?? 0,
            seconds: row.seconds ?? 0,
          },
  };
}
