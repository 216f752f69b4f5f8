import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { UnreadableInput } from '#kernel';
import { withClient } from '../connect.ts';
import { listApplied, migrationLock } from '../migrate.ts';
import { getOwnerUrl } from '../open-installation.ts';
import type { Database } from '../types.ts';
import { columnList, type DataTable, listDataTables, listPartitions, listSequences, tableName } from './list-tables.ts';
import { type BackedUpTable, backupNotice, digestOf, type Manifest, writeManifest } from './manifest.ts';

/** Figures of a backup or a restore; the digest stands for the data: same data, same digest. */
export interface BackupResult {
  readonly tables: number;
  readonly rows: number;
  readonly digest: string;
}

/** The day's instant and who wants to hear of progress, in rows. */
export interface BackupOptions {
  readonly createdAt: Date;
  readonly onProgress?: (rows: number, total: number | null) => void;
}

/**
 * Writes the whole installation, all municipalities of it, into an empty folder: each table as compressed COPY text of
 * one snapshot, read while the office works on. Ciphertexts of the vault are in it, its keys never. The manifest is
 * written last: a folder without one is no backup.
 */
export async function backupDatabase(db: Database, folder: string, options: BackupOptions): Promise<BackupResult> {
  const url = getOwnerUrl(db);
  await prepareFolder(folder);
  try {
    return await withClient(url, (client) => writeBackup(client, folder, options));
  } catch (error) {
    // What a failed attempt wrote must not look like a backup, nor keep the folder from the next attempt.
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}

async function writeBackup(client: pg.Client, folder: string, options: BackupOptions): Promise<BackupResult> {
  await client.query('SELECT pg_advisory_lock_shared($1)', [migrationLock]);
  // Row-level security must fail loudly rather than leave out rows.
  await client.query('SET row_security = off');
  await client.query("SET work_mem = '128MB'; SET statement_timeout = 0");
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const manifest = await writeTables(client, folder, options);
  await client.query('COMMIT');
  await writeManifest(folder, manifest);
  return { tables: manifest.tables.length, rows: manifest.rows, digest: manifest.digest };
}

async function writeTables(client: pg.Client, folder: string, options: BackupOptions): Promise<Manifest> {
  const migrations = await listApplied(client);
  const { rows: server } = await client.query<{ server_version: string }>('SHOW server_version');
  const tables: BackedUpTable[] = [];
  let rows = 0;
  for (const table of await listDataTables(client)) {
    const written = await writeTable(client, folder, table);
    tables.push(written);
    rows += written.rows;
    options.onProgress?.(rows, null);
  }
  return {
    format: 'sesshu-backup-1',
    createdAt: options.createdAt.toISOString(),
    serverVersion: server[0]?.server_version ?? '',
    notice: backupNotice,
    migrations,
    tables,
    sequences: await listSequences(client),
    partitions: await listPartitions(client),
    rows,
    digest: digestOf({ migrations, tables }),
  };
}

async function writeTable(client: pg.Client, folder: string, table: DataTable): Promise<BackedUpTable> {
  const { schema, columns } = table;
  const file = `tables/${schema}.${table.table}.copy.zst`;
  const query = `SELECT ${columnList(columns)} FROM ${tableName(table)} ORDER BY ${table.order}`;
  const source = client.query(copyTo(`COPY (${query}) TO STDOUT`));
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new PassThrough({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  // `flush`: on the disk itself before it counts as written.
  const target = createWriteStream(join(folder, file), { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(source, measure, createZstdCompress(), target);
  return {
    schema,
    table: table.table,
    columns: [...columns],
    file,
    rows: source.rowCount,
    bytes,
    digest: hash.digest('hex'),
    fileBytes: target.bytesWritten,
  };
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) {
    throw new UnreadableInput(`${folder} は空ではありません。新しいフォルダーか空のフォルダーを指定してください。`);
  }
  await mkdir(join(folder, 'tables'), { mode: 0o700 });
}
