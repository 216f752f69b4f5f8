import type { Kysely } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { LgCode } from '#kernel';

/** The roles that work on a municipality's data, each with its own connections (nobody uses SET ROLE). */
export type DatabaseRole = 'app' | 'vault' | 'disposal' | 'read';

/** The connections of one process to one database. `ownerUrl` is null where the operator did not give it. */
export interface Database {
  readonly app: Pool;
  readonly vault: Pool;
  readonly disposal: Pool;
  readonly read: Pool;
  readonly jobsUrl: string;
  readonly ownerUrl: string | null;
  /** Closes every pool once its running transactions are over. */
  end(): Promise<void>;
}

/** One transaction of one municipality: the row-level security setting is in place until it ends. */
export interface Tx {
  readonly lgCode: LgCode;
  readonly client: PoolClient;
  /** The query builder on this transaction, typed by the room's own table interface. */
  tables<Schema>(): Kysely<Schema>;
}

/** The connection strings of the six roles; the names of the environment are in `docs/contracts/cli.md`. */
export interface DatabaseUrls {
  readonly app: string;
  readonly owner: string | null;
  readonly vault: string;
  readonly disposal: string;
  readonly jobs: string;
  readonly read: string;
}
