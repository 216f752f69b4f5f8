import { resolve } from 'node:path';
import { type Actor, asOperator, NotPermitted, recordRefusal, requirePermission } from '#common-base/access';
import { type Act, recordAct, sealAudit, writeCheckpoint } from '#common-base/audit';
import { listMunicipalities } from '#common-base/municipalities';
import { prepareJobs } from '#platform/jobs';
import {
  type BackupResult,
  backupDatabase,
  type Database,
  getSystem,
  type Installation,
  restoreDatabase,
  withMunicipality,
} from '#platform/postgres';
import { type Call, type Command, type CommandAnswer, type Surroundings, WrongUse } from '../command.ts';
import { progressOn, withInstallation, withOffice } from '../open-office.ts';
import { findOption, getWord } from '../run-command.ts';

/** What keeps an installation safe: backup, restore, and the signed checkpoints of the log. */
export const upkeepCommands: readonly Command[] = [
  {
    path: 'backup',
    usage: 'DIR',
    summary:
      '全自治体のデータ（医療機関ウェブではそのデータ）を、一つの時点の写しとして空のフォルダーに取る（業務を止めずに取れる）',
    options: {},
    run: (call, around) => {
      const folder = resolve(getWord(call, 0, 'バックアップを置くフォルダー'));
      const work = async ({ db }: Installation): Promise<CommandAnswer> => {
        const actors = await listActors(db, call, around, 'backup.run');
        const onProgress = progressOn(around.messages);
        const result = await backupDatabase(db, folder, { createdAt: around.clock.now(), onProgress });
        await recordInAll(db, actors, { act: 'installation.backedUp', details: { ...result } });
        return answerOf(result, `${folder} にバックアップを取りました`);
      };
      return withInstallation(around, work, false, 'any');
    },
  },
  {
    path: 'restore',
    usage: 'DIR',
    summary: 'バックアップを空のデータベースに戻す（ファイルが一つでも壊れていれば何もしない）',
    options: {},
    run: (call, around) => {
      const folder = resolve(getWord(call, 0, 'バックアップのフォルダー'));
      if (findOption(call, 'as') !== undefined) {
        throw new WrongUse('復元では --as を使えません。空のデータベースには、まだ職員がいません。');
      }
      return withInstallation(
        around,
        async ({ db }) => {
          const result = await restoreDatabase(db, folder, { onProgress: progressOn(around.messages) });
          // Only the office has a queue of jobs.
          if ((await getSystem(db)) === 'core') await prepareJobs(db);
          const actors = await listActors(db, call, around, 'restore.run');
          await recordInAll(db, actors, { act: 'installation.restored', details: { ...result } });
          return answerOf(result, `${folder} から戻しました`);
        },
        true,
      );
    },
  },
  {
    path: 'audit checkpoint',
    usage: '',
    summary: '監査ログを封印し、署名した確認点をデータベースの外のファイルに足す',
    options: {},
    run: (call, around) =>
      withOffice(call, around, async ({ context, installation, lgCode }) => {
        requirePermission(context.actor, 'audit.checkpoint');
        const { db, clock } = context;
        await sealAudit(db, lgCode, { isPatient: true });
        const checkpoint = await writeCheckpoint(db, lgCode, { home: installation.home, at: clock.now() });
        const what = checkpoint === undefined ? '監査ログはまだ空です。' : '監査ログの確認点を書きました。';
        return { exitCode: 0, json: checkpoint ?? null, lines: [what] };
      }),
  },
];

/**
 * Who acts, in every municipality of the installation: the member of `--as` where `--municipality` has such a member,
 * elsewhere the operating system's user. Refused before anything is done.
 */
async function listActors(
  db: Database,
  call: Call,
  around: Surroundings,
  permission: 'backup.run' | 'restore.run',
): Promise<Actor[]> {
  const actors: Actor[] = [];
  const chosen = findOption(call, 'municipality');
  for (const { lgCode } of await listMunicipalities(db)) {
    const as = chosen === undefined || chosen === lgCode ? (findOption(call, 'as') ?? null) : null;
    const actor = await asOperator(db, lgCode, {
      osUser: around.osUser,
      as,
      reason: findOption(call, 'reason') ?? null,
    });
    try {
      requirePermission(actor, permission);
    } catch (error) {
      if (error instanceof NotPermitted) await recordRefusal(db, actor, error, 'cli');
      throw error;
    }
    actors.push(actor);
  }
  return actors;
}

async function recordInAll(db: Database, actors: readonly Actor[], act: Act): Promise<void> {
  for (const actor of actors) await withMunicipality(db, actor.lgCode, (tx) => recordAct(tx, actor, act));
}

function answerOf(result: BackupResult, what: string): CommandAnswer {
  const { tables, rows, digest } = result;
  return { exitCode: 0, json: result, lines: [`${what}: ${tables}表 ${rows}行。要約値 ${digest}`] };
}
