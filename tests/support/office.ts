import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOfficeApp, type OfficeApp } from '#apps/staff-web';
import { startOfficeWorker } from '#apps/worker';
import {
  type DemonstrationAccount,
  ensureDemonstrationStaff,
  listStaffRoutes,
  type StaffRoute,
} from '#common-base/access';
import type { Clock } from '#platform/clock';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { listen } from '#platform/http';
import { createLog } from '#platform/log';
import { loadDemonstrationSettings } from './addressees.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { testKeyWrapper } from './numbers.ts';

/** A whole office for a story: server and worker on a database of its own, the demonstration's staff, no people yet. */
export interface TestOffice {
  readonly address: string;
  readonly app: OfficeApp;
  readonly database: TestDatabase;
  readonly accounts: readonly DemonstrationAccount[];
  /** Every route of all rooms with the permission it needs. */
  readonly routes: readonly StaffRoute[];
  readonly clock: Clock;
  /** This office's key, which the clinics' system believes once it is connected. */
  readonly systemKey: SystemKey;
  close(): Promise<void>;
}

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Opens the office as it would be on a day: its clock begins at that instant and goes on. */
export async function openTestOffice(beginsAt: string): Promise<TestOffice> {
  execFileSync(process.execPath, [folder('tools/build-assets.mjs'), '--if-needed'], { stdio: 'ignore' });
  const database = await testDatabase();
  const { db, lgCode } = database;
  const home = await mkdtemp(join(tmpdir(), 'sesshu-story-'));
  const log = createLog('story', 'silent');
  const clock = clockFrom(beginsAt);
  await loadDemonstrationSettings(db);
  const accounts = await ensureDemonstrationStaff(db, { lgCode, isDemonstration: true });
  const common = { db, clock, log, home, rulesFolder: folder('rules') };
  const app = await createOfficeApp({
    ...common,
    isHttps: false,
    trustProxy: false,
    monitorToken: null,
    keyWrapper: testKeyWrapper,
    assetsDir: folder('dist/assets'),
    version: 'test',
  });
  const worker = await startOfficeWorker({ ...common, keyWrapper: testKeyWrapper });
  const address = await listen(app.server, { host: '127.0.0.1', port: 0 });
  return {
    address,
    app,
    database,
    accounts,
    routes: listStaffRoutes(app.staffApp),
    clock,
    systemKey: await openSystemKey(home),
    async close() {
      await app.close(1000);
      await worker.stop();
      await database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function clockFrom(instant: string): Clock {
  const shift = new Date(instant).getTime() - Date.now();
  return { now: () => new Date(Date.now() + shift) };
}
