import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Conflict, UnreadableInput } from '#kernel';
import { withClient } from '../connect.ts';
import {
  applyInTransaction,
  createRegister,
  findSystem,
  listSystemMigrations,
  type Migration,
  migrate,
  migrationLock,
  type SystemName,
} from '../migrate.ts';
import { getOwnerUrl } from '../open-installation.ts';
import type { Database } from '../types.ts';
import type { BackupResult } from './backup-database.ts';
import { columnList, listDataTables, tableName } from './list-tables.ts';
import { type BackedUpPartition, type BackedUpTable, type Manifest, readManifest } from './manifest.ts';

/** Who wants to hear of progress: rows loaded of all rows. */
export interface RestoreOptions {
  readonly onProgress?: (rows: number, total: number | null) => void;
}

/**
 * Brings a backup into an empty installation, of whichever system it is: checks every byte of it first, then builds the schema of the backup's own
 * day and loads it in one transaction, and at last brings the schema forward. Refuses an installation that holds
 * anything, a damaged folder, and one of a newer program; whatever fails leaves the database as it was.
 */
export async function restoreDatabase(
  db: Database,
  folder: string,
  options: RestoreOptions = {},
): Promise<BackupResult> {
  const manifest = await readManifest(folder);
  const system = await findSystem(manifest.migrations);
  const migrations = await chooseMigrations(manifest, system);
  for (const table of manifest.tables) await verifyTable(folder, table);
  const url = getOwnerUrl(db);
  await withClient(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await client.query("SET row_security = off; SET maintenance_work_mem = '256MB'; SET statement_timeout = 0");
    await client.query('BEGIN');
    await requireEmpty(client);
    await rebuildSchema(client, migrations);
    for (const partition of manifest.partitions) await makePartition(client, partition);
    await load(client, folder, manifest, options);
    await client.query('COMMIT');
    await client.query('ANALYZE');
  });
  await migrate(url, await listSystemMigrations(system));
  return { tables: manifest.tables.length, rows: manifest.rows, digest: manifest.digest };
}

/** The files of the migrations that the backup's schema was made of. */
async function chooseMigrations(manifest: Manifest, system: SystemName): Promise<Migration[]> {
  const byName = new Map((await listSystemMigrations(system)).map((migration) => [migration.name, migration]));
  return manifest.migrations.map(({ name, checksum }) => {
    const migration = byName.get(name);
    if (migration?.checksum === checksum) return migration;
    throw new UnreadableInput(
      `このバックアップは別の版のSesshuで取られています (移行 ${name})。同じ版か新しい版のSesshuで復元してください。何も変えていません。`,
    );
  });
}

/** Reads one table's file to its end and compares it with the manifest, before anything is touched. */
async function verifyTable(folder: string, table: BackedUpTable): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const source = createReadStream(join(folder, table.file));
  try {
    await pipeline(source, createZstdDecompress(), async (chunks) => {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        hash.update(chunk);
        bytes += chunk.length;
      }
    });
  } catch {
    bytes = -1;
  }
  const isWhole = table.fileBytes === undefined || source.bytesRead === table.fileBytes;
  if (isWhole && bytes === table.bytes && hash.digest('hex') === table.digest) return;
  throw new UnreadableInput(
    `${join(folder, table.file)} が壊れているか足りません。別のバックアップを使ってください。何も変えていません。`,
  );
}

/** An installation is empty while no table of a municipality has a row. */
async function requireEmpty(client: pg.Client): Promise<void> {
  for (const table of await listDataTables(client)) {
    if (!table.columns.includes('lg_code')) continue;
    const { rowCount } = await client.query(`SELECT 1 FROM ${tableName(table)} LIMIT 1`);
    if (rowCount === 0) continue;
    throw new Conflict(
      'このデータベースにはすでにデータがあります。復元は空のデータベースにだけ行えます。新しい場所 (SESSHU_HOME か別のデータベース) を指定してください。',
    );
  }
}

/** Puts the schema of the backup's day in place of whatever empty schema is there. */
async function rebuildSchema(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  await client.query('DROP OWNED BY CURRENT_USER CASCADE');
  // Dropping what one owns also takes one's own rights on the database.
  await client.query(`GRANT ALL ON DATABASE ${pg.escapeIdentifier(rows[0]?.name ?? '')} TO CURRENT_USER`);
  await createRegister(client, 'public');
  for (const migration of migrations) await applyInTransaction(client, migration, 'public');
}

/** Makes a month of the backup which the migrations, run on another day, did not make. */
async function makePartition(client: pg.Client, partition: BackedUpPartition): Promise<void> {
  const { schema, comment, bound } = partition;
  const name = tableName(partition);
  const parent = tableName({ schema, table: partition.parent });
  const { rows } = await client.query<{ is_there: boolean; is_secured: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AS is_there, relrowsecurity AS is_secured FROM pg_class WHERE oid = $2::regclass`,
    [name, parent],
  );
  if (rows[0]?.is_there !== false) return;
  await client.query(
    `CREATE TABLE ${name} (LIKE ${parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)`,
  );
  if (rows[0].is_secured) await client.query(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`);
  if (comment !== null) await client.query(`COMMENT ON TABLE ${name} IS ${pg.escapeLiteral(comment)}`);
  await client.query(`ALTER TABLE ${parent} ATTACH PARTITION ${name} ${bound}`);
}

async function load(client: pg.Client, folder: string, manifest: Manifest, options: RestoreOptions): Promise<void> {
  const names = manifest.tables.map(tableName);
  // What migrations themselves wrote comes from the backup too.
  if (names.length > 0) await client.query(`TRUNCATE ${names.join(', ')}`);
  const restoreConstraints = await dropForeignKeys(client);
  for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  let rows = 0;
  for (const table of manifest.tables) {
    rows += await loadTable(client, folder, table);
    options.onProgress?.(rows, manifest.rows);
  }
  for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  await restoreConstraints();
  for (const { schema, sequence, lastValue, isCalled } of manifest.sequences) {
    await client.query('SELECT setval($1::regclass, $2, $3)', [
      tableName({ schema, table: sequence }),
      lastValue,
      isCalled,
    ]);
  }
}

async function loadTable(client: pg.Client, folder: string, table: BackedUpTable): Promise<number> {
  const target = client.query(copyFrom(`COPY ${tableName(table)} (${columnList(table.columns)}) FROM STDIN`));
  await pipeline(createReadStream(join(folder, table.file)), createZstdDecompress(), target);
  if (target.rowCount === table.rows) return table.rows;
  throw new Error(`${table.schema}.${table.table}: ${target.rowCount} rows arrived instead of ${table.rows}`);
}

/**
 * Takes the foreign keys away while tables are loaded in any order; adding them again checks every row at once.
 * Answers the function that adds them.
 */
async function dropForeignKeys(client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ relation: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS relation, conname AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 ORDER BY oid`,
  );
  for (const { relation, name } of rows) {
    await client.query(`ALTER TABLE ${relation} DROP CONSTRAINT ${pg.escapeIdentifier(name)}`);
  }
  return async () => {
    for (const { relation, name, definition } of rows) {
      await client.query(`ALTER TABLE ${relation} ADD CONSTRAINT ${pg.escapeIdentifier(name)} ${definition}`);
    }
  };
}
