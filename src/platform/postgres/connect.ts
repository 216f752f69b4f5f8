import pg from 'pg';
import type { Log } from '#platform/log';
import { typeParsers } from './type-parsers.ts';
import type { Database, DatabaseUrls } from './types.ts';
import { UnavailablePool } from './unavailable-pool.ts';
import { urlVariables } from './url-variables.ts';

/** How many connections a process may open per role; the sum must stay below the server's max_connections. */
export interface PoolSizes {
  readonly app: number;
  readonly vault: number;
  readonly disposal: number;
  readonly read: number;
}

/** Enough for one web process with its worker; the vault and the disposal are rarely used. */
export const defaultPoolSizes: PoolSizes = { app: 16, vault: 3, disposal: 1, read: 3 };

/** One connection of its own, outside the pools: for the owner's work, locks that last, and listening. */
export function createClient(url: string, applicationName = 'sesshu'): pg.Client {
  return new pg.Client({
    connectionString: url,
    application_name: applicationName,
    types: typeParsers,
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
  });
}

/** The application role's connection string, for a thread of this process that opens a connection of its own. */
export function getAppUrl(db: Database): string {
  const url = db.app.options.connectionString;
  if (url === undefined) throw new RangeError('the application pool was opened without a connection string');
  return url;
}

/** Runs work on one connection of its own and closes it, also after a failure. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = createClient(url);
  // A connection lost between two statements is reported by the next statement; without a listener it would
  // end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Opens the pools of the four working roles; nothing connects before the first query. A role without a connection
 * string gets a pool that names the missing variable when used.
 */
export function openPools(urls: Partial<DatabaseUrls>, log: Log, sizes: PoolSizes = defaultPoolSizes): Database {
  let ending: Promise<void> | undefined;
  const noteLoss = (error: Error, role: string): void => {
    // While the pools close, the server may be the first to hang up.
    if (ending === undefined) log.warn({ err: error, role }, 'an idle database connection was lost');
  };
  const open = (role: keyof PoolSizes): pg.Pool => {
    const url = urls[role];
    return url === undefined ? new UnavailablePool(urlVariables[role]) : createPool(url, role, sizes[role], noteLoss);
  };
  const pools = { app: open('app'), vault: open('vault'), disposal: open('disposal'), read: open('read') };
  return {
    ...pools,
    jobsUrl: urls.jobs ?? '',
    ownerUrl: urls.owner ?? null,
    end() {
      ending ??= Promise.all(Object.values(pools).map((pool) => pool.end())).then(() => undefined);
      return ending;
    },
  };
}

function createPool(url: string, role: string, max: number, noteLoss: (error: Error, role: string) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `sesshu ${role}`,
    types: typeParsers,
    max,
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // The pool gives a connection away a moment before whoever asked for it can listen. A loss told in that moment (in the
  // same packet as the end of the statement before) would end the process; the next statement reports it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // An idle connection that the server closed (restart, failover) is dropped by the pool and opened anew when next
  // needed; work that was running on it has already failed at its own statement.
  pool.on('error', (error) => noteLoss(error, role));
  return pool;
}
