import { fileURLToPath } from 'node:url';
import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { type Database, getOwnerUrl, listMigrations, migrate, withClient } from '#platform/postgres';

const jobsMigrationsDir = fileURLToPath(new URL('../../../db/jobs', import.meta.url));

const preparationLock = 5_377_006;

/** The queue's library speaks through our own log; while it installs itself it has nothing to say. */
const silentLogger = new Logger(() => () => undefined);

/**
 * Brings the queue's own schema to the present version, as the queue's own role; the owner lends it the right to make
 * a schema for as long as that takes. Called by `init` after the core migrations.
 */
export async function prepareJobs(db: Database): Promise<void> {
  await withClient(getOwnerUrl(db), async (owner) => {
    // Two processes that start together must not grant and revoke across each other.
    await owner.query('SELECT pg_advisory_lock($1)', [preparationLock]);
    const { rows } = await owner.query<{ name: string }>('SELECT current_database() AS name');
    const database = pg.escapeIdentifier(rows[0]?.name ?? '');
    await owner.query(`GRANT CREATE ON DATABASE ${database} TO sesshu_jobs`);
    try {
      await withClient(db.jobsUrl, (jobs) => jobs.query('CREATE SCHEMA IF NOT EXISTS sesshu_jobs'));
      await runMigrations({ connectionString: db.jobsUrl, logger: silentLogger });
      await migrate(db.jobsUrl, await listMigrations(jobsMigrationsDir), 'sesshu_jobs');
    } finally {
      await owner.query(`REVOKE CREATE ON DATABASE ${database} FROM sesshu_jobs`);
    }
  });
}
