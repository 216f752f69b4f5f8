import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { PoolClient } from 'pg';
import type { LgCode } from '#kernel';
import type { Database, DatabaseRole, Tx } from './types.ts';

/** Which connections a transaction runs on, and how much of the world it must see unchanged. */
export interface TransactionOptions {
  /** Default `app`. */
  readonly role?: DatabaseRole;
  /** Default read committed. A serialization failure is thrown: retrying is the caller's decision, never hidden. */
  readonly isolation?: 'repeatable read' | 'serializable';
  /** Another transaction's sight, as `pg_export_snapshot` names it: nothing committed since then is seen. */
  readonly snapshot?: string;
}

/**
 * The one door to a municipality's rows: BEGIN, the municipality as a literal setting, the work, COMMIT; any
 * exception rolls everything back. The literal (not `set_config`) is what distributed PostgreSQL passes on to its
 * nodes. It guards against a forgotten WHERE, not against SQL text made from input.
 */
export async function withMunicipality<T>(
  db: Database,
  lgCode: LgCode,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  if (!/^\d{6}$/u.test(lgCode)) throw new RangeError('a municipality code is six digits');
  const client = await db[options.role ?? 'app'].connect();
  const lost = watchForLoss(client);
  let failure: unknown;
  try {
    // In one message: a way to the server and back costs more than any of them.
    await client.query(`${beginSql(options)}; SET LOCAL sesshu.lg_code = '${lgCode}'`);
    const result = await work(createTx(lgCode, client));
    await commit(client);
    return result;
  } catch (error) {
    failure = error;
    await client.query('ROLLBACK').catch((rollbackError: unknown) => lost.mark(rollbackError));
    throw error;
  } finally {
    lost.stop();
    // A connection whose state is unknown is closed, never given to the next transaction.
    client.release(failure === undefined ? undefined : lost.reason());
  }
}

/**
 * Looks up beside an open transaction: on a connection of its own where one is free at this moment, else on that of the
 * transaction. To wait for one would let transactions that hold one connection each wait for each other for ever. The
 * work sees what is committed; whether it sees what the open transaction wrote is left open.
 */
export async function withSecondLook<T>(db: Database, tx: Tx, work: (reader: Tx) => Promise<T>): Promise<T> {
  return hasFreeConnection(db) ? withMunicipality(db, tx.lgCode, work) : work(tx);
}

/** Reads in a transaction of its own, or in that which lends its sight where no connection is free. */
type Look = <T>(reading: (reader: Tx) => Promise<T>) => Promise<T>;

/**
 * Work that reads much, several pages at once, all as of one moment: whatever is committed while it runs, no look sees
 * it, so that what is counted in one and judged in another adds up.
 */
export async function withOneSight<T>(
  db: Database,
  lgCode: LgCode,
  work: (tx: Tx, look: Look) => Promise<T>,
): Promise<T> {
  const lend = async (tx: Tx): Promise<T> => {
    const { rows } = await tx.client.query<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot');
    const snapshot = rows[0]?.snapshot ?? '';
    return work(tx, (reading) =>
      hasFreeConnection(db) ? withMunicipality(db, lgCode, reading, { snapshot }) : reading(tx),
    );
  };
  return withMunicipality(db, lgCode, lend, { isolation: 'repeatable read' });
}

function hasFreeConnection({ app }: Database): boolean {
  const { waitingCount, idleCount, totalCount, options } = app;
  return waitingCount === 0 && (idleCount > 0 || totalCount < options.max);
}

function beginSql({ isolation, snapshot }: TransactionOptions): string {
  if (snapshot === undefined) return isolation === undefined ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation}`;
  if (!/^[0-9A-F-]{1,64}$/u.test(snapshot)) throw new RangeError('a snapshot is named by digits and hyphens');
  return `BEGIN ISOLATION LEVEL repeatable read; SET TRANSACTION SNAPSHOT '${snapshot}'`;
}

/** PostgreSQL answers COMMIT of a failed transaction with a quiet ROLLBACK: that must never look like success. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('the transaction had failed before its end: nothing was written');
}

/**
 * While a client is checked out nobody else listens for its connection errors, and an error event without a
 * listener would end the process; the loss itself reaches the caller through the failing statement.
 */
function watchForLoss(client: PoolClient): { mark(e: unknown): void; reason(): Error | undefined; stop(): void } {
  let reason: Error | undefined;
  const mark = (error: unknown): void => {
    reason ??= error instanceof Error ? error : new Error('the database connection was lost');
  };
  client.on('error', mark);
  return { mark, reason: () => reason, stop: () => client.off('error', mark) };
}

function createTx(lgCode: LgCode, client: PoolClient): Tx {
  let builder: Kysely<unknown> | undefined;
  return {
    lgCode,
    client,
    tables<Schema>(): Kysely<Schema> {
      builder ??= createBuilder(client);
      return builder as Kysely<Schema>;
    },
  };
}

/** A query builder whose every statement runs on the client of the open transaction. */
function createBuilder(client: PoolClient): Kysely<unknown> {
  const borrowed: PostgresPoolClient = {
    query: client.query.bind(client) as PostgresPoolClient['query'],
    release: () => undefined,
  };
  const pool: PostgresPool = {
    options: {},
    connect: () => Promise.resolve(borrowed),
    end: () => Promise.resolve(),
  };
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
}
