import { resolve } from 'node:path';
import { ensureClinicStaff } from '#apps/clinic-web';
import { connectOffice } from '#clinic/exchange';
import { addStaff, asOperator, type DemonstrationAccount, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { listMunicipalities, registerMunicipality } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { openSystemKey } from '#platform/exchange';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import { makeWrappingKeyFile } from '#platform/keys';
import { type Database, requireCurrentSchema, upgradeDatabase, withMunicipality } from '#platform/postgres';
import { type Call, type Command, type CommandAnswer, type Surroundings, WrongUse } from '../command.ts';
import { demonstrationSettings } from '../office/demonstration-settings.ts';
import type { OfficeProcess } from '../office/keep-running.ts';
import { type ClinicOrder, type ClinicPlan, type StartedClinic, serveClinic } from '../office/run-clinic.ts';
import { withInstallation, withOffice } from '../open-office.ts';
import { findOption, getOption } from '../run-command.ts';
import { showSystemKey } from '../show-system-key.ts';

/** 医療機関ウェブ: the separate system's own commands; the office's side of the exchange is `clinics …`. */
export const clinicCommands: readonly Command[] = [
  {
    path: 'clinic init',
    usage: '--settings DIR [--office-key KEY]',
    summary: '医療機関ウェブのデータベースを用意し、設定フォルダーの自治体を登録する',
    options: { settings: 'text', 'office-key': 'text' },
    run: initClinic,
  },
  {
    path: 'clinic serve',
    usage: '',
    summary: '本番の医療機関ウェブを開く（自治体の事務所とは別の機械・別のデータベースで）',
    options: {},
    run: async (_call, around) => {
      await serveClinic(around, servePlan);
      return undefined;
    },
  },
  {
    path: 'clinic start',
    usage: '--office-key KEY --institutions CODE,CODE',
    summary: '架空の若葉台市の医療機関ウェブを開く（npm start が行うこと）',
    // The program that forks this one has both only later: then they come as a message.
    options: { 'office-key': 'text', institutions: 'text', 'await-order': 'flag' },
    run: async (call, around) => {
      await serveClinic(around, startPlan(readOrder(call)));
      return undefined;
    },
  },
  {
    path: 'clinic connect',
    usage: '--office-key KEY [--only]',
    summary: '自治体の事務所の公開鍵を登録する（--only はほかの鍵を信じるのをやめる）',
    options: { 'office-key': 'text', only: 'flag' },
    run: (call, around) =>
      withOffice(
        call,
        around,
        async ({ context }) => {
          const isOnly = call.options['only'] === true;
          const json = await connectOffice(context, getOption(call, 'office-key'), { isOnly });
          const line = json.isNew ? '登録しました' : 'すでに登録されています';
          return { exitCode: 0, json, lines: [`自治体の公開鍵（番号 ${json.keyId}）は${line}。`] };
        },
        'clinic',
      ),
  },
  {
    path: 'clinic staff add',
    usage: '--account NAME --name 氏名 --institution CODE [--role ROLE]',
    summary: '医療機関ウェブの職員を登録する。最初のパスワードは一度だけ示す',
    options: { account: 'text', name: 'text', institution: 'text', role: 'text' },
    run: (call, around) => withOffice(call, around, (office) => addClinician(call, office.context), 'clinic'),
  },
  { path: 'clinic key', usage: '', summary: '医療機関ウェブの公開鍵を示す', options: {}, run: showSystemKey },
];

async function initClinic(call: Call, around: Surroundings): Promise<CommandAnswer> {
  const folder = resolve(getOption(call, 'settings'));
  const officeKey = findOption(call, 'office-key');
  const work = async ({ db }: { readonly db: Database }): Promise<CommandAnswer> => {
    const migrations = await upgradeDatabase(db, 'clinic');
    const { lgCode, created } = await registerMunicipality(db, folder);
    const given = { as: findOption(call, 'as') ?? null, reason: findOption(call, 'reason') ?? null };
    const actor = await asOperator(db, lgCode, { osUser: around.osUser, ...given });
    const act = { act: 'municipalities.settingsLoaded', details: { created, migrations: migrations.length } };
    await withMunicipality(db, lgCode, (tx) => recordAct(tx, actor, act));
    if (officeKey !== undefined) await connectOffice({ db, actor, clock: around.clock }, officeKey);
    await makeWrappingKeyFile(around.home);
    const { publicText } = await openSystemKey(around.home);
    const what = created ? 'を登録しました' : 'の設定を読み直しました';
    const lines = [
      `自治体 ${lgCode} ${what}。移行 ${migrations.length}件。`,
      `この医療機関ウェブの公開鍵: ${publicText}`,
    ];
    return { exitCode: 0, json: { lgCode, created, migrations, publicKey: publicText }, lines };
  };
  return withInstallation(around, work, true, 'clinic');
}

async function addClinician(call: Call, context: Parameters<typeof addStaff>[0]): Promise<CommandAnswer> {
  requirePermission(context.actor, 'staff.manage');
  const decision = await addStaff(context, {
    accountName: getOption(call, 'account'),
    displayName: getOption(call, 'name'),
    department: getOption(call, 'institution'),
    roles: [findOption(call, 'role') ?? 'clinician'],
  });
  if (decision.answer === 'refused') {
    const tables = await loadFindingsTables();
    const lines = decision.findings.map((found) => explainFinding(tables, found).message);
    return { exitCode: 1, json: { refused: decision.findings.map(({ code }) => code) }, lines };
  }
  const { staffId, initialPassword } = decision.value;
  const lines = [`職員 ${staffId} を登録しました。`, `最初のパスワード（一度だけ示します）: ${initialPassword}`];
  return { exitCode: 0, json: decision.value, lines };
}

const servePlan: ClinicPlan = {
  mayCreate: false,
  mayMove: false,
  logLevel: 'info',
  async prepare({ installation }) {
    const { db, isEmbedded } = installation;
    if (isEmbedded) await upgradeDatabase(db, 'clinic');
    else await requireCurrentSchema(db, 'clinic');
    if ((await listMunicipalities(db)).length > 0) return;
    throw new WrongUse('自治体がまだありません。先に sesshu clinic init --settings DIR を実行してください。');
  },
  announce(address, { say }, { publicText }) {
    say(`${address} で待ち受けています。公開鍵は ${publicText} です。終わるには Ctrl-C を押します。`);
  },
};

/** The order as typed; or, with `--await-order`, the message of the office that forked this process. */
function readOrder(call: Call): Promise<ClinicOrder> {
  if (call.options['await-order'] === true) {
    return new Promise((resolve) => process.once('message', (order) => resolve(order as ClinicOrder)));
  }
  const institutionCodes = getOption(call, 'institutions').split(',');
  return Promise.resolve({ officeKey: getOption(call, 'office-key'), institutionCodes });
}

function startPlan(order: Promise<ClinicOrder>): ClinicPlan {
  let accounts: readonly DemonstrationAccount[] = [];
  return {
    mayCreate: true,
    mayMove: true,
    logLevel: 'warn',
    async prepare(process) {
      accounts = await prepareDemonstration(process, order);
    },
    announce(address, _process, { publicText }) {
      const started: StartedClinic = { address, publicText, accounts };
      process.send?.(started);
    },
  };
}

async function prepareDemonstration(
  { installation, around, stop }: OfficeProcess,
  order: Promise<ClinicOrder>,
): Promise<readonly DemonstrationAccount[]> {
  const { db } = installation;
  await upgradeDatabase(db, 'clinic');
  const { lgCode }: { lgCode: LgCode } = await registerMunicipality(db, demonstrationSettings);
  await makeWrappingKeyFile(around.home);
  const ordered = await Promise.race([order, stop.asked]);
  stop.throwIfAsked();
  if (ordered === undefined) return [];
  const { officeKey, institutionCodes } = ordered;
  const actor = await asOperator(db, lgCode, { osUser: around.osUser, as: null, reason: 'デモンストレーションの準備' });
  await connectOffice({ db, actor, clock: around.clock }, officeKey, { isOnly: true });
  return ensureClinicStaff(db, { lgCode, isDemonstration: true }, institutionCodes);
}
