import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { withClient } from './connect.ts';
import { DatabaseTrouble } from './errors.ts';

/** A migration file with the digest that holds it to what was applied. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The separate systems that have a database of their own; `core` is the office. */
export type SystemName = 'core' | 'clinic';

const separateSystems = ['clinic'] as const satisfies readonly SystemName[];

const migrationsRoot = fileURLToPath(new URL('../../../db', import.meta.url));

/**
 * The migrations of a system: the files of its folder, and for every system but the core those of the core that make the
 * tables of shared code, named in its `shared.txt`.
 */
export async function listSystemMigrations(system: SystemName): Promise<Migration[]> {
  const own = await listMigrations(join(migrationsRoot, system));
  if (system === 'core') return own;
  const text = await readFile(join(migrationsRoot, system, 'shared.txt'), 'utf8');
  const names = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const core = new Map((await listMigrations(join(migrationsRoot, 'core'))).map((each) => [each.name, each]));
  const shared = names.map((name) => {
    const migration = core.get(name);
    if (migration === undefined) throw new Error(`db/${system}/shared.txt names ${name}, which db/core does not have`);
    return migration;
  });
  return [...shared, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The system whose schema was made of these migrations; the core where none of another system's own is among them. */
export async function findSystem(applied: readonly { readonly name: string }[]): Promise<SystemName> {
  for (const system of separateSystems) {
    const own = new Set((await listMigrations(join(migrationsRoot, system))).map(({ name }) => name));
    if (applied.some(({ name }) => own.has(name))) return system;
  }
  return 'core';
}

/** The advisory lock of schema changes: exclusive for a runner of migrations, shared for a backup. */
export const migrationLock = 5_377_002;

/** Reads `YYYYMMDDTHHMM_slug.sql` files in the order of their names; any other .sql name is a mistake. */
export async function listMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const wrong = names.find((name) => !/^\d{8}T\d{4}_[a-z0-9_]+\.sql$/u.test(name));
  if (wrong !== undefined) throw new Error(`not a migration's name: ${wrong}`);
  return Promise.all(
    names.map(async (file) => {
      const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { name: file.slice(0, -'.sql'.length), sql, checksum };
    }),
  );
}

/**
 * Brings a database to the present schema: forward only, each file in its own transaction, one runner at a time.
 * Refuses when an applied file was changed or is gone, or when a new one sorts before an applied one. Answers the
 * names applied now.
 */
export async function migrate(
  url: string,
  migrations: readonly Migration[],
  schema = 'public',
  onApplied: (name: string) => void = () => undefined,
): Promise<string[]> {
  return withClient(url, async (client) => {
    // Session lock on a connection of its own: released when it closes, also by a kill.
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await createRegister(client, schema);
    const pending = decidePending(migrations, await listApplied(client, schema));
    for (const migration of pending) {
      await apply(client, migration, schema);
      onApplied(migration.name);
    }
    return pending.map((migration) => migration.name);
  });
}

/** The migrations that a database still lacks; throws where the files and the database contradict each other. */
export async function listPendingMigrations(
  client: pg.ClientBase | pg.Pool,
  migrations: readonly Migration[],
  schema = 'public',
): Promise<string[]> {
  return decidePending(migrations, await listApplied(client, schema)).map((migration) => migration.name);
}

/** What was applied to a database, in order; none where the register does not exist yet. */
export async function listApplied(
  client: pg.ClientBase | pg.Pool,
  schema = 'public',
): Promise<{ name: string; checksum: string }[]> {
  const { rows: found } = await client.query('SELECT to_regclass($1) AS register', [`${schema}.schema_migrations`]);
  if ((found[0] as { register: string | null }).register === null) return [];
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT name, checksum FROM ${schema}.schema_migrations ORDER BY name COLLATE "C"`,
  );
  return rows;
}

function decidePending(
  migrations: readonly Migration[],
  applied: readonly { readonly name: string; readonly checksum: string }[],
): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const file = byName.get(name);
    if (file === undefined) {
      throw new DatabaseTrouble(
        `データベースはこのSesshuより新しい版です (移行 ${name} がこの版にありません)。新しい版のSesshuを使ってください。`,
      );
    }
    if (file.checksum !== checksum) {
      throw new DatabaseTrouble(
        `適用済みの移行ファイル ${name}.sql が書き換えられています。` +
          '元の内容に戻してください。変更は新しい移行ファイルとして足します。',
      );
    }
  }
  const last = applied.at(-1)?.name ?? '';
  const done = new Set(applied.map((row) => row.name));
  const pending = migrations.filter((migration) => !done.has(migration.name));
  const late = pending.find((migration) => migration.name < last);
  if (late !== undefined) {
    throw new DatabaseTrouble(
      `移行ファイル ${late.name}.sql は、適用済みの ${last} より前の日時です。後の日時の名前に変えてください。`,
    );
  }
  return pending;
}

/** Makes the register of applied migrations where it is missing. */
export async function createRegister(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT to_regclass($1) AS register', [`${schema}.schema_migrations`]);
  if ((rows[0] as { register: string | null }).register !== null) return;
  await client.query(`
    CREATE TABLE ${schema}.schema_migrations (
      name text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE ${schema}.schema_migrations IS '適用済みの移行: データベースの形の版。自治体を問わない';
    COMMENT ON COLUMN ${schema}.schema_migrations.name IS '移行名: ファイル名から拡張子を除いたもの';
    COMMENT ON COLUMN ${schema}.schema_migrations.checksum IS '要約値: ファイルのSHA-256';
    COMMENT ON COLUMN ${schema}.schema_migrations.applied_at IS '適用日時'`);
  const { rows: roles } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'sesshu_app'");
  if (roles.length > 0) await client.query(`GRANT SELECT ON ${schema}.schema_migrations TO sesshu_app`);
}

async function apply(client: pg.Client, migration: Migration, schema: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await applyInTransaction(client, migration, schema);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Runs one migration and registers it, in the caller's transaction. */
export async function applyInTransaction(client: pg.Client, migration: Migration, schema: string): Promise<void> {
  try {
    await client.query(migration.sql);
  } catch (error) {
    throw new Error(`migration ${migration.name} failed: ${describe(error)}`, { cause: error });
  }
  await client.query(`INSERT INTO ${schema}.schema_migrations (name, checksum) VALUES ($1, $2)`, [
    migration.name,
    migration.checksum,
  ]);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { position } = error as Error & { position?: string };
  return position === undefined ? error.message : `${error.message} (at character ${position})`;
}
