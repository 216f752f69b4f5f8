import type { LgCode } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What a job carries: its municipality and ids; never personal data. */
export interface JobPayload {
  readonly lgCode: LgCode;
  readonly [key: string]: string | number | boolean | null | readonly (string | number)[];
}

/** How a job is queued; all may be left out. */
export interface EnqueueOptions {
  /** One waiting job per key: a later one replaces it. */
  readonly jobKey?: string;
  /** Not before this instant. */
  readonly runAt?: Date;
  /** Jobs of one queue run one after another. */
  readonly queue?: string;
  /** Tries in all, default 8; 1 for work that must not be repeated. */
  readonly attemptsMax?: number;
}

/**
 * Adds a job in the transaction of the fact that asks for it: it runs only if that commits. The database refuses a
 * payload of another municipality than the transaction's.
 */
export async function enqueue(tx: Tx, task: string, payload: JobPayload, options: EnqueueOptions = {}): Promise<void> {
  await tx.client.query('SELECT sesshu_jobs.enqueue($1, $2::json, $3, $4, $5, $6)', [
    task,
    JSON.stringify(payload),
    options.jobKey ?? null,
    options.runAt ?? null,
    options.queue ?? null,
    options.attemptsMax ?? 8,
  ]);
}
