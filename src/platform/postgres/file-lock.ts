import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 25;

/**
 * Runs work while this process alone holds the lock file. The operating system holds the lock (through SQLite, on
 * every platform), so that a killed process leaves none behind. Throws `onTimeout()` if another holds it too long.
 */
export async function withFileLock<T>(
  path: string,
  timeoutMs: number,
  onTimeout: () => Error,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = await acquire(path, timeoutMs, onTimeout);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function acquire(path: string, timeoutMs: number, onTimeout: () => Error): Promise<DatabaseSync> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const lock = new DatabaseSync(path, { timeout: 0 });
    if (tryExclusive(lock)) return lock;
    lock.close();
    if (performance.now() > deadline) throw onTimeout();
    await sleep(pollMs);
  }
}

function tryExclusive(lock: DatabaseSync): boolean {
  try {
    // Nothing is ever written: a journal in a file would refuse the lock on a full disk, where a server is to be stopped.
    lock.exec('PRAGMA journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    const isBusy = error instanceof Error && (error as Error & { errcode?: number }).errcode === 5;
    if (isBusy) return false;
    throw error;
  }
}
