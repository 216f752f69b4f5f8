import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JobHelpers, Logger, type ParsedCronItem, parseCronItems, run, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { LgCode } from '#kernel';
import type { Log } from '#platform/log';
import { type Database, DatabaseTrouble } from '#platform/postgres';
import type { JobPayload } from './enqueue.ts';
import { RunStopped } from './runs.ts';
import { announcePresence } from './worker-presence.ts';

/** What a task gets. A task may run again after a crash: it looks first at what is done already. */
export interface Job {
  readonly db: Database;
  readonly lgCode: LgCode;
  readonly payload: JobPayload;
  readonly log: Log;
  /** Fires when the process is asked to end: stop at the next safe point and throw; the job is run again. */
  readonly signal: AbortSignal;
  /** First try = 1. */
  readonly attempt: number;
}

/** The tasks of all rooms by name. */
export type TaskList = Readonly<Record<string, (job: Job) => Promise<void>>>;

/** Work by the calendar, once per municipality: `match` is a crontab pattern in UTC, such as `15 18 * * *`. */
export interface ScheduledTask {
  readonly name: string;
  readonly match: string;
  run(context: Pick<Job, 'db' | 'lgCode' | 'log' | 'signal'>): Promise<void>;
}

/** Work that repeats while a worker lives, for the whole installation, such as sealing the audit every second. */
export interface RepeatedTask {
  readonly name: string;
  readonly everyMs: number;
  run(context: Pick<Job, 'db' | 'log' | 'signal'>): Promise<void>;
}

/** What a worker does beside waiting for jobs. */
export interface WorkerOptions {
  readonly scheduled?: readonly ScheduledTask[];
  readonly repeated?: readonly RepeatedTask[];
  /** Jobs at the same time, default 2. */
  readonly concurrency?: number;
}

/** A working worker; `stop` waits for the jobs under way, which are told to stop after five seconds. */
export interface RunningWorker {
  stop(): Promise<void>;
}

const scheduledPrefix = 'scheduled.';

/** Starts to work on the queue. Jobs that a killed worker held are given back to the queue at once. */
export async function runWorker(
  db: Database,
  tasks: TaskList,
  log: Log,
  options: WorkerOptions = {},
): Promise<RunningWorker> {
  if (db.jobsUrl === '') throw new DatabaseTrouble('環境変数 SESSHU_JOBS_URL を指定してください。');
  const ending = new AbortController();
  const pool = new pg.Pool({ connectionString: db.jobsUrl, application_name: 'sesshu jobs', max: 6 });
  const noteLoss = (error: Error): void => {
    // While we end, the server may be the first to hang up.
    if (!ending.signal.aborted) log.warn({ err: error }, 'a connection of the job queue was lost');
  };
  pool.on('error', noteLoss);
  pool.on('connect', (client) => client.on('error', noteLoss));
  const events: WorkerEvents = new EventEmitter();
  const presence = announcePresence(db.jobsUrl, events, log);
  const runner = await run({
    pgPool: pool,
    taskList: Object.fromEntries(listHandlers(db, tasks, options.scheduled ?? [], log, ending.signal)),
    parsedCronItems: listCronItems(options.scheduled ?? []),
    concurrency: options.concurrency ?? 2,
    pollInterval: 2000,
    noHandleSignals: true,
    logger: createQueueLogger(log, ending.signal),
    events,
  }).catch(async (error: unknown) => {
    // What was begun would go on trying for ever, and keep a process alive that serves nobody.
    ending.abort();
    await presence.end();
    await pool.end();
    throw error;
  });
  const loops = (options.repeated ?? []).map((task) => repeat(task, db, log, ending.signal));
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    ending.abort();
    await Promise.all(loops);
    await runner.stop();
    await presence.end();
    await pool.end();
  };
  return {
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

type Handler = (payload: unknown, helpers: JobHelpers) => Promise<void>;

function* listHandlers(
  db: Database,
  tasks: TaskList,
  scheduled: readonly ScheduledTask[],
  log: Log,
  signal: AbortSignal,
): Generator<[string, Handler]> {
  for (const [name, task] of Object.entries(tasks)) {
    yield [
      name,
      (payload, helpers) => {
        const given = payload as JobPayload;
        const jobLog = log.child({ task: name, jobId: helpers.job.id });
        const job: Job = {
          db,
          lgCode: given.lgCode,
          payload: given,
          log: jobLog,
          signal,
          attempt: helpers.job.attempts,
        };
        return runGuarded(jobLog, signal, () => task(job));
      },
    ];
  }
  for (const task of scheduled) {
    yield [scheduledPrefix + task.name, () => runForAll(task, db, log.child({ task: task.name }), signal)];
  }
}

/** Runs a scheduled task for each municipality; one that fails does not keep the others waiting. */
async function runForAll(task: ScheduledTask, db: Database, log: Log, signal: AbortSignal): Promise<void> {
  const { rows } = await db.app.query<{ lg_code: LgCode }>('SELECT lg_code FROM list_municipalities()');
  let failures = 0;
  for (const { lg_code: lgCode } of rows) {
    if (signal.aborted) return;
    await task.run({ db, lgCode, log, signal }).catch((error: unknown) => {
      failures += 1;
      log.error({ err: error, lgCode }, 'a scheduled task failed');
    });
  }
  if (failures > 0) throw new Error(`${failures} of ${rows.length} municipalities failed`);
}

/**
 * What the queue keeps of a failure is its kind alone: a database's message may quote somebody's data. A job that gives
 * itself back because the worker ends has not failed.
 */
async function runGuarded(log: Log, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal.aborted && error instanceof RunStopped) log.info('a job goes back to the queue: the worker ends');
    else log.error({ err: error }, 'a job failed');
    const { name, code } = error as Error & { code?: string };
    throw new Error(`${name} ${code ?? ''}`.trim(), { cause: error });
  }
}

async function repeat(task: RepeatedTask, db: Database, log: Log, signal: AbortSignal): Promise<void> {
  const taskLog = log.child({ task: task.name });
  let failures = 0;
  while (!signal.aborted) {
    try {
      await task.run({ db, log: taskLog, signal });
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!signal.aborted) taskLog.error({ err: error, failures }, 'a repeated task failed');
    }
    const waitMs = Math.min(task.everyMs * 2 ** Math.min(failures, 5), 30_000);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

function listCronItems(scheduled: readonly ScheduledTask[]): ParsedCronItem[] {
  return parseCronItems(
    scheduled.map((task) => ({
      task: scheduledPrefix + task.name,
      match: task.match,
      identifier: task.name,
      options: { jobKey: scheduledPrefix + task.name, maxAttempts: 3, backfillPeriod: 24 * 60 * 60 * 1000 },
    })),
  );
}

/** The library's own lines, without its scope objects, which hold payloads. While the worker ends, jobs are given back. */
function createQueueLogger(log: Log, signal: AbortSignal): Logger {
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;
  return new Logger(() => (level, message) => {
    const ours = levels[level as keyof typeof levels];
    log[ours === 'error' && signal.aborted ? 'debug' : ours]({ from: 'queue' }, message);
  });
}
