import type { FastifyInstance } from 'fastify';
import { addOfficeGate } from '#clinic/exchange';
import { openMasters, recalledNews, registerRecordRoutes } from '#clinic/records';
import { describePatients, findPersonsOfLog, forgetOldTraces, registerTicketRoutes } from '#clinic/tickets';
import {
  breachedPasswordsPath,
  clinicDuties,
  createStaffApp,
  openBreachedPasswords,
  renderStaffError,
  type StaffApp,
} from '#common-base/access';
import { readLogCollector, startAuditKeeper } from '#common-base/audit';
import { findSettings, listMunicipalities, openRuleBook } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import type { Clock } from '#platform/clock';
import type { SystemKey } from '#platform/exchange';
import { loadFindingsTables } from '#platform/findings';
import { closeGracefully, createHttpServer, readAssetManifest } from '#platform/http';
import type { KeyWrapper } from '#platform/keys';
import type { Log } from '#platform/log';
import type { PageAssets } from '#platform/pages';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { clinicActNames } from './act-names.ts';
import { createClinicFrame } from './clinic-frame.ts';

/** Everything that differs between installations, given by whoever starts the server. */
export interface ClinicAppOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** SESSHU_HOME of this system; the keys lie below it. */
  readonly home: string;
  /** Whoever holds the key that wraps the secrets of authenticator apps. */
  readonly keyWrapper: KeyWrapper;
  /** This system's key, by which offices know its answers. */
  readonly systemKey: SystemKey;
  readonly isHttps: boolean;
  /** Browsers keep to https for the names below the server's too; default true. */
  readonly coversSubdomains?: boolean;
  readonly trustProxy: boolean | string;
  readonly monitorToken: string | null;
  readonly rulesFolder: string;
  readonly assetsDir: string;
  readonly version: string;
}

/** The clinics' web application, ready to listen. */
export interface ClinicApp {
  readonly server: FastifyInstance;
  /** Every route with the permission it needs. */
  readonly staffApp: StaffApp;
  close(graceMs?: number): Promise<void>;
}

/**
 * The municipality's own settings of sign-in. Duties hold at once: nobody here has the rank that approves, and an
 * account can do nothing before its institution is under contract.
 */
async function findAccessSettings(tx: Tx): Promise<string> {
  const given = JSON.parse((await findSettings(tx, 'access.json')) ?? '{}') as object;
  return JSON.stringify({ ...given, dutiesNeedApproval: false });
}

const forgetEveryMs = 10 * 60_000;

/** Joins the clinics' rooms into one server with its gate and the keeper of its log. */
export async function createClinicApp(options: ClinicAppOptions): Promise<ClinicApp> {
  const { db, clock, log, home } = options;
  const frame = createClinicFrame(await readPageAssets(options.assetsDir), options.version);
  const server = await createHttpServer({
    log,
    isHttps: options.isHttps,
    coversSubdomains: options.coversSubdomains ?? true,
    trustProxy: options.trustProxy,
    assetsDir: options.assetsDir,
    renderError: renderStaffError(frame),
    isReady: async () => (await db.app.query('SELECT 1')).rowCount === 1,
    monitorToken: options.monitorToken,
  });
  const staffApp = await createStaffApp(server, {
    db,
    clock,
    log,
    isHttps: options.isHttps,
    isBreachedPassword: openBreachedPasswords(breachedPasswordsPath(options.home)),
    keyWrapper: options.keyWrapper,
    frame,
    duties: clinicDuties,
    cookieName: 'sesshu-clinic',
    listOffices: () => listMunicipalities(db),
    findAccessSettings,
    logPersons: {
      label: '予診票の発行番号か仮の番号',
      hint: 'この人の記録をだれが見たかを調べるときに入力します。',
      find: findPersonsOfLog,
    },
    describePersons: describePatients,
    actNames: clinicActNames,
  });
  const now = () => clock.now().getTime();
  const ruleBook = await openRuleBook(db, options.rulesFolder, now, '医療機関ウェブ');
  const tools = {
    findings: await loadFindingsTables(),
    rulesOf: (lgCode: LgCode) => ruleBook.rulesOf(lgCode),
    mastersOf: openMasters(now),
  };
  registerTicketRoutes(staffApp, { newsOf: recalledNews(tools.mastersOf) });
  registerRecordRoutes(staffApp, tools);
  const collector = readLogCollector(process.env);
  const listLgCodes = async () => (await listMunicipalities(db)).map(({ lgCode }) => lgCode);
  await addOfficeGate(server, { db, clock, key: options.systemKey, listLgCodes });
  const keeper = startAuditKeeper(db, { home, clock, log, listLgCodes, collector });
  const forgetting = forgetFromTimeToTime(options, listLgCodes);
  return {
    server,
    staffApp,
    async close(graceMs = 10_000) {
      clearInterval(forgetting);
      await closeGracefully(server, graceMs);
      // Last, so that what the last requests did is sealed too.
      await keeper.stop();
    },
  };
}

function forgetFromTimeToTime(
  { db, clock, log }: ClinicAppOptions,
  listLgCodes: () => Promise<readonly LgCode[]>,
): NodeJS.Timeout {
  const forget = async (): Promise<void> => {
    for (const lgCode of await listLgCodes()) {
      await withMunicipality(db, lgCode, (tx) => forgetOldTraces(tx, clock.now()));
    }
  };
  const timer = setInterval(() => {
    forget().catch((error: unknown) => log.error({ err: error }, 'old openings could not be forgotten; trying again'));
  }, forgetEveryMs);
  timer.unref();
  return timer;
}

/** The office's style sheet and scripts (tokens, components, lock, passkeys) and the clinics' own beside them. */
async function readPageAssets(assetsDir: string): Promise<PageAssets> {
  const manifest = await readAssetManifest(assetsDir);
  return {
    stylesheets: [manifest.addressOf('styles.css'), manifest.addressOf('../clinic-web/styles.css')],
    scripts: [manifest.addressOf('islands/main.ts'), manifest.addressOf('../clinic-web/islands/main.ts')],
    icon: manifest.addressOf('emblem.svg'),
  };
}
