import { parentPort, Worker, workerData } from 'node:worker_threads';

/** Threads that work side by side on pieces of the same kind; each holds what it was prepared with. */
export interface Threads<Input, Output> {
  readonly count: number;
  /** Gives a piece to the next idle thread; rejects when its work fails or the thread dies. */
  run(input: Input): Promise<Output>;
  /** Ends the threads; pieces under way are given up (their transactions are rolled back). */
  close(): Promise<void>;
}

type Answer<Output> = { readonly value: Output } | { readonly failure: { name: string; message: string } };

interface Seat<Input> {
  readonly worker: Worker;
  give(input: Input, done: (answer: Answer<unknown>) => void): void;
}

/** Starts threads on a file that calls `serveThread`; `data` is what it is prepared with (plain values only). */
export function openThreads<Input, Output>(entry: URL, data: unknown, count: number): Threads<Input, Output> {
  const seats = Array.from({ length: count }, () => openSeat<Input>(entry, data));
  const idle = [...seats];
  const waiting: ((seat: Seat<Input>) => void)[] = [];
  const free = (seat: Seat<Input>): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(seat);
    else next(seat);
  };
  return {
    count,
    async run(input) {
      const seat = idle.pop() ?? (await new Promise<Seat<Input>>((resolve) => waiting.push(resolve)));
      const answer = await new Promise<Answer<unknown>>((resolve) => seat.give(input, resolve));
      free(seat);
      if ('value' in answer) return answer.value as Output;
      throw Object.assign(new Error(answer.failure.message), { name: answer.failure.name });
    },
    async close() {
      await Promise.all(seats.map((seat) => seat.worker.terminate()));
    },
  };
}

/**
 * Room for what lives shortly (pages are objects that die together, and copying them into the old space costs more), and a
 * bound for all, so that memory stays flat however much work there is.
 */
const limits = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 512 };

function openSeat<Input>(entry: URL, data: unknown): Seat<Input> {
  const worker = new Worker(entry, { workerData: data, resourceLimits: limits });
  let done: ((answer: Answer<unknown>) => void) | undefined;
  let died: Answer<unknown> | undefined;
  const settle = (answer: Answer<unknown>): void => {
    const told = done;
    done = undefined;
    told?.(answer);
  };
  const fail = (message: string): void => {
    died ??= { failure: { name: 'Error', message } };
    settle(died);
  };
  worker.on('message', (answer: Answer<unknown>) => settle(answer));
  worker.on('error', (error) => fail(error instanceof Error ? error.message : 'a thread failed'));
  worker.on('exit', (code) => fail(`a thread ended with ${code}`));
  return {
    worker,
    give(input, tell) {
      done = tell;
      if (died === undefined) worker.postMessage(input, []);
      else settle(died);
    },
  };
}

/** What a file that threads run offers: it prepares itself and then answers one piece after another. */
type ThreadWork<Data, Input, Output> = (data: Data) => Promise<(input: Input) => Promise<Output>>;

/** The other side, called once by the file that a thread runs. */
export async function serveThread(prepare: ThreadWork<never, never, unknown>): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file runs only as a thread');
  const work = await prepare(workerData as never);
  port.on('message', (input) => {
    work(input as never).then(
      (value) => port.postMessage({ value }, []),
      (error: unknown) => port.postMessage({ failure: describe(error) }, []),
    );
  });
}

/** A failure as it may cross to where it is logged: a database's own message may quote somebody's data. */
function describe(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: typeof error };
  const { name, message, severity, code } = error as Error & { severity?: unknown; code?: unknown };
  const isFromDatabase = typeof severity === 'string' && typeof code === 'string';
  return isFromDatabase ? { name: 'DatabaseError', message: code } : { name, message };
}
