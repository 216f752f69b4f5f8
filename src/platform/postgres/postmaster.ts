import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running server as its own `postmaster.pid` describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly socketDir: string;
  readonly isReady: boolean;
  /** Somebody asked it to end, and it has not ended yet. */
  readonly isStopping: boolean;
}

/** The server that works on a data folder; undefined when none does (a stale file of a killed one counts as none). */
export async function findPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isServerOf(pid, dataDir)) return undefined;
  const state = (lines[7] ?? '').trim();
  return { pid, socketDir: lines[4] ?? '', isReady: state === 'ready', isStopping: state === 'stopping' };
}

/**
 * Whether a process number belongs to a server of this data folder; numbers are used again, above all in containers,
 * so that its being alive proves nothing.
 */
function isServerOf(pid: number, dataDir: string): boolean {
  const commandLine = readCommandLine(pid);
  return commandLine.includes('postgres') && commandLine.includes(dataDir);
}

/** Empty for a process that is gone, also for one that has ended and waits for its parent. */
function readCommandLine(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
  const { stdout } = spawnSync('ps', ['-ww', '-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
  return stdout ?? '';
}

/**
 * Asks a server to end: `fast` cleanly and at once, `immediate` like a power cut, after which the next start recovers.
 * Answers false if it still runs after the time given.
 */
export async function stopPostmaster(
  pid: number,
  dataDir: string,
  how: 'fast' | 'immediate',
  timeoutMs: number,
): Promise<boolean> {
  if (!isServerOf(pid, dataDir)) return true;
  try {
    process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
    throw error;
  }
  const deadline = performance.now() + timeoutMs;
  while (isServerOf(pid, dataDir)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
