import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '#platform/log';
import { checkServer, checkWorkingRole } from './check-server.ts';
import { type ClusterLease, leaseCluster, socketUrl } from './cluster-lease.ts';
import { defaultPoolSizes, openPools, type PoolSizes, withClient } from './connect.ts';
import { clusterAdministrator } from './embedded-cluster.ts';
import type { ClusterPurpose } from './embedded-settings.ts';
import { DatabaseTrouble } from './errors.ts';
import { checkUrls, findInstallationUrls } from './installation-urls.ts';
import { closeLargeObjects } from './large-objects.ts';
import {
  findSystem,
  listApplied,
  listPendingMigrations,
  listSystemMigrations,
  migrate,
  type SystemName,
} from './migrate.ts';
import { createDatabaseOnce, createRoles, handOverDatabase, roleNames } from './roles.ts';
import type { Database, DatabaseUrls } from './types.ts';
import { urlVariables } from './url-variables.ts';

/** What opening needs to know; `home` is the folder of the embedded data and of `database.env`. */
export interface InstallationOptions {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Whether an administrator's URL may create roles and database: `init`, `serve` and `start` only. */
  readonly mayCreate?: boolean;
  readonly poolSizes?: PoolSizes;
}

/** An open installation; `close` ends the pools and, as its last user, the embedded server. */
export interface Installation {
  readonly db: Database;
  readonly isEmbedded: boolean;
  readonly home: string;
  close(): Promise<void>;
}

const embeddedDatabase = 'sesshu';

/**
 * Opens the database of an installation: the embedded one, started where it does not run, or the operator's own where
 * `DATABASE_URL` or `database.env` names one. Refuses an unfit server and working roles with too much power.
 */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const urls = await findInstallationUrls(options.home, options.env, options.mayCreate === true);
  if (urls !== undefined) return openOwn(urls, options);
  await mkdir(options.home, { recursive: true, mode: 0o711 });
  const home = await realpath(options.home);
  const cluster = await openCluster(join(home, 'postgres'), 'office', options.log);
  try {
    await cluster.createDatabase(embeddedDatabase);
    const db = openPools(cluster.urls(embeddedDatabase), options.log, options.poolSizes);
    return await finish(db, options, home, true, () => cluster.release());
  } catch (error) {
    await cluster.release();
    throw error;
  }
}

/** Whose database it is; the core's where nothing was made in it yet. */
export async function getSystem(db: Database): Promise<SystemName> {
  return findSystem(await listApplied(db.app));
}

/** Brings a system's schema to the present version (owner's connection needed); answers the migrations applied now. */
export async function upgradeDatabase(db: Database, system: SystemName = 'core'): Promise<string[]> {
  return migrate(getOwnerUrl(db), await listSystemMigrations(system));
}

/** Throws unless the database has exactly this program's schema; for every command but `init` and `start`. */
export async function requireCurrentSchema(db: Database, system: SystemName = 'core'): Promise<void> {
  const pending = await listPendingMigrations(db.app, await listSystemMigrations(system));
  if (pending.length === 0) return;
  const command = system === 'core' ? 'sesshu init' : `sesshu ${system} init`;
  throw new DatabaseTrouble(
    `データベースの準備が済んでいません (未適用の移行 ${pending.length}件)。「${command}」を実行してください。`,
  );
}

/** The owner's connection string, or a sentence that says which variable gives it. */
export function getOwnerUrl(db: Database): string {
  if (db.ownerUrl !== null) return db.ownerUrl;
  throw new DatabaseTrouble(
    `この操作には所有者の接続先が要ります。環境変数 ${urlVariables.owner} を指定してください。`,
  );
}

/** A running embedded cluster, of which this process holds a share. */
export interface Cluster {
  readonly adminUrl: string;
  readonly socketDir: string;
  urls(database: string): DatabaseUrls;
  /** Makes a database with its owner if it is missing. */
  createDatabase(database: string): Promise<void>;
  release(): Promise<void>;
}

/** Takes a share in an embedded cluster and makes the roles, once per cluster. */
export async function openCluster(folder: string, purpose: ClusterPurpose, log: Log): Promise<Cluster> {
  const lease = await leaseCluster({ folder, purpose, log });
  const cluster = describeCluster(lease.socketDir, lease);
  try {
    await withClient(cluster.adminUrl, async (admin) => {
      // Two processes that come at once must not both create a role.
      await admin.query('SELECT pg_advisory_lock(5377003)');
      await createRoles(admin, undefined);
    });
    return cluster;
  } catch (error) {
    // A share that nobody gives back keeps this process and the server alive (a full disk refuses new connections).
    await lease.release();
    throw error;
  }
}

/** A cluster that another process keeps running and whose socket folder it handed over. */
export function joinCluster(socketDir: string): Cluster {
  return describeCluster(socketDir, { socketDir, release: () => Promise.resolve() });
}

function describeCluster(socketDir: string, lease: ClusterLease): Cluster {
  const adminUrl = socketUrl(socketDir, clusterAdministrator, 'postgres');
  return {
    adminUrl,
    socketDir,
    urls: (database) => ({
      app: socketUrl(socketDir, roleNames.app, database),
      owner: socketUrl(socketDir, roleNames.owner, database),
      vault: socketUrl(socketDir, roleNames.vault, database),
      disposal: socketUrl(socketDir, roleNames.disposal, database),
      jobs: socketUrl(socketDir, roleNames.jobs, database),
      read: socketUrl(socketDir, roleNames.read, database),
    }),
    createDatabase: (database) =>
      withClient(adminUrl, async (admin) => {
        await admin.query('SELECT pg_advisory_lock(5377003)');
        await createDatabaseOnce(admin, database);
        await handOverDatabase(admin, database);
        await withClient(socketUrl(socketDir, clusterAdministrator, database), closeLargeObjects);
      }),
    release: () => lease.release(),
  };
}

async function openOwn(urls: Partial<DatabaseUrls>, options: InstallationOptions): Promise<Installation> {
  checkUrls(urls);
  const { app } = urls;
  if (app === undefined) throw new DatabaseTrouble('環境変数 DATABASE_URL が要ります。');
  const db = openPools(urls, options.log, options.poolSizes ?? defaultPoolSizes);
  return finish(db, options, options.home, false, () => Promise.resolve());
}

async function finish(
  db: Database,
  options: InstallationOptions,
  home: string,
  isEmbedded: boolean,
  release: () => Promise<void>,
): Promise<Installation> {
  try {
    await checkConnections(db);
  } catch (error) {
    await db.end();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= db.end().then(release, async (error: unknown) => {
      await release();
      throw error;
    });
    return closing;
  };
  options.log.debug({ isEmbedded }, 'the database is open');
  return { db, isEmbedded, home, close };
}

async function checkConnections(db: Database): Promise<void> {
  const client = await db.app.connect();
  try {
    await checkServer(client);
    await checkWorkingRole(client, urlVariables.app);
  } finally {
    client.release();
  }
}
