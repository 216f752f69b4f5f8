import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createOfficeApp } from '#apps/staff-web';
import { startOfficeWorker } from '#apps/worker';
import { hasDemonstrationStaff } from '#common-base/access';
import { listMunicipalities } from '#common-base/municipalities';
import { listen } from '#platform/http';
import { chooseKeyWrapper } from '#platform/keys';
import { createLog, type Log } from '#platform/log';
import { type Database, type Installation, openInstallation } from '#platform/postgres';
import { type Surroundings, WrongUse } from '../command.ts';
import { rulesFolder } from '../open-office.ts';
import { awaitStop, StopAsked, type StopWish } from './await-stop.ts';
import { holdPort } from './hold-port.ts';
import { isOwnMachine, readServerSettings, type ServerSettings } from './server-settings.ts';

const root = join(import.meta.dirname, '../../../..');

/** What a command that keeps running has in its hands. */
export interface OfficeProcess {
  readonly around: Surroundings;
  readonly installation: Installation;
  readonly log: Log;
  readonly stop: StopWish;
  /** Speaks to the person at the machine, on standard error. */
  readonly say: (sentence: string) => void;
}

/** How the office is started: what must be ready before, what is said when the pages can be opened. */
export interface OfficePlan {
  /** Whether an administrator's URL may create roles and database. */
  readonly mayCreate: boolean;
  /** Which lines of the log are written unless `SESSHU_LOG_LEVEL` says otherwise. */
  readonly logLevel: string;
  /** False: the pages alone; the worker runs as a process of its own. */
  readonly hasWorker: boolean;
  prepare(process: OfficeProcess): Promise<void>;
  /** What the demonstration opens beside the office; nothing where it is left out. */
  openBeside?(address: string, process: OfficeProcess): Promise<OpenBeside | undefined>;
  announce(address: string, process: OfficeProcess): Promise<void>;
}

/** Other systems beside the demonstration's office. */
export interface OpenBeside {
  /** Settled when each answers, or is known not to. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** Serves the pages, with the worker beside them, until asked to stop; then lets the work under way end. */
export async function serveOffice(around: Surroundings, plan: OfficePlan): Promise<void> {
  const settings = readServerSettings(around.environment);
  await keepRunning(around, plan, async (closing, open) => {
    const place = await holdPort(settings);
    closing.defer(() => place.release());
    // Built while the database starts; what fails is told before anything is loaded.
    const [process, assetsDir] = await Promise.all([open(), buildAssets()]);
    const { db, home } = process.installation;
    await plan.prepare(process);
    await refuseOpenDemonstration(db, settings);
    const keyWrapper = chooseKeyWrapper(around.home, around.environment);
    const options = { db, clock: around.clock, log: process.log, home, rulesFolder, keyWrapper };
    const app = await createOfficeApp({
      ...options,
      ...settings,
      findOpenIdSecret: (lgCode) =>
        around.environment[`SESSHU_OPENID_SECRET_${lgCode}`] ?? around.environment['SESSHU_OPENID_SECRET'],
      assetsDir,
      version: programVersion(),
    });
    // The worker speaks with what stands beside the office: that is open before it and ends after it.
    const besideClosing = closing.use(new AsyncDisposableStack());
    const workerClosing = closing.use(new AsyncDisposableStack());
    closing.defer(() => app.close());
    process.stop.throwIfAsked();
    await place.release();
    const address = await listen(app.server, { host: settings.host, port: place.port });
    await plan.announce(address, process);
    const beside = await plan.openBeside?.(address, process);
    if (beside !== undefined) {
      besideClosing.defer(() => beside.close());
      await Promise.race([beside.ready, process.stop.asked]);
    }
    if (plan.hasWorker && !process.stop.isAsked()) {
      const worker = await startOfficeWorker(options);
      workerClosing.defer(() => worker.stop());
    }
    await process.stop.asked;
    process.say('終わる準備をしています（処理中のものを区切りまで進めます）…');
  });
}

/** Runs the worker alone until asked to stop. */
export async function workForOffice(
  around: Surroundings,
  plan: Pick<OfficePlan, 'mayCreate' | 'logLevel' | 'prepare'>,
): Promise<void> {
  await keepRunning(around, plan, async (closing, open) => {
    const process = await open();
    await plan.prepare(process);
    const { db, home } = process.installation;
    const aloneKeys = chooseKeyWrapper(around.home, around.environment);
    const options = { db, clock: around.clock, log: process.log, home, rulesFolder, keyWrapper: aloneKeys };
    const worker = await startOfficeWorker(options);
    closing.defer(() => worker.stop());
    process.say('ワーカーが動き始めました。終わるには Ctrl-C を押します。');
    await process.stop.asked;
    process.say('終わる準備をしています（処理中のものを区切りまで進めます）…');
  });
}

/** Whatever was opened is closed in the opposite order, also after a failure and when asked to stop on the way. */
export async function keepRunning(
  around: Surroundings,
  plan: Pick<OfficePlan, 'mayCreate' | 'logLevel'>,
  work: (closing: AsyncDisposableStack, open: () => Promise<OfficeProcess>) => Promise<void>,
): Promise<void> {
  const log = createLog('office', around.environment['SESSHU_LOG_LEVEL'] ?? plan.logLevel);
  const say = (sentence: string): void => {
    around.messages.write(`${sentence}\n`);
  };
  await using closing = new AsyncDisposableStack();
  const stop = awaitStop();
  closing.defer(() => stop.end());
  closing.defer(keepFailuresOutOfTheTerminal(log));
  const open = async (): Promise<OfficeProcess> => {
    const { environment: env, home } = around;
    const installation = await openInstallation({ home, env, log, mayCreate: plan.mayCreate });
    closing.defer(() => installation.close());
    return { around, installation, log, stop, say };
  };
  try {
    await work(closing, open);
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error;
  }
}

/** A failure that nobody caught is logged without personal data, and ends the process for the system to restart it. */
function keepFailuresOutOfTheTerminal(log: Log): () => void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'an error nobody expected; the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  return () => {
    process.off('uncaughtException', end);
    process.off('unhandledRejection', end);
  };
}

/** Accounts whose password everybody knows must not be reachable from another machine. */
export async function refuseOpenDemonstration(db: Database, { host }: ServerSettings): Promise<void> {
  if (isOwnMachine(host)) return;
  for (const { lgCode, name } of await listMunicipalities(db)) {
    if (!(await hasDemonstrationStaff(db, lgCode))) continue;
    throw new WrongUse(
      `${name} (${lgCode}) には、だれでも知っているデモンストレーションのアカウントがあります。この機械の中だけで開くか (SESSHU_HOST を外す)、別の SESSHU_HOME で本番を始めてください。`,
    );
  }
}

/**
 * Builds style sheet and islands where their sources changed; answers their folder. The builders run in a process of
 * their own: what they bring along has no place beside people's data.
 */
export async function buildAssets(): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'tools/build-assets.mjs'), '--if-needed'], { cwd: root });
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    if (!/EACCES|EROFS|EPERM/u.test(stderr)) throw error;
    throw new WrongUse(
      '画面の部品 (dist/assets) を作れません。書き込める利用者で、一度 npm run assets を実行してください。',
    );
  }
  return join(root, 'dist/assets');
}

/** The program's version, as package.json says. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
