import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ActionContext, type Redirect, redirectTo, type StaffContext } from '#common-base/access';
import { bytesSource, type FeedSource } from '#common-base/linkage';
import { Conflict, UnreadableInput } from '#kernel';
import { describeError } from '#platform/http';
import { type RunHandle, type RunNote, RunStopped, reportRun, withRun } from '#platform/jobs';
import type { Log } from '#platform/log';
import { runPath } from './pages/paths.ts';

/** A file of a form, kept until the work on it has ended. */
interface KeptFile {
  readonly source: FeedSource;
  discard(): Promise<void>;
}

/** Work that a form begins and that goes on after its answer; its state stands in the runs, not in the process. */
export interface LongWork {
  /** Takes the form's file and works on it in a run of its own; undefined when the form brought no file. */
  readonly takeFile: (
    context: StaffContext,
    run: { readonly kind: string; readonly label: string; readonly isKeptInMemory?: boolean },
    work: (action: ActionContext, source: FeedSource, handle: RunHandle) => Promise<RunNote>,
  ) => Promise<Redirect | undefined>;
  /**
   * Ends with the server: waits so long for the work under way, then asks it to stop at its next report. Stopped work
   * has written nothing and can be sent again.
   */
  finish(graceMs: number): Promise<void>;
}

const memoryLimitBytes = 256 * 1024 * 1024;
const chunkBytes = 256 * 1024;

/**
 * Begins the work of forms. An import is one transaction: if the process dies, nothing of it is written, the run
 * shows as interrupted, and the file can be sent again. Uploaded bytes lie in a folder of this process alone (or in
 * memory, for individual numbers) and are removed when the work ends.
 */
export function createLongWork(log: Log): LongWork {
  const running = new Set<Promise<void>>();
  const end = { isAsked: false };
  return {
    async takeFile(context, run, work) {
      const kept = await keepFirstFile(context, run.isKeptInMemory === true);
      if (kept === undefined) return undefined;
      // Runs are read by many: the name of a file that must leave no trace is left out.
      const label = run.isKeptInMemory === true ? run.label : `${run.label} ${kept.source.name}`;
      const { runId, ended } = await begin(context, end, { kind: run.kind, label }, (action, handle) =>
        work(action, kept.source, handle),
      );
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
  const { db, actor, clock, log } = context;
  return new Promise((resolve, reject) => {
    const ended = withRun(db, actor.lgCode, { ...run, startedBy: actor.staffId }, async (handle) => {
      resolve({ runId: handle.runId, ended });
      return {
        value: undefined,
        result: await tellFailure(context, handle, () =>
          work({ db, actor, clock, log, onProgress: progressInto(handle, end) }, handle),
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
    const isForPeople = error instanceof UnreadableInput || error instanceof Conflict;
    const message = isForPeople
      ? error.message
      : '思いがけない誤りで止まりました。もう一度試し、続くときは運用の担当に知らせてください。';
    await reportRun(context.db, context.lgCode, handle.runId, { message });
    throw error;
  }
}

/** Writes progress into the run; once a stop was asked for, the work's next report throws and nothing is kept. */
function progressInto(
  handle: RunHandle,
  end: { readonly isAsked: boolean },
): (done: number, total: number | null) => void {
  let waiting = Promise.resolve();
  let stopped: RunStopped | undefined;
  return (done, total) => {
    if (end.isAsked) throw new RunStopped('the server ends');
    if (stopped !== undefined) throw stopped;
    waiting = waiting
      .then(() => handle.report({ done, total }))
      .catch((error: unknown) => {
        if (error instanceof RunStopped) stopped = error;
      });
  };
}

async function keepFirstFile(context: StaffContext, isInMemory: boolean): Promise<KeptFile | undefined> {
  for await (const file of context.files()) {
    if (file.fileName === '') continue;
    return isInMemory ? keepInMemory(file.fileName, file.chunks) : keepOnDisk(file.fileName, file.chunks);
  }
  return undefined;
}

async function keepInMemory(name: string, chunks: AsyncIterable<Buffer>): Promise<KeptFile> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > memoryLimitBytes)
      throw new UnreadableInput(`${name} は大きすぎます。256MB以下に分けて送ってください。`);
    parts.push(chunk);
  }
  return { source: bytesSource(name, Buffer.concat(parts)), discard: async () => undefined };
}

async function keepOnDisk(name: string, chunks: AsyncIterable<Buffer>): Promise<KeptFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-upload-'));
  const file = await open(join(folder, 'file'), 'wx+', 0o600);
  const discard = () => file.close();
  try {
    // Without a name the bytes are gone with the process, however it ends.
    await rm(folder, { recursive: true });
    for await (const chunk of chunks) await file.writeFile(chunk);
  } catch (error) {
    await discard();
    throw error;
  }
  return { source: { name, open: () => readFromStart(file) }, discard };
}

/** The bytes of a file without a name. No stream: one that is not read to its end would hold the file open for ever. */
async function* readFromStart(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
