import type pg from 'pg';

/**
 * Takes every connection of a role to its database away but the one that asks, as a broken network or a failing server
 * does; waits until they are gone.
 */
export async function cutConnections(client: pg.Client): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
      WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`,
  );
}
