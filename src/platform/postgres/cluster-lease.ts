import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createClient } from './connect.ts';
import { clusterAdministrator } from './embedded-cluster.ts';
import { type ClusterPlace, ensureServer, stopServer } from './embedded-server.ts';
import { DatabaseTrouble } from './errors.ts';
import { withFileLock } from './file-lock.ts';

/** This process's share in a running cluster; the last process that gives its share back stops the server. */
export interface ClusterLease {
  readonly socketDir: string;
  /** Gives the share back. Every pool on the cluster must be closed before. */
  release(): Promise<void>;
}

/** The advisory lock that every process using the cluster holds shared, on the administrator's own database. */
const leaseLock = 5_377_001;
const lockTimeoutMs = 16 * 60_000;
const shareAttempts = 3;

/**
 * Takes a share in the cluster, starting its server if none runs. Should the server be killed while we hold the
 * share, it is started again on the same socket, so that the pools find it when they connect anew.
 */
export async function leaseCluster(place: ClusterPlace): Promise<ClusterLease> {
  let isReleased = false;
  let client: pg.Client;
  let recovery: Promise<void> = Promise.resolve();

  const take = async (): Promise<string> => {
    const taken = await underLock(place, () => shareServer(place));
    client = taken.client;
    client.once('end', () => {
      if (!isReleased) recovery = recover();
    });
    return taken.socketDir;
  };
  const recover = async (): Promise<void> => {
    for (let waitMs = 50; !isReleased; waitMs = Math.min(waitMs * 2, 5000)) {
      try {
        place.log.warn('the database server ended; it is brought back');
        await take();
        return;
      } catch (error) {
        place.log.error({ err: error }, 'the database server could not be brought back yet');
        await sleep(waitMs);
      }
    }
  };

  const socketDir = await take();
  return {
    socketDir,
    async release() {
      isReleased = true;
      await recovery;
      await underLock(place, () => giveBack(place, client));
    },
  };
}

/** The connection string of a role of the embedded cluster. */
export function socketUrl(socketDir: string, user: string, database: string): string {
  return `postgresql://${user}@${encodeURIComponent(socketDir)}/${database}`;
}

/**
 * A share in a server that runs, or is started. A server that was killed a moment ago still looks alive and lets callers
 * in whom nobody answers any more: then another look finds it gone.
 */
async function shareServer(place: ClusterPlace): Promise<{ readonly socketDir: string; readonly client: pg.Client }> {
  for (let attempt = 1; ; attempt += 1) {
    const socketDir = await ensureServer(place);
    try {
      return { socketDir, client: await takeShare(socketDir) };
    } catch (error) {
      if (attempt === shareAttempts) throw error;
      await sleep(200);
    }
  }
}

async function takeShare(socketDir: string): Promise<pg.Client> {
  const client = createClient(socketUrl(socketDir, clusterAdministrator, 'postgres'), 'sesshu lease');
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`SELECT pg_advisory_lock_shared(${leaseLock})`);
  return client;
}

async function giveBack(place: ClusterPlace, client: pg.Client): Promise<void> {
  const isLast = await isLastUser(client);
  await client.end().catch(() => undefined);
  if (isLast) await stopServer(place);
}

/** Whether nobody else holds a share; a server that no longer answers has no other user either. */
async function isLastUser(client: pg.Client): Promise<boolean> {
  try {
    await client.query(`SELECT pg_advisory_unlock_shared(${leaseLock})`);
    const { rows } = await client.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${leaseLock}) AS free`);
    return rows[0]?.free === true;
  } catch {
    return true;
  }
}

function underLock<T>(place: ClusterPlace, work: () => Promise<T>): Promise<T> {
  return withFileLock(
    join(place.folder, 'start.lock'),
    lockTimeoutMs,
    () =>
      new DatabaseTrouble(
        `ほかのSesshuがデータベースを起動または停止しています (${place.folder})。終わってからやり直してください。`,
      ),
    work,
  );
}
