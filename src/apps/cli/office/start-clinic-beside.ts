import { fork } from 'node:child_process';
import { join } from 'node:path';
import { asOperator } from '#common-base/access';
import type { LgCode } from '#kernel';
import { connectClinics } from '#ledger/clinic-exchange';
import { listInstitutions } from '#ledger/contracts';
import { todayInTokyo } from '#platform/clock';
import { openSystemKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import type { StartedClinic } from './run-clinic.ts';
import type { OfficeProcess } from './run-office.ts';

/** The clinics' system of the demonstration: told when it is open, ended with the office. */
export interface ClinicBeside {
  /** Undefined where it could not be started; the office works without it. */
  readonly started: Promise<StartedClinic | undefined>;
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, '../main.ts');
/** Settings of the office that mean its own database and port must not reach the other system. */
const ownVariables =
  /^(?:DATABASE_URL|SESSHU_(?:OWNER|VAULT|DISPOSAL|JOBS|READ)_URL|SESSHU_HOME|SESSHU_VAULT_KEY|PORT)$/u;

/**
 * Starts the demonstration's clinics as a process of its own, on the next port, with a home of its own below the
 * office's, and makes the two known to each other: each gets the public key of the other.
 */
export function startClinicBeside(office: OfficeProcess, lgCode: LgCode, port: number): ClinicBeside {
  const child = open(office, lgCode, port);
  const ended = child.then((process) => process?.ended);
  return {
    started: child.then(async (process) => {
      const said = await process?.said;
      if (said !== undefined) await introduce(office, lgCode, said);
      return said;
    }),
    async stop() {
      (await child)?.kill();
      await ended;
    },
  };
}

async function open(office: OfficeProcess, lgCode: LgCode, port: number) {
  const { home } = office.installation;
  const { publicText } = await openSystemKey(home);
  const institutions = await chooseInstitutions(office, lgCode);
  if (institutions.length === 0) return undefined;
  const environment = Object.fromEntries(
    Object.entries(office.around.environment).filter(([name]) => !ownVariables.test(name)),
  );
  const args = ['clinic', 'start', '--office-key', publicText, '--institutions', institutions.join(',')];
  const child = fork(program, args, {
    env: { ...environment, SESSHU_HOME: join(home, 'clinic'), PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A Ctrl-C of the terminal is the office's: it ends this process in its turn, and so does the end of the channel.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said = new Promise<StartedClinic | undefined>((resolve) => {
    child.once('message', (message) => resolve(message as StartedClinic));
    void ended.then(() => resolve(undefined));
  });
  return { said, ended, kill: () => child.kill('SIGTERM') };
}

async function chooseInstitutions(office: OfficeProcess, lgCode: LgCode): Promise<string[]> {
  const { around, installation } = office;
  const actor = await operatorOf(office, lgCode);
  const asOf = todayInTokyo(around.clock);
  const found = await withMunicipality(installation.db, lgCode, (tx) =>
    listInstitutions(tx, actor, { limit: 50, asOf }),
  );
  return found
    .filter(({ isUnderContract }) => isUnderContract)
    .slice(0, 2)
    .map((each) => each.institutionCode);
}

async function introduce(office: OfficeProcess, lgCode: LgCode, clinic: StartedClinic): Promise<void> {
  const { db } = office.installation;
  const actor = await operatorOf(office, lgCode);
  const { address, publicText } = clinic;
  await connectClinics({ db, actor, clock: office.around.clock }, { origin: address, publicText });
}

function operatorOf(office: OfficeProcess, lgCode: LgCode) {
  const { around, installation } = office;
  const reason = 'デモンストレーションの準備';
  return asOperator(installation.db, lgCode, { osUser: around.osUser, as: null, reason });
}
