import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { addInquiryGate, registerLinkedSystemRoutes } from '#addressees/inquiries';
import { registerNumberRoutes } from '#addressees/numbers';
import { findPersonIdByAddresseeNumber, loadPersonsForJudging, registerPersonRoutes } from '#addressees/persons';
import { registerRegistrationRoutes } from '#addressees/registration';
import {
  breachedPasswordsPath,
  createStaffApp,
  openBreachedPasswords,
  renderStaffError,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { findSettings, openRuleBook } from '#common-base/municipalities';
import { registerOversightRoutes } from '#common-base/oversight';
import type { LgCode } from '#kernel';
import { registerBundleRoutes } from '#ledger/bundles';
import { registerCertificateRoutes } from '#ledger/certificates';
import { registerClinicExchangeRoutes } from '#ledger/clinic-exchange';
import { registerContractRoutes } from '#ledger/contracts';
import { registerHistoryInquiryRoutes } from '#ledger/history-inquiries';
import { batchPath, countRowsOfLot, registerIntakeRoutes } from '#ledger/intake';
import { registerMasterRoutes } from '#ledger/masters';
import { openNoticeLibrary, registerNoticeRoutes } from '#ledger/notices';
import { registerReservationRoutes } from '#ledger/reservations';
import { registerRuleRoutes } from '#ledger/rules';
import { listReportLinks, lotTraceOf, registerSafetyRoutes, type SafetyTools } from '#ledger/safety';
import { registerFactRoutes, registerRecordRoutes, touchLedgers } from '#ledger/vaccinations';
import type { Clock } from '#platform/clock';
import { openSystemKey } from '#platform/exchange';
import { loadFindingsTables } from '#platform/findings';
import { closeGracefully, createHttpServer, readAssetManifest } from '#platform/http';
import type { KeyWrapper } from '#platform/keys';
import type { Log } from '#platform/log';
import type { PageAssets } from '#platform/pages';
import type { Database } from '#platform/postgres';
import { parseRules } from '#schedule';
import { actNames } from './act-names.ts';
import { exportSets } from './export-sets.ts';
import { registerImportRoutes } from './import-routes.ts';
import { registerLayoutRoutes } from './layout-routes.ts';
import { createLongWork } from './long-work.ts';
import { mutualSets } from './mutual-sets.ts';
import { openOfficeDirectory } from './office-directory.ts';
import { orderWork } from './order-work.ts';
import { importsPath } from './pages/paths.ts';
import { registerPersonPage } from './person-page-route.ts';
import { registerRunRoutes } from './run-routes.ts';
import { createStaffFrame } from './staff-frame.ts';
import { registerStartRoute } from './start-route.ts';

/** Everything that differs between installations, given by whoever starts the server. */
export interface OfficeAppOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** SESSHU_HOME; its folder `fonts` holds the municipality's own fonts (外字). */
  readonly home: string;
  /** Whoever holds the wrapping key of the vault of individual numbers. */
  readonly keyWrapper: KeyWrapper;
  /** The secret that a municipality's identity provider gave to this installation; see the guide to access. */
  readonly findOpenIdSecret?: (lgCode: LgCode) => string | undefined;
  /** People reach the server by https, itself or through a proxy. */
  readonly isHttps: boolean;
  /** Browsers keep to https for the names below the server's too; default true. */
  readonly coversSubdomains?: boolean;
  readonly trustProxy: boolean | string;
  /** Secret by which a monitoring system elsewhere may ask for health and figures; null: this machine only. */
  readonly monitorToken: string | null;
  /** The folder of the rules; the forms lie in its `forms`. */
  readonly rulesFolder: string;
  /** The built style sheet and islands with their manifest. */
  readonly assetsDir: string;
  /** The program's version, shown in the foot of every page. */
  readonly version: string;
}

/** The staff's web application, ready to listen. */
export interface OfficeApp {
  readonly server: FastifyInstance;
  /** Every route with the permission it needs. */
  readonly staffApp: StaffApp;
  /** Lets the work under way end, takes no new requests, and closes. */
  close(graceMs?: number): Promise<void>;
}

