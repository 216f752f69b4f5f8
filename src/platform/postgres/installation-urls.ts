import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { createClient, withClient } from './connect.ts';
import { DatabaseTrouble } from './errors.ts';
import { closeLargeObjects } from './large-objects.ts';
import { createDatabaseOnce, createRoles, drawPasswords, handOverDatabase, roleNames, urlsForRoles } from './roles.ts';
import type { DatabaseUrls } from './types.ts';
import { urlVariables } from './url-variables.ts';

type UrlKey = keyof typeof urlVariables;
type Passwords = ReturnType<typeof drawPasswords>;
type Environment = Readonly<Record<string, string | undefined>>;

const urlKeys = Object.keys(urlVariables) as UrlKey[];

/**
 * The connection strings of an installation on the operator's own PostgreSQL; undefined where it uses the embedded
 * one. The environment stands over what `init` wrote to `SESSHU_HOME/database.env`. An administrator's URL alone
 * counts only at `init` (`mayCreate`), which then makes the roles and that file.
 */
export async function findInstallationUrls(
  home: string,
  env: Environment,
  mayCreate: boolean,
): Promise<Partial<DatabaseUrls> | undefined> {
  const path = join(home, 'database.env');
  const written = await readUrlFile(path);
  const given = pickUrls((key) => env[urlVariables[key]]);
  if (given.app === undefined || given.app === null)
    return written === undefined ? undefined : { ...written, ...given };
  if (Object.keys(given).length > 1 || !(await isAdministrator(given.app))) return { ...written, ...given };
  const isKnown = written?.app !== undefined && isSameDatabase(written.app, given.app);
  if (isKnown && !mayCreate) return written;
  if (!mayCreate) {
    throw new DatabaseTrouble(
      'DATABASE_URL が管理者の接続先です。先に「sesshu init」を実行して、業務用の役割を作ってください。',
    );
  }
  return createInstallationRoles(given.app, path, isKnown ? readPasswords(written) : undefined);
}

/**
 * Makes the six roles with drawn passwords and keeps their URLs in a file for this account alone; `known` are those of
 * that file, from an `init` that was broken off. Roles of another installation on the same server are left alone: a new
 * password would lock it out.
 */
async function createInstallationRoles(adminUrl: string, path: string, known?: Passwords): Promise<DatabaseUrls> {
  const database = decodeURIComponent(new URL(adminUrl).pathname.slice(1));
  if (['', 'postgres', 'template0', 'template1'].includes(database)) {
    throw new DatabaseTrouble('DATABASE_URL の終わりに、Sesshu専用のデータベース名を付けてください (例 …/sesshu)。');
  }
  const passwords = known ?? drawPasswords();
  const urls = urlsForRoles(adminUrl, passwords);
  const maintenance = new URL(adminUrl);
  maintenance.pathname = '/postgres';
  if (known === undefined) await withClient(maintenance.href, refuseForeignRoles);
  // Written first: a kill after the passwords were set must not leave passwords that nobody knows.
  await writeUrlFile(path, urls);
  await withClient(maintenance.href, async (admin) => {
    await createRoles(admin, passwords);
    await createDatabaseOnce(admin, database);
    await handOverDatabase(admin, database);
  });
  await withClient(adminUrl, closeLargeObjects);
  return urls;
}

async function refuseForeignRoles(admin: pg.Client): Promise<void> {
  const names = Object.values(roleNames);
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = ANY($1)', [names]);
  if (rowCount === 0) return;
  throw new DatabaseTrouble(
    'このPostgreSQLには、ほかのSesshuの役割 (sesshu_app など) がすでにあります。そのSesshuを止めないために、何も変えていません。別のPostgreSQLを使うか、六つの接続先を環境変数で渡してください (docs/guides/install.md)。',
  );
}

/** The passwords in the URLs of `database.env`; undefined where one is missing. */
function readPasswords(urls: Partial<DatabaseUrls>): Passwords | undefined {
  const found = urlKeys.map((key) => [key, decodeURIComponent(new URL(urls[key] ?? 'none:').password)] as const);
  return found.every(([, password]) => password !== '') ? (Object.fromEntries(found) as Passwords) : undefined;
}

async function isAdministrator(url: string): Promise<boolean> {
  const ask = async (client: pg.Client): Promise<boolean> => {
    const { rows } = await client.query<{ yes: boolean }>(
      'SELECT rolsuper OR rolcreaterole AS yes FROM pg_roles WHERE rolname = current_user',
    );
    return rows[0]?.yes === true;
  };
  try {
    return await withClient(url, ask);
  } catch (error) {
    if ((error as { code?: string }).code !== '3D000') throw error;
    const maintenance = new URL(url);
    maintenance.pathname = '/postgres';
    return withClient(maintenance.href, ask);
  }
}

function isSameDatabase(a: string, b: string): boolean {
  const [left, right] = [new URL(a), new URL(b)];
  return left.host === right.host && left.pathname === right.pathname && left.search === right.search;
}

async function readUrlFile(path: string): Promise<Partial<DatabaseUrls> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const lines = text.split('\n').filter((line) => line.includes('=') && !line.startsWith('#'));
  const values = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  return pickUrls((key) => values.get(urlVariables[key])?.trim());
}

async function writeUrlFile(path: string, urls: DatabaseUrls): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o711 });
  const lines = urlKeys.map((key) => `${urlVariables[key]}=${urls[key] ?? ''}`);
  const text = `# Sesshuのデータベース接続先。パスワードを含むので他人に見せないこと\n${lines.join('\n')}\n`;
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

function pickUrls(read: (key: UrlKey) => string | undefined): Partial<DatabaseUrls> {
  const found = urlKeys.map((key) => [key, read(key)] as const).filter(([, url]) => url !== undefined && url !== '');
  return Object.fromEntries(found) as Partial<DatabaseUrls>;
}

/** Checks a connection string without showing it: what cannot be parsed is named by its variable alone. */
export function checkUrls(urls: Partial<DatabaseUrls>): void {
  for (const key of urlKeys) {
    const url = urls[key];
    if (url === undefined || url === null) continue;
    try {
      createClient(url);
    } catch {
      throw new DatabaseTrouble(`環境変数 ${urlVariables[key]} が接続先の形 (postgresql://…) になっていません。`);
    }
  }
}
