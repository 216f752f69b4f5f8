import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { Log } from '#platform/log';
import { createClient } from '#platform/postgres';

const presenceLock = 5_377_004;
const checkMs = 15_000;
const reconnectMs = 1000;

/**
 * Holds an advisory lock for every worker pool of this process, and gives the jobs of pools whose lock nobody holds
 * back to the queue: the database itself notices a killed process, so that its jobs need not wait for hours.
 */
export function announcePresence(url: string, events: WorkerEvents, log: Log): { end(): Promise<void> } {
  const poolIds = new Set<string>();
  const ending = new AbortController();
  let client: pg.Client | undefined;
  const hold = async (own: pg.Client, id: string): Promise<void> => {
    await own.query('SELECT pg_advisory_lock_shared($1, hashtext($2))', [presenceLock, id]);
  };
  events.on('pool:create', ({ workerPool }) => {
    poolIds.add(workerPool.id);
    if (client !== undefined) hold(client, workerPool.id).catch(() => undefined);
  });
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        client = createClient(url, 'sesshu jobs presence');
        await watch(client, poolIds, hold, ending.signal, log);
      } catch (error) {
        log.warn({ err: error }, 'the presence of this worker could not be kept; trying again');
      }
      const lost = client;
      client = undefined;
      await lost?.end().catch(() => undefined);
      await sleep(reconnectMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    async end() {
      ending.abort();
      await running;
    },
  };
}

async function watch(
  client: pg.Client,
  poolIds: ReadonlySet<string>,
  hold: (client: pg.Client, id: string) => Promise<void>,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  let lost: Error | undefined;
  client.on('error', (error) => {
    lost = error;
  });
  await client.connect();
  for (const id of poolIds) await hold(client, id);
  while (!signal.aborted) {
    if (lost !== undefined) throw lost;
    await giveBackAbandonedJobs(client, poolIds, log);
    await sleep(checkMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Unlocks the jobs of pools that no living connection stands for. */
async function giveBackAbandonedJobs(client: pg.Client, ownIds: ReadonlySet<string>, log: Log): Promise<void> {
  const { rows } = await client.query<{ locked_by: string }>(
    `SELECT DISTINCT locked_by FROM graphile_worker.jobs WHERE locked_by IS NOT NULL`,
  );
  // A session's own shared lock does not keep itself from the exclusive one.
  for (const { locked_by: poolId } of rows.filter((row) => !ownIds.has(row.locked_by))) {
    await client.query('BEGIN');
    // Shared locks of the living exclude this one; it ends with the transaction.
    const { rows: answer } = await client.query<{ gone: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS gone',
      [presenceLock, poolId],
    );
    if (answer[0]?.gone === true) {
      await client.query('SELECT graphile_worker.force_unlock_workers($1::text[])', [[poolId]]);
      log.warn({ poolId }, 'jobs of a worker that is gone were given back to the queue');
    }
    await client.query('COMMIT');
  }
}
