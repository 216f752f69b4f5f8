import type { LgCode, StaffId } from '#kernel';
import { type Database, withMunicipality } from '#platform/postgres';
import { finishRun, type RunNote, type RunReport, RunStopped, reportRun, startRun } from './runs.ts';

/** The hand of a run inside its work. */
export interface RunHandle {
  readonly runId: number;
  /**
   * Notes progress, written at most twice a second (the latest wins), and throws `RunStopped` when a stop was asked
   * for: to be called only where stopping leaves nothing half done.
   */
  report(report: RunReport): Promise<void>;
}

const writeEveryMs = 500;

/**
 * Long work from beginning to end: the run begins, the work reports, the run ends as done, stopped or failed. A
 * failure is noted with its kind alone and thrown on.
 */
export async function withRun<T>(
  db: Database,
  lgCode: LgCode,
  run: {
    readonly kind: string;
    readonly label: string;
    readonly total?: number | null;
    readonly startedBy?: StaffId | null;
  },
  work: (handle: RunHandle) => Promise<{ readonly value: T; readonly result?: RunNote }>,
): Promise<T> {
  const runId = await withMunicipality(db, lgCode, (tx) => startRun(tx, run));
  const reporter = createReporter(db, lgCode, runId);
  try {
    const { value, result } = await work({ runId, report: (note) => reporter.report(note) });
    await reporter.flush();
    await withMunicipality(db, lgCode, (tx) =>
      finishRun(tx, runId, result === undefined ? { state: 'done' } : { state: 'done', result }),
    );
    return value;
  } catch (error) {
    const state = error instanceof RunStopped ? 'stopped' : 'failed';
    await withMunicipality(db, lgCode, (tx) => finishRun(tx, runId, { state })).catch(() => undefined);
    throw error;
  }
}

/** Writes the reports of a run, at most twice a second. */
export function createReporter(
  db: Database,
  lgCode: LgCode,
  runId: number,
): { report(report: RunReport): Promise<void>; flush(): Promise<void> } {
  let waiting: RunReport = {};
  let writtenAt = Number.NEGATIVE_INFINITY;
  const write = async (): Promise<boolean> => {
    const report = waiting;
    waiting = {};
    writtenAt = performance.now();
    return (await reportRun(db, lgCode, runId, report)).isStopRequested;
  };
  return {
    async report(report) {
      waiting = { ...waiting, ...report };
      if (performance.now() - writtenAt < writeEveryMs) return;
      if (await write()) throw new RunStopped('the run was asked to stop');
    },
    async flush() {
      if (Object.keys(waiting).length > 0) await write();
    },
  };
}
