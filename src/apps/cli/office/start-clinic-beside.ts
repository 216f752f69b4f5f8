import { fork } from 'node:child_process';
import { join } from 'node:path';
import { asOperator } from '#common-base/access';
import type { LgCode } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { openSystemKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import type { Surroundings } from '../command.ts';
import type { OfficeProcess } from './keep-running.ts';
import type { ClinicOrder, StartedClinic } from './run-clinic.ts';

/** The process of the demonstration's clinics: begun early, since it gets ready while the office does. */
export interface ClinicBeside {
  /**
   * Makes the two known to each other: each gets the public key of the other. Undefined where the clinics could not be
   * started; the office works without them.
   */
  introduce(office: OfficeProcess, lgCode: LgCode): Promise<StartedClinic | undefined>;
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, '../main.ts');
/** Settings of the office that mean its own database and port must not reach the other system. */
const ownVariables =
  /^(?:DATABASE_URL|SESSHU_(?:OWNER|VAULT|DISPOSAL|JOBS|READ)_URL|SESSHU_HOME|SESSHU_VAULT_KEY|PORT)$/u;

/** The clinics' home: a folder below the office's. */
export function clinicHome(home: string): string {
  return join(home, 'clinic');
}

/** Starts the demonstration's clinics as a process of its own, with a home of its own; it waits to be introduced. */
export function startClinicBeside({ environment, home }: Surroundings, port: number): ClinicBeside {
  const others = Object.fromEntries(Object.entries(environment).filter(([name]) => !ownVariables.test(name)));
  const child = fork(program, ['clinic', 'start', '--await-order'], {
    env: { ...others, SESSHU_HOME: clinicHome(home), PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A Ctrl-C of the terminal is the office's: it ends this process in its turn, and so does the end of the channel.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const said = new Promise<StartedClinic | undefined>((resolve) => {
    child.once('message', (message) => resolve(message as StartedClinic));
    void ended.then(() => resolve(undefined));
  });
  return {
    async introduce(office, lgCode) {
      const institutionCodes = await chooseInstitutions(office, lgCode);
      if (institutionCodes.length === 0) return undefined;
      const { publicText: officeKey } = await openSystemKey(office.installation.home);
      const order: ClinicOrder = { officeKey, institutionCodes };
      if (child.connected) child.send(order);
      const clinic = await said;
      if (clinic !== undefined) await connect(office, lgCode, clinic);
      return clinic;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function chooseInstitutions(office: OfficeProcess, lgCode: LgCode): Promise<string[]> {
  const { listInstitutions } = await import('#ledger/contracts');
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

async function connect(office: OfficeProcess, lgCode: LgCode, clinic: StartedClinic): Promise<void> {
  const { db } = office.installation;
  const actor = await operatorOf(office, lgCode);
  const { address, publicText } = clinic;
  const { connectClinics } = await import('#ledger/clinic-exchange');
  await connectClinics({ db, actor, clock: office.around.clock }, { origin: address, publicText });
}

function operatorOf(office: OfficeProcess, lgCode: LgCode) {
  const { around, installation } = office;
  const reason = 'デモンストレーションの準備';
  return asOperator(installation.db, lgCode, { osUser: around.osUser, as: null, reason });
}
