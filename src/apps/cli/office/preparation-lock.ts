import type { Database } from '#platform/postgres';

const preparationLock = 5_377_005;

/**
 * Lets one process at a time prepare an installation; the others wait and find it prepared. The lock belongs to a
 * connection, so that a killed process leaves none behind.
 */
export async function withPreparationLock<T>(db: Database, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const client = await db.app.connect();
  client.on('error', () => undefined);
  try {
    const { rows } = await client.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [
      preparationLock,
    ]);
    if (rows[0]?.free !== true) {
      onWait();
      await client.query('SELECT pg_advisory_lock($1)', [preparationLock]);
    }
    return await work();
  } finally {
    // Ends the connection, and the lock with it, also after a failure.
    client.release(true);
  }
}
