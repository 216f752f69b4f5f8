import type { DemonstrationAccount } from '#common-base/access';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { CannotListen, listen } from '#platform/http';
import { chooseKeyWrapper } from '#platform/keys';
import type { Surroundings } from '../command.ts';
import { rulesFolder } from '../rules-folder.ts';
import { buildAssets, programVersion } from './build-assets.ts';
import { holdPort } from './hold-port.ts';
import { keepRunning, type OfficeProcess, type RunningPlan, refuseOpenDemonstration } from './keep-running.ts';
import { readServerSettings } from './server-settings.ts';

/** How the clinics' system is started: what must be ready before, what is said when its pages can be opened. */
export interface ClinicPlan extends RunningPlan {
  /** Whether another port will do where the one of the settings is taken: whoever must know it is told. */
  readonly mayMove: boolean;
  prepare(process: OfficeProcess, key: SystemKey): Promise<void>;
  announce(address: string, process: OfficeProcess, key: SystemKey): void;
}

/** What the office that starts a demonstration tells it, once it knows. */
export interface ClinicOrder {
  /** The office's public key. */
  readonly officeKey: string;
  /** Which institutions of the office have an account. */
  readonly institutionCodes: readonly string[];
}

/** What a started demonstration tells the office that started it. */
export interface StartedClinic {
  readonly address: string;
  readonly publicText: string;
  readonly accounts: readonly DemonstrationAccount[];
}

/** Serves the clinics' pages and their gate until asked to stop: a process, a database and keys of its own. */
export async function serveClinic(around: Surroundings, plan: ClinicPlan): Promise<void> {
  const settings = readServerSettings(around.environment);
  await keepRunning(around, plan, async (closing, open) => {
    const place = await holdPort(settings).catch((error: unknown) => {
      if (plan.mayMove && error instanceof CannotListen) return holdPort({ ...settings, port: 0 });
      throw error;
    });
    closing.defer(() => place.release());
    const [process, assetsDir, { createClinicApp }] = await Promise.all([
      open(),
      buildAssets(),
      import('#apps/clinic-web'),
    ]);
    const { db, home } = process.installation;
    const systemKey = await openSystemKey(home);
    await plan.prepare(process, systemKey);
    await refuseOpenDemonstration(db, settings);
    const app = await createClinicApp({
      ...settings,
      db,
      clock: around.clock,
      log: process.log,
      home,
      keyWrapper: chooseKeyWrapper(around.home, around.environment),
      systemKey,
      rulesFolder,
      assetsDir,
      version: programVersion(),
    });
    closing.defer(() => app.close());
    process.stop.throwIfAsked();
    await place.release();
    const address = await listen(app.server, { host: settings.host, port: place.port });
    plan.announce(address, process, systemKey);
    await process.stop.asked;
  });
}
