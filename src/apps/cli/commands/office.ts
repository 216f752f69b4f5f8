import { existsSync } from 'node:fs';
import { type DemonstrationAccount, ensureDemonstrationStaff } from '#common-base/access';
import { listMunicipalities, registerMunicipality } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { prepareJobs } from '#platform/jobs';
import { requireCurrentSchema, upgradeDatabase } from '#platform/postgres';
import { type Call, type Command, type Surroundings, WrongUse } from '../command.ts';
import { isDemonstrationLoaded } from '../office/demonstration-run.ts';
import { demonstrationSettings } from '../office/demonstration-settings.ts';
import { withInstallationLock } from '../office/installation-lock.ts';
import type { OfficeProcess } from '../office/keep-running.ts';
import type { StartedClinic } from '../office/run-clinic.ts';
import { type OfficePlan, serveOffice, workForOffice } from '../office/run-office.ts';
import { type ClinicBeside, clinicHome, startClinicBeside } from '../office/start-clinic-beside.ts';
import { keepTheKey, prepareOfficeVault } from '../prepare-office-vault.ts';
import { findOption } from '../run-command.ts';

/** What keeps running: the office for trying it out, the office in production, the worker of its own process. */
export const officeCommands: readonly Command[] = [
  {
    path: 'start',
    usage: '[--people N]',
    summary: '事務所を開く（はじめは架空の若葉台市を用意する。npm start が行うこと）',
    options: { people: 'text' },
    run: async (call, around) => {
      await serveOffice(around, startPlan(around, readPeople(call)));
      return undefined;
    },
  },
  {
    path: 'serve',
    usage: '',
    summary: '本番の事務所を開く（画面とワーカー。デモンストレーションは作らない）',
    options: { 'without-worker': 'flag' },
    run: async (call, around) => {
      await serveOffice(around, servePlan(call.options['without-worker'] !== true));
      return undefined;
    },
  },
  {
    path: 'worker',
    usage: '',
    summary: 'ワーカーだけを動かす（印刷・接種予定の計算・監査ログの封印）',
    options: {},
    run: async (_call, around) => {
      await workForOffice(around, { mayCreate: false, logLevel: 'info', prepare: requireReadyOffice });
      return undefined;
    },
  },
];

function servePlan(hasWorker: boolean): OfficePlan {
  return {
    mayCreate: false,
    logLevel: 'info',
    hasWorker,
    prepare: requireReadyOffice,
    async announce(address, { say }) {
      say(`${address} で待ち受けています。終わるには Ctrl-C を押します。`);
    },
  };
}

/** Production creates nothing by itself: what is missing is named. */
async function requireReadyOffice({ installation }: OfficeProcess): Promise<void> {
  const { db, isEmbedded } = installation;
  if (isEmbedded) await bringForward(installation);
  else await requireCurrentSchema(db);
  if ((await listMunicipalities(db)).length > 0) return;
  throw new WrongUse('自治体がまだありません。先に sesshu init --settings DIR を実行してください。');
}

async function bringForward({ db }: OfficeProcess['installation']): Promise<void> {
  await upgradeDatabase(db);
  await prepareJobs(db);
}

function startPlan(around: Surroundings, people: number): OfficePlan {
  let accounts: readonly DemonstrationAccount[] = [];
  let clinics: ClinicBeside | undefined;
  const beginClinics = (port: number): void => {
    clinics ??= startClinicBeside(around, port + 1 > 65_535 ? 0 : port + 1);
  };
  let officePort = 0;
  return {
    mayCreate: true,
    logLevel: 'warn',
    hasWorker: true,
    begin(port) {
      officePort = port;
      // Only a demonstration has them: where they were made before, they start at once.
      if (existsSync(clinicHome(around.home))) beginClinics(port);
    },
    async prepare(process) {
      const onWait = () => process.say('ほかの Sesshu がデータを準備しています。終わるのを待ちます …');
      await withInstallationLock(process.installation.db, 'preparation', onWait, async () => {
        await bringForward(process.installation);
        const lgCode = await findDemonstration(process);
        if (lgCode === undefined) return;
        beginClinics(officePort);
        accounts = await prepareDemonstration(process, lgCode, people);
      });
    },
    async openBeside(process) {
      const offices = await listMunicipalities(process.installation.db);
      const office = offices.find((each) => each.isDemonstration);
      const beside = clinics;
      if (office === undefined || beside === undefined) return undefined;
      // Introduced before the stand-ins are loaded: it gets ready in its own process meanwhile.
      const introduced = beside.introduce(process, office.lgCode);
      introduced.catch(() => undefined);
      const standIns = await openStandIns(process, office.lgCode);
      return {
        ready: announceClinics(process, introduced),
        async close() {
          await Promise.all([beside.stop(), standIns.close()]);
        },
      };
    },
    async announce(address, process) {
      const offices = await listMunicipalities(process.installation.db);
      const lines = [
        '',
        ...offices.map(({ name, isDemonstration }) => (isDemonstration ? `${name}（架空の市）` : name)),
        `  ${address}`,
        ...(accounts.length === 0 ? [] : ['', ...listAccounts(accounts)]),
        '',
        '終わるには Ctrl-C を押します。',
      ];
      process.around.output.write(`${lines.join('\n')}\n`);
    },
    end: async () => clinics?.stop(),
  };
}

