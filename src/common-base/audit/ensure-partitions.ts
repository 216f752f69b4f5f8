import type { Tx } from '#platform/postgres';

/** The month for which a connection has asked already, so that it asks once a month. */
const ensured = new WeakMap<object, string>();

/**
 * Makes sure that the log has room for this month and the next twelve. The daily job does it ahead; the first act
 * on a connection asks again, so that a stopped job never stops the office.
 */
export async function ensurePartitions(tx: Tx): Promise<void> {
  const month = new Date().toISOString().slice(0, 7);
  if (ensured.get(tx.client) === month) return;
  const { rows } = await tx.client.query<{ made: number }>('SELECT ensure_audit_partitions(12) AS made');
  // What this transaction made may yet be rolled back: then the next one must ask again.
  if (rows[0]?.made === 0) ensured.set(tx.client, month);
}
