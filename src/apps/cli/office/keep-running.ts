import { hasDemonstrationStaff } from '#common-base/access';
import { listMunicipalities } from '#common-base/municipalities';
import { createLog, type Log } from '#platform/log';
import { type Database, type Installation, openInstallation } from '#platform/postgres';
import { type Surroundings, WrongUse } from '../command.ts';
import { awaitStop, StopAsked, type StopWish } from './await-stop.ts';
import { isOwnMachine, type ServerSettings } from './server-settings.ts';

/** What a command that keeps running has in its hands. */
export interface OfficeProcess {
  readonly around: Surroundings;
  readonly installation: Installation;
  readonly log: Log;
  readonly stop: StopWish;
  /** Speaks to the person at the machine, on standard error. */
  readonly say: (sentence: string) => void;
}

/** What every process that keeps running says of itself. */
export interface RunningPlan {
  /** Whether an administrator's URL may create roles and database. */
  readonly mayCreate: boolean;
  /** Which lines of the log are written unless `SESSHU_LOG_LEVEL` says otherwise. */
  readonly logLevel: string;
}

/** Whatever was opened is closed in the opposite order, also after a failure and when asked to stop on the way. */
export async function keepRunning(
  around: Surroundings,
  plan: RunningPlan,
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
