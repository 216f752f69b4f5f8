import { type LgCode, NotFound, type StaffId } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';

/**
 * How far a run is; `waiting` is an order that no worker has taken yet, `interrupted` a run whose process has not spoken
 * for two minutes.
 */
export type RunState = 'waiting' | 'running' | 'interrupted' | 'done' | 'failed' | 'stopped';

/** Counts and ids, never personal data. */
export type RunNote = Readonly<Record<string, string | number | boolean | null>>;

/** Long work as the screen of work under way shows it. */
export interface Run {
  readonly runId: number;
  readonly kind: string;
  readonly label: string;
  readonly state: RunState;
  readonly done: number;
  readonly total: number | null;
  readonly message: string;
  /** Where to go on after a stop or a crash, as the work itself noted it. */
  readonly resumeFrom: RunNote | null;
  readonly result: RunNote | null;
  readonly startedBy: StaffId | null;
  readonly startedAt: Date;
  readonly reportedAt: Date;
  readonly stopRequestedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A report of progress; what is left out stays as it was. */
export interface RunReport {
  readonly done?: number;
  readonly total?: number | null;
  readonly message?: string;
  readonly resumeFrom?: RunNote;
}

/** Thrown inside the work when somebody asked it to stop; the run then ends as `stopped`. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
}

const columns = `run_id AS "runId", kind, label,
  CASE WHEN state = 'running' AND EXISTS (SELECT 1 FROM run_orders o
      WHERE o.lg_code = runs.lg_code AND o.run_id = runs.run_id AND o.taken_at IS NULL) THEN 'waiting'
    WHEN state = 'running' AND reported_at < now() - interval '2 minutes' THEN 'interrupted' ELSE state END AS state,
  done, total, message, resume_from AS "resumeFrom", result, started_by AS "startedBy", started_at AS "startedAt",
  reported_at AS "reportedAt", stop_requested_at AS "stopRequestedAt", finished_at AS "finishedAt"`;

/** Begins a run; label and kind hold no personal data. Answers its id. */
export async function startRun(
  tx: Tx,
  run: {
    readonly kind: string;
    readonly label: string;
    readonly total?: number | null;
    readonly startedBy?: StaffId | null;
    readonly resumeFrom?: RunNote;
  },
): Promise<number> {
  const { rows } = await tx.client.query<{ run_id: number }>(
    `INSERT INTO runs (lg_code, kind, label, total, started_by, resume_from) VALUES ($1, $2, $3, $4, $5, $6)
     RETURNING run_id`,
    [
      ...[tx.lgCode, run.kind, run.label, run.total ?? null, run.startedBy ?? null],
      run.resumeFrom === undefined ? null : JSON.stringify(run.resumeFrom),
    ],
  );
  return rows[0]?.run_id ?? 0;
}

/** Notes progress in a transaction of its own, so that others see it, and answers whether a stop was asked for. */
export async function reportRun(
  db: Database,
  lgCode: LgCode,
  runId: number,
  report: RunReport,
): Promise<{ isStopRequested: boolean }> {
  return withMunicipality(db, lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ is_asked: boolean }>(
      `UPDATE runs SET done = coalesce($3, done), total = CASE WHEN $4 THEN $5::bigint ELSE total END,
              message = coalesce($6, message), resume_from = coalesce($7, resume_from), reported_at = clock_timestamp()
        WHERE lg_code = $1 AND run_id = $2 AND state = 'running'
        RETURNING stop_requested_at IS NOT NULL AS is_asked`,
      [
        ...[lgCode, runId, report.done ?? null, report.total !== undefined, report.total ?? null],
        ...[report.message ?? null, report.resumeFrom === undefined ? null : JSON.stringify(report.resumeFrom)],
      ],
    );
    // A run that was ended elsewhere must not go on in the dark.
    return { isStopRequested: rows[0]?.is_asked ?? true };
  });
}

/** Ends a run, once; a later end changes nothing. What is done is done whole, whatever was reported last. */
export async function finishRun(
  tx: Tx,
  runId: number,
  end: { readonly state: 'done' | 'failed' | 'stopped'; readonly message?: string; readonly result?: RunNote },
): Promise<void> {
  await tx.client.query(
    `UPDATE runs SET state = $3, message = coalesce($4, message), result = $5, reported_at = clock_timestamp(),
            finished_at = clock_timestamp(), done = CASE WHEN $3 = 'done' THEN coalesce(total, done) ELSE done END
      WHERE lg_code = $1 AND run_id = $2 AND state = 'running'`,
    [tx.lgCode, runId, end.state, end.message ?? null, end.result === undefined ? null : JSON.stringify(end.result)],
  );
}

/** Asks a run to stop at its next safe point; answers false where it has ended already. */
export async function requestStop(tx: Tx, runId: number): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE runs SET stop_requested_at = coalesce(stop_requested_at, now())
      WHERE lg_code = $1 AND run_id = $2 AND state = 'running'`,
    [tx.lgCode, runId],
  );
  return rowCount === 1;
}

/** Takes up a stopped, failed or interrupted run again; answers where it goes on. */
export async function resumeRun(tx: Tx, runId: number): Promise<RunNote | null> {
  const { rows } = await tx.client.query<{ resume_from: RunNote | null }>(
    `UPDATE runs SET state = 'running', stop_requested_at = NULL, finished_at = NULL, result = NULL,
            reported_at = clock_timestamp()
      WHERE lg_code = $1 AND run_id = $2 AND state <> 'done' RETURNING resume_from`,
    [tx.lgCode, runId],
  );
  const row = rows[0];
  if (row === undefined) throw new NotFound(`再開できる処理 ${runId} がありません。`);
  return row.resume_from;
}

/** The newest runs, running ones first; all, of one kind, or those with the given ids. */
export async function listRuns(
  tx: Tx,
  options: { readonly limit?: number; readonly kind?: string; readonly runIds?: readonly number[] } = {},
): Promise<Run[]> {
  const { rows } = await tx.client.query<Run>(
    `SELECT ${columns} FROM runs
      WHERE lg_code = $1 AND ($2::text IS NULL OR kind = $2) AND ($4::bigint[] IS NULL OR run_id = ANY ($4))
      ORDER BY (state = 'running') DESC, run_id DESC LIMIT $3`,
    [tx.lgCode, options.kind ?? null, options.limit ?? options.runIds?.length ?? 50, options.runIds ?? null],
  );
  return rows;
}

/** Whether a run has not ended: it waits for a worker or is under way. */
export function isUnderWay(run: Pick<Run, 'state'>): boolean {
  return run.state === 'waiting' || run.state === 'running';
}

/** One run; throws where there is none. */
export async function getRun(tx: Tx, runId: number): Promise<Run> {
  const { rows } = await tx.client.query<Run>(`SELECT ${columns} FROM runs WHERE lg_code = $1 AND run_id = $2`, [
    tx.lgCode,
    runId,
  ]);
  const run = rows[0];
  if (run === undefined) throw new NotFound(`処理 ${runId} はありません。`);
  return run;
}
