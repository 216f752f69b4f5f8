import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DatabaseUrls } from './types.ts';

/** The six accounts of the database, by what they may do. `owner` runs migrations, backup and restore only. */
export const roleNames = {
  owner: 'sesshu_owner',
  app: 'sesshu_app',
  vault: 'sesshu_vault',
  jobs: 'sesshu_jobs',
  disposal: 'sesshu_disposal',
  read: 'sesshu_read',
} as const;

type RoleKey = keyof typeof roleNames;

const roleComments: Readonly<Record<RoleKey, string>> = {
  owner: 'Sesshu 所有者: 移行・バックアップ・復元・検証だけに使う',
  app: 'Sesshu 業務: 台帳の追記と照会。事実の更新と削除はできない',
  vault: 'Sesshu 番号金庫: 個人番号の金庫だけに触れる',
  jobs: 'Sesshu ジョブ: 待ち行列のスキーマだけを持つ',
  disposal: 'Sesshu 廃棄: 保存期間を過ぎた記録を消す唯一の役割',
  read: 'Sesshu 参照: 個人番号を除く照会',
};

/**
 * Creates the roles that are missing, none with any power over the cluster, and gives each the password of
 * `passwords` (absent on a socket that trusts its folder). Needs an administrator's connection; returns what it made.
 */
export async function createRoles(
  admin: pg.ClientBase,
  passwords: Readonly<Record<RoleKey, string>> | undefined,
): Promise<RoleKey[]> {
  const { rows } = await admin.query<{ rolname: string }>('SELECT rolname FROM pg_roles WHERE rolname = ANY($1)', [
    Object.values(roleNames),
  ]);
  const present = new Set(rows.map((row) => row.rolname));
  const created: RoleKey[] = [];
  for (const key of Object.keys(roleNames) as RoleKey[]) {
    const name = roleNames[key];
    if (!present.has(name)) {
      await admin.query(`CREATE ROLE ${name} LOGIN NOCREATEDB NOCREATEROLE INHERIT`);
      await admin.query(`COMMENT ON ROLE ${name} IS ${pg.escapeLiteral(roleComments[key])}`);
      created.push(key);
    }
    if (passwords !== undefined) {
      await admin.query(`ALTER ROLE ${name} PASSWORD ${pg.escapeLiteral(scramVerifier(passwords[key]))}`);
    }
  }
  return created;
}

/**
 * Makes the database if it is missing, owned by the owner's role, with a locale that knows Japanese, and lets nobody
 * but the six roles connect. `admin` is connected to another database of the cluster.
 */
export async function createDatabaseOnce(admin: pg.ClientBase, database: string): Promise<boolean> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount !== 0) return false;
  await admin.query(
    `CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE template0 ENCODING 'UTF8' LOCALE ${await chooseLocale(admin)}`,
  );
  return true;
}

/** Hands a database to the owner's role and closes it to everybody else. */
export async function handOverDatabase(admin: pg.ClientBase, database: string): Promise<void> {
  const name = pg.escapeIdentifier(database);
  const { rows } = await admin.query<{ is_super: boolean; is_owned: boolean }>(
    `SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_super,
            EXISTS (SELECT 1 FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
                     WHERE d.datname = $1 AND r.rolname = $2) AS is_owned`,
    [database, roleNames.owner],
  );
  if (rows[0]?.is_owned !== true) {
    // An administrator who is no superuser (managed services) must belong to the role to hand something to it.
    const mustJoin = rows[0]?.is_super !== true;
    if (mustJoin) await admin.query(`GRANT ${roleNames.owner} TO CURRENT_USER`);
    await admin.query(`ALTER DATABASE ${name} OWNER TO ${roleNames.owner}`);
    await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${Object.values(roleNames).join(', ')}`);
    if (mustJoin) await admin.query(`REVOKE ${roleNames.owner} FROM CURRENT_USER`);
  }
}

/** The URLs of the six roles on the same server and database as another URL. */
export function urlsForRoles(base: string, passwords: Readonly<Record<RoleKey, string>>): DatabaseUrls {
  const make = (key: RoleKey): string => {
    const url = new URL(base);
    url.username = roleNames[key];
    url.password = passwords[key];
    return url.href;
  };
  return {
    app: make('app'),
    owner: make('owner'),
    vault: make('vault'),
    disposal: make('disposal'),
    jobs: make('jobs'),
    read: make('read'),
  };
}

/** Fresh passwords for the six roles, 192 bits each. */
export function drawPasswords(): Record<RoleKey, string> {
  const draw = (): string => randomBytes(24).toString('base64url');
  return { owner: draw(), app: draw(), vault: draw(), jobs: draw(), disposal: draw(), read: draw() };
}

/** What the server stores of a password (RFC 5803), computed here so that no password appears in its logs. */
function scramVerifier(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyOf = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  const serverKey = keyOf('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

async function chooseLocale(admin: pg.ClientBase): Promise<string> {
  const { rows } = await admin.query<{ datctype: string }>(
    "SELECT datctype FROM pg_database WHERE datname = current_database() AND datctype NOT IN ('C', 'POSIX')",
  );
  return pg.escapeLiteral(rows[0]?.datctype ?? 'C.UTF-8');
}
