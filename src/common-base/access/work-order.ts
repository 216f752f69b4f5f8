import { Conflict, NotFound, UnreadableInput } from '#kernel';
import type { Clock } from '#platform/clock';
import { carryOutOrder, type Job, type RunHandle, type RunNote, RunStopped, readOrderedFile } from '#platform/jobs';
import type { Redirect } from './answers.ts';
import { asJob } from './as-operator.ts';
import { NotPermitted, recordRefusal } from './require-permission.ts';
import type { StaffContext } from './staff-route.ts';
import type { ActionContext } from './types.ts';
import { type PermissionWatch, watchPermissions } from './watch-permissions.ts';

/** Long work that a page asks the worker for. */
export interface WorkOrder {
  /** The worker's task, also the kind of the run. */
  readonly task: string;
  /** What the run is called; no personal data. */
  readonly label: string;
  readonly params?: RunNote;
  /** Where the run's page leads back to, whatever comes of it. */
  readonly back: string;
  /** The work is on the form's file. */
  readonly takesFile?: boolean;
}

/**
 * Asks for the work and answers where to go: on, where it was soon done, else to its progress. Undefined where the form
 * brought no file.
 */
export type OrderWork = (context: StaffContext, order: WorkOrder) => Promise<Redirect | undefined>;

/** What a task gets of an order, to be done as the member who asked for it. */
export interface OrderedTask {
  readonly action: ActionContext;
  readonly params: RunNote;
  /** The file that was sent; null where the order has none. */
  readonly source: { readonly name: string; open(): AsyncIterable<Buffer> } | null;
  readonly handle: RunHandle;
  /** First try = 1: a later one looks first at what is done already. */
  readonly attempt: number;
}

/**
 * The worker's task for orders: acts as the member who asked, with the permissions of this moment and under the 処理事由
 * given then; `work` answers the result of the run, with `next` where it leads on. A permission that the work uses and that
 * is taken away meanwhile stops it at its next report: the run has failed with that sentence, the refusal is in the log,
 * and of work that is one transaction nothing is kept.
 */
export function createOrderTask(
  clock: Clock,
  work: (task: OrderedTask) => Promise<RunNote>,
): (job: Job) => Promise<void> {
  return (job) =>
    carryOutOrder(job, {
      explain: sentenceForPeople,
      async work(order, handle) {
        const { db, lgCode, log, signal, attempt } = job;
        const { runId, task, startedBy, reason, askedFrom, params, fileName } = order;
        const asked = { ...(await asJob(db, lgCode, { job: task, startedBy })), reason, from: askedFrom };
        const watch = watchPermissions(db, asked, clock);
        const { actor } = watch;
        const action = { db, actor, clock, log, onProgress: progressInto(handle, () => signal.aborted, watch) };
        const source = fileName === null ? null : { name: fileName, open: () => readOrderedFile(db, lgCode, runId) };
        try {
          return await work({ action, params, source, handle: watchedHandle(handle, watch), attempt });
        } catch (error) {
          if (error instanceof NotPermitted) await recordRefusal(db, actor, error, `${task} ${runId}`);
          throw error;
        }
      },
    });
}

/** The hand of a run that also asks whether its work is still allowed. */
function watchedHandle(handle: RunHandle, watch: PermissionWatch): RunHandle {
  return {
    runId: handle.runId,
    async report(note) {
      await watch.check();
      await handle.report(note);
    },
  };
}

/** What a person can do something about is told; everything else stands in the log alone. */
function sentenceForPeople(error: unknown): string | undefined {
  const isForPeople =
    error instanceof UnreadableInput ||
    error instanceof Conflict ||
    error instanceof NotFound ||
    error instanceof NotPermitted;
  return isForPeople ? error.message : undefined;
}

/**
 * Progress of an action into its run: once a stop was asked for, the process is to end, or the work is allowed no more,
 * the action's next report throws and nothing of it is kept.
 */
export function progressInto(
  handle: RunHandle,
  isEnding: () => boolean,
  watch: Pick<PermissionWatch, 'check'>,
): (done: number, total: number | null) => void {
  let waiting = Promise.resolve();
  let stopped: RunStopped | NotPermitted | undefined;
  return (done, total) => {
    if (isEnding()) throw new RunStopped('the process ends');
    if (stopped !== undefined) throw stopped;
    waiting = waiting
      .then(() => watch.check())
      .then(() => handle.report({ done, total }))
      .catch((error: unknown) => {
        if (error instanceof RunStopped || error instanceof NotPermitted) stopped = error;
      });
  };
}
