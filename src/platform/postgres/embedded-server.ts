import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chmod, lstat, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#platform/log';
import { chooseEmbeddedAccount, type EmbeddedAccount } from './embedded-account.ts';
import { type EmbeddedBinaries, findEmbeddedBinaries } from './embedded-binaries.ts';
import { createClusterOnce } from './embedded-cluster.ts';
import { type ClusterPurpose, embeddedSettings } from './embedded-settings.ts';
import { DatabaseTrouble } from './errors.ts';
import { explainServerLog } from './explain-trouble.ts';
import { findPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts';
import { serverEnvironment } from './server-environment.ts';

/** Where a cluster lives and what it is for. */
export interface ClusterPlace {
  /** Absolute folder of the data, the socket and the server's log. */
  readonly folder: string;
  readonly purpose: ClusterPurpose;
  readonly log: Log;
}

const startTimeoutMs = 15 * 60_000;
const stopTimeoutMs = 60_000;
const stuckTimeoutMs = 10_000;
const leftoverTimeoutMs = 10_000;
const socketDirBytesMax = 80;
const logBytesMax = 8 * 1024 * 1024;

/**
 * Makes sure that a server runs on the cluster and answers its socket folder: one that runs already is used (also one
 * whose starter was killed), otherwise one is started, after making the cluster the first time. To be called under
 * the cluster's lock.
 */
export async function ensureServer(place: ClusterPlace): Promise<string> {
  const dataDir = join(place.folder, 'data');
  const running = await findPostmaster(dataDir);
  if (running !== undefined) {
    const usable = await awaitReady(dataDir, place.log);
    if (usable !== undefined) return usable.socketDir;
    place.log.warn({ serverPid: running.pid }, 'a database server without a usable socket is started anew');
    await stopServer(place, stuckTimeoutMs);
  }
  const account = await chooseEmbeddedAccount();
  const binaries = await findEmbeddedBinaries(join(place.folder, 'lib'));
  await createClusterOnce(place.folder, place.purpose, account, binaries);
  const socketDir = await prepareSocketDir(place.folder, account);
  return startPatiently(place, socketDir, account, binaries);
}

/**
 * Stops the server of a cluster, cleanly where it can; one that hangs (a full disk in the middle of its recovery) is
 * cut off, since what was acknowledged is in its log. To be called under the cluster's lock.
 */
export async function stopServer(place: ClusterPlace, timeoutMs = stopTimeoutMs): Promise<void> {
  const dataDir = join(place.folder, 'data');
  const running = await findPostmaster(dataDir);
  if (running === undefined) return;
  if (await stopPostmaster(running.pid, dataDir, 'fast', timeoutMs)) return;
  place.log.warn({ serverPid: running.pid }, 'the database server does not end cleanly; it is cut off');
  if (await stopPostmaster(running.pid, dataDir, 'immediate', stuckTimeoutMs)) return;
  throw new DatabaseTrouble(
    `データベースのプロセス (${running.pid}) が終わりません。ほかの処理が残っていないか確かめてください。`,
  );
}

/**
 * Starts the server; where processes of a killed one still hold its memory for a moment, tries again until they are
 * gone.
 */
async function startPatiently(
  place: ClusterPlace,
  socketDir: string,
  account: EmbeddedAccount,
  binaries: EmbeddedBinaries,
): Promise<string> {
  const deadline = performance.now() + leftoverTimeoutMs;
  for (;;) {
    const trouble = await startServer(place, socketDir, account, binaries);
    if (trouble === undefined) return socketDir;
    const hasLeftovers = trouble.includes('pre-existing shared memory block') || trouble.includes('already exists');
    if (!hasLeftovers || performance.now() > deadline) {
      throw new DatabaseTrouble(`データベースが起動しませんでした。${explainServerLog(trouble)}`);
    }
    // A lock file that names a live process which is no server of this folder (checked by findPostmaster) is stale.
    await rm(join(place.folder, 'data', 'postmaster.pid'), { force: true });
    await sleep(200);
  }
}

/** Starts the server once; answers the end of its log if it did not come up. */
async function startServer(
  place: ClusterPlace,
  socketDir: string,
  account: EmbeddedAccount,
  binaries: EmbeddedBinaries,
): Promise<string | undefined> {
  const dataDir = join(place.folder, 'data');
  const logPath = join(place.folder, 'server.log');
  const logStart = await rotateLog(logPath);
  const settings = await embeddedSettings(socketDir, place.purpose);
  const options = [...settings].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = account.commandLine(binaries.postgres, ['-D', dataDir, ...options]);
  const output = openSync(logPath, 'a', 0o600);
  // In its own session: Ctrl-C at the terminal reaches us alone, and we end the server after our own work.
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: serverEnvironment(process.env, { ...binaries.env, PGDATA: dataDir }),
    ...account.ids,
  });
  closeSync(output);
  child.unref();
  const failure = watchForFailure(child);
  const ready = await awaitReady(dataDir, place.log, failure);
  if (ready !== undefined) return undefined;
  const tail = (await readFile(logPath, 'utf8').catch(() => '')).slice(logStart);
  return `${failure.message()} ${tail}`;
}