/** The stand-ins of national systems and of the portal, loaded when the office answers already. */
async function openStandIns(process: OfficeProcess, lgCode: LgCode): Promise<{ close(): Promise<void> }> {
  const { openNationalBeside } = await import('../office/start-national-beside.ts');
  const { openPortalBeside } = await import('../office/start-portal-beside.ts');
  const closeNational = await openNationalBeside(process, lgCode);
  const portal = await openPortalBeside(process, lgCode);
  process.say(`マイナポータルのお知らせの代役（本物ではありません）: ${portal.origin}`);
  return {
    async close() {
      await portal.close();
      await closeNational();
    },
  };
}

/** Says where the clinics' pages are when they are open; what fails is logged and said, and the office goes on. */
async function announceClinics(process: OfficeProcess, introduced: Promise<StartedClinic | undefined>): Promise<void> {
  const started = await introduced.catch((error: unknown) => {
    process.log.error({ err: error }, 'the clinics could not be connected');
  });
  if (started === undefined) {
    if (!process.stop.isAsked()) process.say('医療機関ウェブは開けませんでした。事務所はこのまま使えます。');
    return;
  }
  const lines = [
    '',
    '医療機関ウェブ（別のシステム）',
    `  ${started.address}`,
    ...listAccounts(started.accounts).slice(1),
    '',
  ];
  process.around.output.write(`${lines.join('\n')}\n`);
}

/** The demonstration of this installation, registered where there is no municipality yet; a real one is left alone. */
async function findDemonstration({ installation }: OfficeProcess): Promise<LgCode | undefined> {
  const offices = await listMunicipalities(installation.db);
  if (offices.length > 0 && !offices.some(({ isDemonstration }) => isDemonstration)) return undefined;
  return (await registerMunicipality(installation.db, demonstrationSettings)).lgCode;
}

/** Makes the demonstration in an empty installation, or goes on with one. */
async function prepareDemonstration(
  process: OfficeProcess,
  lgCode: LgCode,
  people: number,
): Promise<readonly DemonstrationAccount[]> {
  const { around, installation, log, stop, say } = process;
  const { db } = installation;
  const notes = await prepareOfficeVault(db, lgCode, around);
  // The key of invented numbers need not be kept elsewhere.
  if (!notes.includes(keepTheKey)) for (const note of notes) say(note);
  if (!(await isDemonstrationLoaded(db, lgCode))) {
    const { loadDemonstration } = await import('../office/load-demonstration.ts');
    await loadDemonstration({ db, lgCode, around, log, stop, people, say });
  }
  return ensureDemonstrationStaff(db, { lgCode, isDemonstration: true });
}

/** The size of a new demonstration; an office that has its data keeps it. */
function readPeople(call: Call): number {
  const text = findOption(call, 'people') ?? '3000';
  if (/^\d{3,6}$/u.test(text)) return Number(text);
  throw new WrongUse(`--people は 100 から 999999 までの数字で指定してください (${text} は使えません)。`);
}

function listAccounts(accounts: readonly DemonstrationAccount[]): string[] {
  return [
    '  デモンストレーションの職員（アカウント / パスワード）',
    ...accounts.map(
      ({ accountName, password, roleName, displayName }) =>
        `    ${accountName.padEnd(10)} / ${password}   ${roleName} ${displayName}`,
    ),
  ];
}