/** Joins the pages of all rooms into one server; it holds no state but caches, and files being taken in. */
export async function createOfficeApp(options: OfficeAppOptions): Promise<OfficeApp> {
  const { db, clock, log } = options;
  const frame = createStaffFrame(await readPageAssets(options.assetsDir), options.version);
  const directory = openOfficeDirectory(db);
  const server = await createHttpServer({
    log,
    isHttps: options.isHttps,
    coversSubdomains: options.coversSubdomains ?? true,
    trustProxy: options.trustProxy,
    assetsDir: options.assetsDir,
    renderError: renderStaffError(frame),
    isReady: () => answers(db),
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
    listOffices: directory.listOffices,
    lgCodeOfHost: directory.lgCodeOfHost,
    findAccessSettings: (tx) => findSettings(tx, 'access.json'),
    ...(options.findOpenIdSecret === undefined ? {} : { findOpenIdSecret: options.findOpenIdSecret }),
    findPersonIds: async (tx, text) => {
      const personId = await findPersonIdByAddresseeNumber(tx, text);
      return personId === undefined ? [] : [personId];
    },
    describePersons: async (tx, personIds) => {
      const people = await loadPersonsForJudging(tx, { personIds });
      return new Map(people.map((person) => [person.personId, person.addresseeNumber]));
    },
    actNames,
  });
  await addInquiryGate(server, {
    db,
    clock,
    keyWrapper: options.keyWrapper,
    key: await openSystemKey(options.home),
    listLgCodes: async () => (await directory.listOffices()).map(({ lgCode }) => lgCode),
  });
  const work = createLongWork(log);
  await registerRooms(staffApp, options, work);
  return {
    server,
    staffApp,
    async close(graceMs = 10_000) {
      await work.finish(graceMs);
      await closeGracefully(server, graceMs);
    },
  };
}

async function registerRooms(
  app: StaffApp,
  options: OfficeAppOptions,
  work: ReturnType<typeof createLongWork>,
): Promise<void> {
  const findings = await loadFindingsTables();
  const ruleBook = await openRuleBook(options.db, options.rulesFolder, () => options.clock.now().getTime(), '職員画面');
  const library = await openNoticeLibrary({
    rules: parseRules(ruleBook.files),
    formsFolder: join(options.rulesFolder, 'forms'),
    fontFolders: [join(options.home, 'fonts')],
  });
  const rulesOf = (context: StaffContext) => ruleBook.rulesOf(context.lgCode);
  const tools = { findings, rulesOf, library, orderWork };
  registerStartRoute(app, tools);
  registerPersonRoutes(app);
  registerPersonPage(app, tools);
  registerFactRoutes(app, tools);
  registerRecordRoutes(app, {
    findings,
    rulesOf,
    rulesInForce: (tx) => ruleBook.rulesOf(tx.lgCode),
    reportLinks: listReportLinks,
  });
  registerNumberRoutes(app, options.keyWrapper, () => options.clock.now());
  registerLinkedSystemRoutes(app);
  registerRegistrationRoutes(app, { findings, onLinksChanged: touchLedgers, orderWork });
  registerIntakeRoutes(app, { findings, rulesOf, orderWork });
  registerClinicExchangeRoutes(app, tools);
  registerHistoryInquiryRoutes(app, {
    findings,
    rulesOf,
    rulesInForce: (tx) => ruleBook.rulesOf(tx.lgCode),
    now: () => options.clock.now(),
  });
  registerBundleRoutes(app, tools);
  registerNoticeRoutes(app, tools);
  registerCertificateRoutes(app, tools);
  registerImportRoutes(app, { findings, takeFile: work.takeFile, orderWork, keyWrapper: options.keyWrapper });
  registerLayoutRoutes(app, tools);
  registerContractRoutes(app, { ...tools, importsPath });
  registerMasterRoutes(app, { ...tools, lotTraceOf });
  registerReservationRoutes(app, tools);
  registerSafetyRoutes(app, { ...tools, listWaiting });
  registerRunRoutes(app);
  registerOversightRoutes(app, async (tx) => [...exportSets, ...(await mutualSets(tx))]);
  registerRuleRoutes(app, tools);
}

/** The addresses of the built files as every page names them. */
async function readPageAssets(assetsDir: string): Promise<PageAssets> {
  const manifest = await readAssetManifest(assetsDir);
  return {
    stylesheets: [manifest.addressOf('styles.css')],
    scripts: [manifest.addressOf('islands/main.ts')],
    icon: manifest.addressOf('emblem.svg'),
  };
}

async function answers(db: Database): Promise<boolean> {
  await db.app.query('SELECT 1');
  return true;
}

/** Where a lot went, intake tells beside the ledger: what waits there is in nobody's history yet. */
const listWaiting: SafetyTools['listWaiting'] = async (tx, asked) =>
  (await countRowsOfLot(tx, asked)).map(({ batchId, fileName, rows, isMore }) => ({
    fileName,
    rows,
    isMore,
    href: batchPath(batchId),
  }));
