import type { Database } from '#platform/postgres';

/** What only one process of an installation does at a time. */
const locks = { preparation: 5_377_005, keyRotation: 5_377_006 } as const;

/**
 * Lets one process at a time do this work in an installation; the others wait and then find it done. The lock belongs
 * to a connection, so that a killed process leaves none behind.
 */
export async function withInstallationLock<T>(
  db: Database,
  lock: keyof typeof locks,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const client = await db.app.connect();
  client.on('error', () => undefined);
  try {
    const { rows } = await client.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [locks[lock]]);
    if (rows[0]?.free !== true) {
      onWait();
      await client.query('SELECT pg_advisory_lock($1)', [locks[lock]]);
    }
    return await work();
  } finally {
    // Ends the connection, and the lock with it, also after a failure.
    client.release(true);
  }
}