interface StartFailure {
  hasFailed(): boolean;
  message(): string;
}

function watchForFailure(child: ChildProcess): StartFailure {
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure ??= `exit ${code ?? signal ?? ''}`;
  });
  return { hasFailed: () => failure !== undefined, message: () => failure ?? '' };
}

/** Waits until the server takes connections; recovery after a power cut may take its time and is spoken of. */
async function awaitReady(dataDir: string, log: Log, failure?: StartFailure): Promise<Postmaster | undefined> {
  const startedAt = performance.now();
  let isSpokenOf = false;
  let stoppingSince: number | undefined;
  for (;;) {
    const found = await findPostmaster(dataDir);
    const elapsed = performance.now() - startedAt;
    if (found?.isReady === true) return (await hasSocket(found.socketDir)) ? found : undefined;
    if (failure?.hasFailed() === true || elapsed > startTimeoutMs) return undefined;
    if (failure === undefined && found === undefined) return undefined;
    // Whoever stops a server holds the lock that we hold: one that is stopping now was left by a killed process.
    stoppingSince = found?.isStopping === true ? (stoppingSince ?? elapsed) : undefined;
    if (stoppingSince !== undefined && elapsed - stoppingSince > stuckTimeoutMs) return undefined;
    if (!isSpokenOf && elapsed > 3000) {
      isSpokenOf = true;
      log.info('the database is starting; after an abrupt end it first recovers what was acknowledged');
    }
    await sleep(15);
  }
}

async function hasSocket(socketDir: string): Promise<boolean> {
  return stat(join(socketDir, '.s.PGSQL.5432')).then(
    (found) => found.isSocket(),
    () => false,
  );
}

/** Keeps one older log; answers the size of the present one, where the lines of the coming start begin. */
async function rotateLog(path: string): Promise<number> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= logBytesMax) return (await readFile(path, 'utf8').catch(() => '')).length;
  await rename(path, `${path}.1`);
  return 0;
}

/**
 * The folder of the socket, open to this account alone. A socket's path may have about 100 bytes: for a deep
 * installation folder it lies in a short folder of the temporary directory, named by the installation.
 */
async function prepareSocketDir(folder: string, account: EmbeddedAccount): Promise<string> {
  const near = join(folder, 'socket');
  const isNear = Buffer.byteLength(near) <= socketDirBytesMax;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const socketDir = isNear ? near : join(tmpdir().length <= 40 ? tmpdir() : '/tmp', `sesshu-${name}`);
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  const found = await lstat(socketDir);
  const isOurs = found.isDirectory() && (found.uid === process.getuid?.() || found.uid === account.ids?.uid);
  if (!isOurs && process.getuid?.() !== 0) {
    throw new DatabaseTrouble(
      `${socketDir} がほかの利用者のものです。消してもらうか、環境変数 SESSHU_HOME に短い場所を指定してください。`,
    );
  }
  await chmod(socketDir, 0o700);
  await account.own(socketDir);
  return socketDir;
}
