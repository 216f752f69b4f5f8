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
}

interface DataKeyRow {
  readonly purpose: DataKeyPurpose;
  readonly version: number;
  readonly wrapping_key_id: string;
  readonly wrapped_key: Buffer;
  readonly created_at: Date;
}

/** Every data key of the municipality, the newest of each purpose first. */
export async function listDataKeys(tx: Tx): Promise<StoredDataKey[]> {
  const { rows } = await tx.client.query<DataKeyRow>(
    `SELECT purpose, version, wrapping_key_id, wrapped_key, created_at FROM number_vault.data_keys
     WHERE lg_code = $1 ORDER BY purpose, version DESC`,
    [tx.lgCode],
  );
  return rows.map(({ purpose, version, wrapping_key_id: keyId, wrapped_key: bytes, created_at: createdAt }) => ({
    purpose,
    version,
    wrapped: { keyId, bytes },
    createdAt,
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
