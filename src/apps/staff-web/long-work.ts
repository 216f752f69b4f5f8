import { setTimeout } from 'node:timers/promises';
import {
  type ActionContext,
  NotPermitted,
  progressInto,
  type Redirect,
  recordRefusal,
  redirectTo,
  type StaffContext,
  watchPermissions,
} from '#common-base/access';
import type { FeedSource } from '#common-base/linkage';
import { Conflict, UnreadableInput } from '#kernel';
import { describeError } from '#platform/http';
import { type RunHandle, type RunNote, RunStopped, reportRun, withRun } from '#platform/jobs';
import type { Log } from '#platform/log';
import { type KeptFile, keepFirstFile } from './keep-upload.ts';
import { runPath } from './pages/paths.ts';

/**
 * Work on a file that may lie nowhere but in this process's memory (individual numbers), so that no worker can do it; it
 * goes on after the answer, and its state stands in the runs.
 */
export interface LongWork {
  /** Takes the form's file and works on it in a run of its own; undefined when the form brought no file. */
  readonly takeFile: (
    context: StaffContext,
    run: { readonly kind: string; readonly label: string },
    work: (action: ActionContext, source: FeedSource, handle: RunHandle) => Promise<RunNote>,
  ) => Promise<Redirect | undefined>;
  /**
   * Ends with the server: waits so long for the work under way, then asks it to stop at its next report. Stopped work
   * has written nothing and can be sent again.
   */
  finish(graceMs: number): Promise<void>;
}

/**
 * Begins such work. It is one transaction: if the process dies, nothing of it is written, the run shows as interrupted,
 * and the file can be sent again.
 */
export function createLongWork(log: Log): LongWork {
  const running = new Set<Promise<void>>();
  const end = { isAsked: false };
  return {
    async takeFile(context, run, work) {
      const kept = await keepFirstFile(context, true);
      if (kept === undefined) return undefined;
      // Runs are read by many: the name of a file that must leave no trace is left out.
      const { runId, ended } = await begin(context, end, run, (action, handle) => work(action, kept.source, handle));
      const whole = awaitEnd(ended, kept, (error) =>
        log.warn({ failure: describeError(error), kind: run.kind }, 'a run ended early'),
      );
      running.add(whole);
      void whole.then(() => running.delete(whole));
      return redirectTo(runPath(runId));
    },
    async finish(graceMs) {
      const all = Promise.allSettled(running);
      await Promise.race([all, setTimeout(graceMs, undefined, { ref: false })]);
      end.isAsked = true;
      await all;
    },
  };
}

/** Waits for the end of a run, whatever it is, and then lets go of the file. */
async function awaitEnd(ended: Promise<void>, kept: KeptFile, onError: (error: unknown) => void): Promise<void> {
  try {
    await ended;
  } catch (error) {
    onError(error);
  } finally {
    await kept.discard();
  }
}

function begin(
  context: StaffContext,
  end: { readonly isAsked: boolean },
  run: { readonly kind: string; readonly label: string },
  work: (action: ActionContext, handle: RunHandle) => Promise<RunNote>,
): Promise<{ readonly runId: number; readonly ended: Promise<void> }> {
  const { db, clock, log } = context;
  const watch = watchPermissions(db, context.actor, clock);
  const { actor } = watch;
  return new Promise((resolve, reject) => {
    const ended = withRun(db, actor.lgCode, { ...run, startedBy: actor.staffId }, async (handle) => {
      resolve({ runId: handle.runId, ended });
      return {
        value: undefined,
        result: await tellFailure(context, handle, () =>
          work({ db, actor, clock, log, onProgress: progressInto(handle, () => end.isAsked, watch) }, handle),
        ),
      };
    });
    ended.catch(reject);
  });
}

/** What a person can do something about stands in the run; everything else stands in the log alone. */
async function tellFailure<T>(context: StaffContext, handle: RunHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RunStopped) throw error;
    if (error instanceof NotPermitted) await recordRefusal(context.db, context.actor, error, `run ${handle.runId}`);
    const isForPeople = error instanceof UnreadableInput || error instanceof Conflict || error instanceof NotPermitted;
    const message = isForPeople
      ? error.message
      : '思いがけない誤りで止まりました。もう一度試し、続くときは運用の担当に知らせてください。';
    await reportRun(context.db, context.lgCode, handle.runId, { message });
    throw error;
  }
}
