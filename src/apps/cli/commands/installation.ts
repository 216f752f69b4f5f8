import { resolve } from 'node:path';
import { addStaff, asOperator, type Role, requirePermission, roleNames } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { registerMunicipality } from '#common-base/municipalities';
import { type Day, findIsoDay } from '#kernel';
import { listLayoutFaults } from '#ledger/intake';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import { prepareJobs } from '#platform/jobs';
import { upgradeDatabase, withMunicipality } from '#platform/postgres';
import { type Call, type Command, WrongUse } from '../command.ts';
import { withInstallation, withOffice } from '../open-office.ts';
import { prepareOfficeVault } from '../prepare-office-vault.ts';
import { findOption, getOption } from '../run-command.ts';

/** Creating and upgrading the database, registering a municipality, the first administrator. */
export const installationCommands: readonly Command[] = [
  {
    path: 'init',
    usage: '--settings DIR',
    summary: 'データベースを用意し（古ければ進め）、設定フォルダーの自治体を登録する',
    options: { settings: 'text' },
    run: (call, around) => {
      const folder = resolve(getOption(call, 'settings'));
      return withInstallation(
        around,
        async ({ db }) => {
          const migrations = await upgradeDatabase(db);
          await prepareJobs(db);
          const { lgCode, created } = await registerMunicipality(db, folder);
          // Settings decide also about sessions, second factors and reasons: who put them in force stands in the log.
          const given = { as: findOption(call, 'as') ?? null, reason: findOption(call, 'reason') ?? null };
          const actor = await asOperator(db, lgCode, { osUser: around.osUser, ...given });
          const details = { created, migrations: migrations.length };
          const act = { act: 'municipalities.settingsLoaded', details };
          await withMunicipality(db, lgCode, (tx) => recordAct(tx, actor, act));
          const what = created ? 'を登録しました' : 'の設定を読み直しました';
          const lines = [`自治体 ${lgCode} ${what}。移行 ${migrations.length}件。`];
          const faults = await withMunicipality(db, lgCode, listLayoutFaults);
          const notes = [...faults, ...(await prepareOfficeVault(db, lgCode, around))];
          return { exitCode: 0, json: { lgCode, created, migrations }, lines, notes };
        },
        true,
      );
    },
  },
  {
    path: 'staff add',
    usage: '--account NAME --name 氏名 --department 所属 --roles ROLE,…',
    summary: '職員を登録する（最初の管理者もこれで作る）。最初のパスワードは一度だけ示す',
    options: { account: 'text', name: 'text', department: 'text', roles: 'text', 'expires-on': 'text' },
    run: (call, around) =>
      withOffice(call, around, async ({ context }) => {
        requirePermission(context.actor, 'staff.manage');
        const decision = await addStaff(context, {
          accountName: getOption(call, 'account'),
          displayName: getOption(call, 'name'),
          department: getOption(call, 'department'),
          roles: readRoles(getOption(call, 'roles')),
          expiresOn: readExpiry(call),
        });
        if (decision.answer === 'refused') {
          const tables = await loadFindingsTables();
          const refused = decision.findings.map(({ code }) => code);
          return {
            exitCode: 1,
            json: { refused },
            lines: decision.findings.map((found) => {
              const { message, whatToDo } = explainFinding(tables, found);
              return `${message}${whatToDo}`;
            }),
          };
        }
        const json = decision.value;
        const lines = [
          `職員 ${json.staffId} を登録しました。`,
          `最初のパスワード（一度だけ示します）: ${json.initialPassword}`,
        ];
        return { exitCode: 0, json, lines };
      }),
  },
];

function readRoles(text: string): Role[] {
  const known = Object.keys(roleNames);
  return text.split(',').map((role) => {
    const trimmed = role.trim();
    if (!isRole(trimmed)) throw new WrongUse(`役割 ${trimmed} はありません。使える役割: ${known.join('、')}`);
    return trimmed;
  });
}

function isRole(text: string): text is Role {
  return Object.hasOwn(roleNames, text);
}

function readExpiry(call: Call): Day | null {
  const text = findOption(call, 'expires-on');
  if (text === undefined) return null;
  const day = findIsoDay(text);
  if (day === undefined) throw new WrongUse('--expires-on は 2027-03-31 の形で書いてください。');
  return day;
}
