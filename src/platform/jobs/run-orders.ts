import type { LgCode, StaffId } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { enqueue } from './enqueue.ts';
import type { Job } from './run-worker.ts';
import { finishRun, type RunNote, RunStopped, startRun } from './runs.ts';
import { createReporter, type RunHandle } from './with-run.ts';

/** What somebody asks the worker to do. */
export interface NewOrder {
  readonly task: string;
  /** What the run is called; no personal data. */
  readonly label: string;
  /** Ids, days and codes; no personal data. */
  readonly params: RunNote;
  /** Where the run's page leads back to, whatever comes of it. */
  readonly back: string;
  readonly startedBy: StaffId | null;
  /** 処理事由 under which the work acts. */
  readonly reason: string | null;
  readonly askedFrom: string;
  readonly file: { readonly name: string; readonly chunks: AsyncIterable<Uint8Array> } | null;
}

/** An order as the worker takes it. */
export interface RunOrder extends Omit<NewOrder, 'label' | 'back' | 'file'> {
  readonly runId: number;
  readonly fileName: string | null;
}

/** So often an order is tried when the machine, not the work, is at fault. */
const triesMax = 3;

/**
 * Asks the worker for long work: run, order, file and job stand in one transaction, so that all of it is asked for or
 * nothing. Orders of one task are worked off one after another. Answers the run.
 */
export async function orderRun(tx: Tx, order: NewOrder): Promise<number> {
  const { task, label, startedBy, file } = order;
  const runId = await startRun(tx, { kind: task, label, startedBy, resumeFrom: { back: order.back } });
  await tx.client.query(
    `INSERT INTO run_orders (lg_code, run_id, task, params, reason, asked_from, file_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.lgCode, runId, task, JSON.stringify(order.params), order.reason, order.askedFrom, file?.name ?? null],
  );
  let ordinal = 0;
  for await (const chunk of file?.chunks ?? []) {
    await tx.client.query({
      name: 'keep-run-file',
      text: 'INSERT INTO run_files (lg_code, run_id, ordinal, content) VALUES ($1, $2, $3, $4)',
      values: [tx.lgCode, runId, ordinal, chunk],
    });
    ordinal += 1;
  }
  const options = { queue: `${task}:${tx.lgCode}`, attemptsMax: triesMax };
  await enqueue(tx, task, { lgCode: tx.lgCode, runId }, options);
  return runId;
}

/** The file of an order, piece by piece, each in a short transaction of its own; it may be read more than once. */
export async function* readOrderedFile(db: Database, lgCode: LgCode, runId: number): AsyncGenerator<Buffer> {
  for (let ordinal = 0; ; ordinal += 1) {
    const content = await withMunicipality(db, lgCode, async (tx) => {
      const { rows } = await tx.client.query<{ content: Buffer }>(
        'SELECT content FROM run_files WHERE lg_code = $1 AND run_id = $2 AND ordinal = $3',
        [tx.lgCode, runId, ordinal],
      );
      return rows[0]?.content;
    });
    if (content === undefined) return;
    yield content;
  }
}

/** How an order is carried out. */
export interface OrderedWork {
  /** The sentence for people of a failure they can do something about; undefined where the machine is at fault. */
  explain(error: unknown): string | undefined;
  /** The work; what it answers is the run's result. */
  work(order: RunOrder, handle: RunHandle): Promise<RunNote>;
}

/**
 * Carries out the order of a job and ends its run: done, stopped because somebody asked for it, or failed with a sentence
 * for people. Asked to end with the worker, the order is left for the next one; what the machine spoils is tried again.
 * The work must be one transaction, or look first at what is done already.
 */
export async function carryOutOrder(job: Job, given: OrderedWork): Promise<void> {
  const { db, lgCode, payload, signal, attempt } = job;
  const runId = Number(payload['runId']);
  const order = await withMunicipality(db, lgCode, (tx) => takeOrder(tx, runId));
  if (order === undefined) return;
  const reporter = createReporter(db, lgCode, runId);
  const end = (how: Parameters<typeof finishRun>[2]): Promise<void> =>
    withMunicipality(db, lgCode, async (tx) => {
      await finishRun(tx, runId, how);
      await tx.client.query('DELETE FROM run_files WHERE lg_code = $1 AND run_id = $2', [lgCode, runId]);
    });
  try {
    const result = await given.work(order, { runId, report: (note) => reporter.report(note) });
    await reporter.flush();
    await end({ state: 'done', result });
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof RunStopped) return end({ state: 'stopped' });
    const message = given.explain(error);
    if (message !== undefined) return end({ state: 'failed', message });
    if (attempt >= triesMax) await end({ state: 'failed', message: machineFault });
    throw error;
  }
}

const machineFault = '思いがけない誤りで止まりました。もう一度試し、続くときは運用の担当に知らせてください。';

/** Notes that the order is being worked on; undefined where its run has ended. */
async function takeOrder(tx: Tx, runId: number): Promise<RunOrder | undefined> {
  const { rows } = await tx.client.query<RunOrder>(
    `WITH taken AS (
       UPDATE run_orders SET taken_at = coalesce(taken_at, clock_timestamp()) WHERE lg_code = $1 AND run_id = $2
       RETURNING task, params, reason, asked_from, file_name
     ), alive AS (
       UPDATE runs SET reported_at = clock_timestamp() WHERE lg_code = $1 AND run_id = $2 AND state = 'running'
       RETURNING run_id, started_by
     )
     SELECT run_id AS "runId", started_by AS "startedBy", task, params, reason, asked_from AS "askedFrom",
       file_name AS "fileName"
     FROM alive CROSS JOIN taken`,
    [tx.lgCode, runId],
  );
  return rows[0];
}
