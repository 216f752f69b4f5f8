import type { Tx } from '#platform/postgres';

/** A key by which a system of the allow-list is known. */
export interface LinkedSystemKey {
  readonly keyId: string;
  readonly system: string;
  readonly publicText: string;
  readonly addedAt: Date;
  readonly addedByName: string;
  readonly removedAt: Date | null;
  readonly calledAt: Date | null;
}

const columns = `key_id AS "keyId", system, public_key AS "publicText", added_at AS "addedAt",
  added_by_name AS "addedByName", removed_at AS "removedAt", called_at AS "calledAt"`;

/** The key, while it is believed. */
export async function findSystemKey(tx: Tx, keyId: string): Promise<LinkedSystemKey | undefined> {
  const { rows } = await tx.client.query<LinkedSystemKey>(
    `SELECT ${columns} FROM linked_system_keys WHERE lg_code = $1 AND key_id = $2 AND removed_at IS NULL`,
    [tx.lgCode, keyId],
  );
  return rows[0];
}

/** Every key that is or was believed, newest first. */
export async function listSystemKeys(tx: Tx): Promise<LinkedSystemKey[]> {
  const { rows } = await tx.client.query<LinkedSystemKey>(
    `SELECT ${columns} FROM linked_system_keys WHERE lg_code = $1 ORDER BY added_at DESC, key_id`,
    [tx.lgCode],
  );
  return rows;
}

/** Believes a key from now on; false where it was entered before. */
export async function insertSystemKey(
  tx: Tx,
  key: Pick<LinkedSystemKey, 'keyId' | 'system' | 'publicText' | 'addedAt' | 'addedByName'>,
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO linked_system_keys (lg_code, key_id, system, public_key, added_at, added_by_name)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [tx.lgCode, key.keyId, key.system, key.publicText, key.addedAt, key.addedByName],
  );
  return rowCount === 1;
}

/** Stops believing every other key of a system; answers how many. */
export async function removeOtherKeys(tx: Tx, system: string, keyId: string, at: Date): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE linked_system_keys SET removed_at = $4 WHERE lg_code = $1 AND system = $2 AND key_id <> $3
       AND removed_at IS NULL`,
    [tx.lgCode, system, keyId, at],
  );
  return rowCount ?? 0;
}

/** Remembers a call; false when it was made before. Old ones are forgotten on the way. */
export async function rememberCall(
  tx: Tx,
  call: { readonly keyId: string; readonly nonce: string; readonly until: Date; readonly now: Date },
): Promise<boolean> {
  await tx.client.query('DELETE FROM linked_system_calls WHERE lg_code = $1 AND expires_at < $2', [
    tx.lgCode,
    call.now,
  ]);
  const { rowCount } = await tx.client.query(
    'INSERT INTO linked_system_calls (lg_code, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tx.lgCode, call.nonce, call.until],
  );
  if (rowCount !== 1) return false;
  await tx.client.query('UPDATE linked_system_keys SET called_at = $3 WHERE lg_code = $1 AND key_id = $2', [
    tx.lgCode,
    call.keyId,
    call.now,
  ]);
  return true;
}
