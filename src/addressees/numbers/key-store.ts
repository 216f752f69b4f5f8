import type { WrappedKey } from '#platform/keys';
import type { Tx } from '#platform/postgres';

/** What a data key of the vault is for: sealing numbers, or finding people by number. */
export type DataKeyPurpose = 'encryption' | 'index';

/** A data key of one municipality as it lies in the vault. */
export interface StoredDataKey {
  readonly purpose: DataKeyPurpose;
  readonly version: number;
  readonly wrapped: WrappedKey;
  readonly createdAt: Date;
  /** Since when nothing is sealed by it any more; null while in use, and while it is being exchanged. */
  readonly retiredAt: Date | null;
}

interface DataKeyRow {
  readonly purpose: DataKeyPurpose;
  readonly version: number;
  readonly wrapping_key_id: string;
  readonly wrapped_key: Buffer;
  readonly created_at: Date;
  readonly retired_at: Date | null;
}

/** Every data key of the municipality, the newest of each purpose first. */
export async function listDataKeys(tx: Tx): Promise<StoredDataKey[]> {
  const { rows } = await tx.client.query<DataKeyRow>(
    `SELECT purpose, version, wrapping_key_id, wrapped_key, created_at, retired_at FROM number_vault.data_keys
     WHERE lg_code = $1 ORDER BY purpose, version DESC`,
    [tx.lgCode],
  );
  return rows.map((row) => ({
    purpose: row.purpose,
    version: row.version,
    wrapped: { keyId: row.wrapping_key_id, bytes: row.wrapped_key },
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  }));
}

/** Appends a data key; where another process was first, nothing is written. */
export async function insertDataKey(tx: Tx, key: StoredDataKey): Promise<void> {
  await tx.client.query(
    `INSERT INTO number_vault.data_keys (lg_code, purpose, version, wrapping_key_id, wrapped_key, created_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (lg_code, purpose, version) DO NOTHING`,
    [tx.lgCode, key.purpose, key.version, key.wrapped.keyId, key.wrapped.bytes, key.createdAt],
  );
}

/** Puts the same data key under another wrapping key; false where another process was first. */
export async function replaceWrapping(tx: Tx, key: StoredDataKey, wrapped: WrappedKey): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE number_vault.data_keys SET wrapping_key_id = $4, wrapped_key = $5
     WHERE lg_code = $1 AND purpose = $2 AND version = $3 AND wrapping_key_id = $6`,
    [tx.lgCode, key.purpose, key.version, wrapped.keyId, wrapped.bytes, key.wrapped.keyId],
  );
  return rowCount === 1;
}

/** Marks the older data keys as used no more where no row of the vault is sealed by them. */
export async function retireUnusedKeys(tx: Tx, newestVersion: number, at: Date): Promise<void> {
  await tx.client.query(
    `UPDATE number_vault.data_keys k SET retired_at = $3
     WHERE k.lg_code = $1 AND k.version < $2 AND k.retired_at IS NULL AND NOT EXISTS (
       SELECT FROM number_vault.individual_numbers n WHERE n.lg_code = $1
         AND CASE k.purpose WHEN 'encryption' THEN n.key_version ELSE n.index_key_version END = k.version)`,
    [tx.lgCode, newestVersion, at],
  );
}
