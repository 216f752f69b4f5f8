import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedAccount } from './embedded-account.ts';
import type { EmbeddedBinaries } from './embedded-binaries.ts';
import type { ClusterPurpose } from './embedded-settings.ts';
import { DatabaseTrouble } from './errors.ts';
import { explainServerLog } from './explain-trouble.ts';
import { serverEnvironment } from './server-environment.ts';

/** The only account that can sign in to a fresh cluster; it makes roles and databases and does nothing else. */
export const clusterAdministrator = 'postgres';

const mebibyte = 1024 * 1024;
const roomBytesMin = 256 * mebibyte;

/** Names of a UTF-8 locale whose character classes know Japanese, in the order in which systems have them. */
const locales = ['C.UTF-8', 'ja_JP.UTF-8', 'en_US.UTF-8'] as const;

/**
 * Makes the data folder of a cluster if there is none: whole or not at all, since it is made under another name
 * first. What a killed attempt left is removed.
 */
export async function createClusterOnce(
  folder: string,
  purpose: ClusterPurpose,
  account: EmbeddedAccount,
  binaries: EmbeddedBinaries,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const dataDir = join(folder, 'data');
  if (!existsSync(join(dataDir, 'PG_VERSION'))) {
    await removeUnfinished(folder);
    await account.own(folder);
    await requireRoom(folder);
    const unfinished = join(folder, 'data.new');
    runInitdb(unfinished, purpose, account, binaries);
    await writeFile(
      join(unfinished, 'pg_hba.conf'),
      '# 組み込み用: 0700のフォルダーにあるソケットだけ\nlocal all all trust\n',
    );
    await rename(unfinished, dataDir);
  }
  await account.own(folder);
  await account.own(dataDir);
}

/** A full disk shows itself while a cluster is made in words that nobody understands; it is looked for before. */
async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= roomBytesMin) return;
  throw new DatabaseTrouble(
    `${folder} のディスクの空きが足りません。${roomBytesMin / mebibyte}MB以上の空きを作るか、環境変数 SESSHU_HOME に別の場所を指定してください。`,
  );
}

async function removeUnfinished(folder: string): Promise<void> {
  const entries = await readdir(folder);
  for (const entry of entries.filter((name) => name.startsWith('data.new'))) {
    await rm(join(folder, entry), { recursive: true, force: true });
  }
}

function runInitdb(
  folder: string,
  purpose: ClusterPurpose,
  account: EmbeddedAccount,
  binaries: EmbeddedBinaries,
): void {
  let output = '';
  for (const locale of locales) {
    const [command, args] = account.commandLine(binaries.initdb, [
      ...['-D', folder, '-U', clusterAdministrator, '--auth=trust', '--encoding=UTF8', `--locale=${locale}`],
      ...['--data-checksums', '--no-instructions', ...(purpose === 'test' ? ['--no-sync'] : [])],
    ]);
    const result = spawnSync(command, args, {
      encoding: 'utf8',
      env: serverEnvironment(process.env, binaries.env),
      ...account.ids,
    });
    if (result.status === 0) return;
    output = `${result.error?.message ?? ''} ${result.stderr ?? ''}`;
    if (!output.includes('locale')) break;
  }
  throw new DatabaseTrouble(`データベースを作れませんでした (${folder})。${explainServerLog(output)}`);
}
