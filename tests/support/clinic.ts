import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClinicApp, createClinicApp, ensureClinicStaff } from '#apps/clinic-web';
import { connectOffice } from '#clinic/exchange';
import { asOperator, type DemonstrationAccount, listStaffRoutes, type StaffRoute } from '#common-base/access';
import type { Clock } from '#platform/clock';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { listen } from '#platform/http';
import { createLog } from '#platform/log';
import { loadDemonstrationSettings } from './addressees.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { testKeyWrapper } from './numbers.ts';

/** The clinics' system on a database and a home of its own, as another machine would be. */
export interface TestClinic {
  readonly address: string;
  readonly app: ClinicApp;
  readonly database: TestDatabase;
  readonly accounts: readonly DemonstrationAccount[];
  readonly routes: readonly StaffRoute[];
  /** Its key, by whose public half an office knows its answers. */
  readonly key: SystemKey;
  /** Believes an office's key. */
  connect(office: SystemKey): Promise<void>;
  close(): Promise<void>;
}

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Opens the clinics' system; the accounts `clinic1`, `clinic2` … belong to the institutions named. */
export async function openTestClinic(clock: Clock, institutionCodes: readonly string[]): Promise<TestClinic> {
  execFileSync(process.execPath, [folder('tools/build-assets.mjs'), '--if-needed'], { stdio: 'ignore' });
  const database = await testDatabase({ system: 'clinic' });
  const { db, lgCode } = database;
  const home = await mkdtemp(join(tmpdir(), 'sesshu-clinic-'));
  await loadDemonstrationSettings(db);
  const accounts = await ensureClinicStaff(db, { lgCode, isDemonstration: true }, institutionCodes);
  const key = await openSystemKey(home);
  const app = await createClinicApp({
    db,
    clock,
    log: createLog('story', 'silent'),
    home,
    keyWrapper: testKeyWrapper,
    systemKey: key,
    isHttps: false,
    trustProxy: false,
    monitorToken: null,
    rulesFolder: folder('rules'),
    assetsDir: folder('dist/assets'),
    version: 'test',
  });
  const address = await listen(app.server, { host: '127.0.0.1', port: 0 });
  return {
    address,
    app,
    database,
    accounts,
    routes: listStaffRoutes(app.staffApp),
    key,
    async connect(office) {
      const actor = await asOperator(db, lgCode, { osUser: 'test', as: null, reason: null });
      await connectOffice({ db, actor, clock }, office.publicText);
    },
    async close() {
      await app.close(1000);
      await database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
