import { type DemonstrationAccount, ensureDemonstrationStaff } from '#common-base/access';
import { listMunicipalities, registerMunicipality } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { prepareJobs } from '#platform/jobs';
import { requireCurrentSchema, upgradeDatabase } from '#platform/postgres';
import { type Call, type Command, WrongUse } from '../command.ts';
import { withInstallationLock } from '../office/installation-lock.ts';
import { demonstrationSettings, loadDemonstration } from '../office/load-demonstration.ts';
import {
  type OfficePlan,
  type OfficeProcess,
  type OpenBeside,
  serveOffice,
  workForOffice,
} from '../office/run-office.ts';
import { startClinicBeside } from '../office/start-clinic-beside.ts';
import { openNationalBeside } from '../office/start-national-beside.ts';
import { openPortalBeside } from '../office/start-portal-beside.ts';
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
      await serveOffice(around, startPlan(readPeople(call)));
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

function startPlan(people: number): OfficePlan {
  let accounts: readonly DemonstrationAccount[] = [];
  return {
    mayCreate: true,
    logLevel: 'warn',
    hasWorker: true,
    async prepare(process) {
      const onWait = () => process.say('ほかの Sesshu がデータを準備しています。終わるのを待ちます …');
      accounts = await withInstallationLock(process.installation.db, 'preparation', onWait, async () => {
        await bringForward(process.installation);
        return prepareDemonstration(process, people);
      });
    },
    async openBeside(address, process) {
      const offices = await listMunicipalities(process.installation.db);
      const office = offices.find((each) => each.isDemonstration);
      if (office === undefined) return undefined;
      const closeNational = await openNationalBeside(process, office.lgCode);
      const portal = await openPortalBeside(process, office.lgCode);
      process.say(`マイナポータルのお知らせの代役（本物ではありません）: ${portal.origin}`);
      const clinic = openClinicBeside(process, office.lgCode, address);
      return {
        ready: clinic.ready,
        async close() {
          await clinic.close();
          await portal.close();
          await closeNational();
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
  };
}

/** The clinics' system of the demonstration on the next port; it is announced when it is open. */
function openClinicBeside(process: OfficeProcess, lgCode: LgCode, address: string): OpenBeside {
  const port = Number(new URL(address).port) + 1;
  const clinic = startClinicBeside(process, lgCode, port > 65_535 ? 0 : port);
  const announce = async (): Promise<void> => {
    const started = await clinic.started;
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
  };
  const ready = announce().catch((error: unknown) =>
    process.log.error({ err: error }, 'the clinics could not be connected'),
  );
  return { ready, close: () => clinic.stop() };
}

/** Makes the demonstration in an empty installation, or goes on with one; a real municipality is left alone. */
async function prepareDemonstration(process: OfficeProcess, people: number): Promise<readonly DemonstrationAccount[]> {
  const { around, installation, log, stop, say } = process;
  const { db } = installation;
  const offices = await listMunicipalities(db);
  if (offices.length > 0 && !offices.some(({ isDemonstration }) => isDemonstration)) return [];
  const { lgCode } = await registerMunicipality(db, demonstrationSettings);
  const notes = await prepareOfficeVault(db, lgCode, around);
  // The key of invented numbers need not be kept elsewhere.
  if (!notes.includes(keepTheKey)) for (const note of notes) say(note);
  await loadDemonstration({ db, lgCode, around, log, stop, people, say });
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
