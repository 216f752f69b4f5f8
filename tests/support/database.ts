import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { LgCode } from '#kernel';
import { prepareJobs } from '#platform/jobs';
import { createLog } from '#platform/log';
import {
  type Cluster,
  type Database,
  joinCluster,
  openCluster,
  openPools,
  type SystemName,
  upgradeDatabase,
  withClient,
  withMunicipality,
} from '#platform/postgres';

import { watchDatabase } from './number-watch.ts';

/** A fresh database of one test file, with two municipalities registered. */
export interface TestDatabase {
  readonly db: Database;
  /** 若葉台市, the demonstration municipality. */
  readonly lgCode: LgCode;
  /** A second municipality, which must never see the first. */
  readonly other: LgCode;
  readonly name: string;
  /** Drops the database and lets go of the cluster. */
  close(): Promise<void>;
}

/** The variable by which the test runner hands over the socket folder of its running cluster. */
export const testSocketVariable = 'SESSHU_TEST_SOCKET';

const migrationsRoot = fileURLToPath(new URL('../../db', import.meta.url));
const lockKey = 5_377_009;
const log = createLog('test', 'error');

/**
 * A new database cloned from the migrated template, in about a tenth of a second. Alone, a test file starts the
 * cluster in the temporary directory (or uses the one another file started) and stops it when nobody uses it.
 */
export async function testDatabase(
  options: { readonly isEmpty?: boolean; readonly system?: SystemName } = {},
): Promise<TestDatabase> {
  const cluster = await openTestCluster();
  const { system = 'core' } = options;
  const template = options.isEmpty === true ? 'template0' : await ensureTemplate(cluster, system);
  const name = `sesshu_test_${Math.floor(Date.now() / 1000)}_${randomBytes(5).toString('hex')}`;
  await withClient(cluster.adminUrl, (admin) =>
    admin.query(`CREATE DATABASE ${name} OWNER sesshu_owner TEMPLATE ${template}`),
  );
  const db = openPools(cluster.urls(name), log);
  return {
    db,
    lgCode: '134996' as LgCode,
    other: '011002' as LgCode,
    name,
    async close() {
      await db.end();
      try {
        const { owner, jobs } = cluster.urls(name);
        if (options.isEmpty !== true && owner !== null) await watchDatabase(owner, jobs);
      } finally {
        await withClient(cluster.adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
        await cluster.release();
      }
    },
  };
}

/** The cluster of this run: the one handed over, else one per account in the temporary directory. */
export async function openTestCluster(): Promise<Cluster> {
  const handedOver = process.env[testSocketVariable];
  if (handedOver !== undefined && handedOver !== '') return joinCluster(handedOver);
  const folder = join(tmpdir(), `sesshu-tests-${userInfo().uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return openCluster(folder, 'test', log);
}

/** Makes the template of the present migrations once, and drops what earlier runs left. */
async function ensureTemplate(cluster: Cluster, system: SystemName): Promise<string> {
  const name = `sesshu_template_${await digestOfMigrations(system)}`;
  await withClient(cluster.adminUrl, async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [lockKey]);
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (rowCount !== 0) return;
    await dropLeftovers(admin);
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name} OWNER sesshu_owner TEMPLATE template0`);
    await fillTemplate(cluster, name, system);
    await admin.query(`ALTER DATABASE ${name} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  });
  return name;
}

async function fillTemplate(cluster: Cluster, name: string, system: SystemName): Promise<void> {
  const db = openPools(cluster.urls(name), log);
  try {
    await upgradeDatabase(db, system);
    if (system === 'core') await prepareJobs(db);
    await registerForTest(db, '134996' as LgCode, '若葉台市', '東京都');
    await registerForTest(db, '011002' as LgCode, '札幌市', '北海道');
  } finally {
    await db.end();
  }
}

async function registerForTest(db: Database, lgCode: LgCode, name: string, prefecture: string): Promise<void> {
  await withMunicipality(db, lgCode, (tx) =>
    tx.client.query(
      'INSERT INTO municipalities (lg_code, name, prefecture, is_demonstration) VALUES ($1, $2, $3, true)',
      [lgCode, name, prefecture],
    ),
  );
}

/** Databases of killed test runs (older than an hour, nobody connected) and all but the newest templates. */
async function dropLeftovers(admin: pg.Client): Promise<void> {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  const { rows } = await admin.query<{ datname: string; datistemplate: boolean }>(
    `SELECT d.datname, d.datistemplate FROM pg_database d
      WHERE d.datname ~ '^sesshu_(test|template)_'
        AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid) ORDER BY d.oid DESC`,
  );
  const oldTemplates = rows.filter((row) => row.datistemplate).slice(12);
  const orphans = rows.filter((row) => Number(/^sesshu_test_(\d+)_/u.exec(row.datname)?.[1] ?? hourAgo) < hourAgo);
  for (const { datname, datistemplate } of [...oldTemplates, ...orphans]) {
    const name = pg.escapeIdentifier(datname);
    if (datistemplate) await admin.query(`ALTER DATABASE ${name} IS_TEMPLATE false`);
    await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  }
}

async function digestOfMigrations(system: SystemName): Promise<string> {
  const hash = createHash('sha256').update(system);
  for (const folder of system === 'core' ? ['core', 'jobs'] : ['core', system]) {
    const names = (await readdir(join(migrationsRoot, folder))).filter((name) => name.endsWith('.sql')).sort();
    for (const name of names) hash.update(name).update(await readFile(join(migrationsRoot, folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
