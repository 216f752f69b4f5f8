import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type ActionContext, asOperator } from '#common-base/access';
import type { FeedSource } from '#common-base/linkage';
import { registerMunicipality } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { systemClock } from '#platform/clock';
import { prepareJobs } from '#platform/jobs';
import { createLog, type Log } from '#platform/log';
import { getOwnerUrl, type Installation, openInstallation, upgradeDatabase, withClient } from '#platform/postgres';

/** What a benchmark works with: an office of its own with the demonstration settings and nobody in it. */
export interface Stage {
  readonly isLarge: boolean;
  /** How many rows to make, where the command line says it; else the benchmark's own number. */
  readonly rows: number | null;
  /** A scratch folder, gone afterwards. */
  readonly folder: string;
  readonly installation: Installation;
  readonly lgCode: LgCode;
  /** An operator who may do everything operators do. */
  readonly context: ActionContext;
  readonly log: Log;
  /** Rows a second of a bare COPY of the file into an unindexed table of the same database. */
  copyBare(source: FeedSource): Promise<number>;
  /** Work as the owner of the database, for what an operator's administrator does beside the program. */
  asOwner<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Says on standard error what is being done. */
  tell(text: string): void;
}

const settings = join(import.meta.dirname, '../settings/wakabadai');

/**
 * Sets a stage, gives it to the work and takes it down. With the variables of one's own PostgreSQL (`DATABASE_URL`
 * …, an empty database) that one is measured, else the embedded one with the settings of the real office.
 */
export async function withStage<T>(
  options: { readonly isLarge: boolean; readonly rows: number | null; readonly home: string | null },
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-bench-'));
  const log = createLog('bench', 'error');
  const home = options.home ?? join(folder, 'home');
  const installation = await openInstallation({ home, env: process.env, log, mayCreate: true });
  try {
    await upgradeDatabase(installation.db);
    await prepareJobs(installation.db);
    const { lgCode } = await registerMunicipality(installation.db, settings);
    const actor = await asOperator(installation.db, lgCode, { osUser: 'bench', as: null, reason: '性能測定' });
    return await work({
      isLarge: options.isLarge,
      rows: options.rows,
      folder,
      installation,
      lgCode,
      context: { db: installation.db, actor, clock: systemClock, log },
      log,
      asOwner: (ownersWork) => withClient(getOwnerUrl(installation.db), ownersWork),
      copyBare: (source) => withClient(getOwnerUrl(installation.db), (client) => copyBare(client, source)),
      tell: (text) => process.stderr.write(`… ${text}\n`),
    });
  } finally {
    await installation.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Machine, runtime, database server and how busy the machine was already, in one line. */
export async function describeMachine(stage: Stage): Promise<string> {
  const { rows } = await stage.installation.db.app.query<{ version: string }>(
    "SELECT current_setting('server_version') AS version",
  );
  const processors = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`;
  const server = `PostgreSQL ${rows[0]?.version ?? ''}${stage.installation.isEmbedded ? ' (組み込み)' : ''}`;
  const model = processors[0]?.model.trim() ?? '';
  const load = `測り始めの負荷 ${(loadavg()[0] ?? 0).toFixed(1)}`;
  return [
    `${processors.length} コア (${model})`,
    memory,
    platform(),
    `Node.js ${process.versions.node}`,
    server,
    load,
  ].join(', ');
}

async function copyBare(client: Client, source: FeedSource): Promise<number> {
  const [columns, delimiter] = await readHeader(source);
  const list = columns.map((_, i) => `c${i} text`).join(', ');
  await client.query('DROP TABLE IF EXISTS bench_copy');
  await client.query(`CREATE TABLE bench_copy (${list})`);
  const startedAt = performance.now();
  const target = client.query(copyFrom(`COPY bench_copy FROM STDIN (FORMAT csv, HEADER, DELIMITER '${delimiter}')`));
  for await (const chunk of source.open()) {
    if (!target.write(chunk)) await new Promise((resolve) => target.once('drain', resolve));
  }
  await new Promise<void>((resolve, reject) => {
    target.once('error', reject);
    target.end(() => resolve());
  });
  const rowsPerSecond = target.rowCount / ((performance.now() - startedAt) / 1000);
  await client.query('DROP TABLE bench_copy');
  return rowsPerSecond;
}

async function readHeader(source: FeedSource): Promise<[string[], string]> {
  for await (const chunk of source.open()) {
    const line = Buffer.from(chunk).toString('utf8').split(/\r?\n/u)[0] ?? '';
    const delimiter = line.includes('\t') ? '\t' : ',';
    return [line.split(delimiter), delimiter];
  }
  return [[], ','];
}
