import { listen } from '#platform/http';
import { chooseKeyWrapper } from '#platform/keys';
import type { Surroundings } from '../command.ts';
import { rulesFolder } from '../rules-folder.ts';
import { buildAssets, programVersion } from './build-assets.ts';
import { holdPort } from './hold-port.ts';
import { keepRunning, type OfficeProcess, type RunningPlan, refuseOpenDemonstration } from './keep-running.ts';
import { readServerSettings } from './server-settings.ts';

/** How the office is started: what must be ready before, what is said when the pages can be opened. */
export interface OfficePlan extends RunningPlan {
  /** False: the pages alone; the worker runs as a process of its own. */
  readonly hasWorker: boolean;
  /** What can begin beside the office before its database is open; `port` is the office's own. */
  begin?(port: number): void;
  prepare(process: OfficeProcess): Promise<void>;
  /** What the demonstration opens beside the office; nothing where it is left out. */
  openBeside?(process: OfficeProcess): Promise<OpenBeside | undefined>;
  announce(address: string, process: OfficeProcess): Promise<void>;
  /** Ends what `begin` and `prepare` began beside the office, also where it never opened. */
  end?(): Promise<void>;
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
    closing.defer(async () => plan.end?.());
    plan.begin?.(place.port);
    // The pages are loaded and built while the database starts; what fails is told before anything is taken in.
    const [process, assetsDir, { createOfficeApp }] = await Promise.all([
      open(),
      buildAssets(),
      import('#apps/staff-web'),
    ]);
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
    const beside = await plan.openBeside?.(process);
    if (beside !== undefined) {
      besideClosing.defer(() => beside.close());
      await Promise.race([beside.ready, process.stop.asked]);
    }
    if (plan.hasWorker && !process.stop.isAsked()) {
      const { startOfficeWorker } = await import('#apps/worker');
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
  plan: RunningPlan & Pick<OfficePlan, 'prepare'>,
): Promise<void> {
  await keepRunning(around, plan, async (closing, open) => {
    const [process, { startOfficeWorker }] = await Promise.all([open(), import('#apps/worker')]);
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
