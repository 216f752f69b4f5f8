import type { StaffId } from '#kernel';
import type { WrappedKey } from '#platform/keys';
import type { Tx } from '#platform/postgres';

/** A second factor that counts, as its owner sees it. */
export interface ListedFactor {
  readonly factorId: number;
  readonly kind: 'totp' | 'passkey';
  readonly label: string;
  readonly confirmedAt: Date;
  readonly lastUsedAt: Date | null;
}

/** An authenticator app as stored. */
export interface StoredTotp {
  readonly factorId: number;
  readonly wrapped: WrappedKey;
  readonly lastStep: number | null;
}

/** A passkey as stored. */
export interface StoredPasskey {
  readonly factorId: number;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly rpId: string;
  /** The wrapped key of the seal, and the seal; null for one that was put in without. */
  readonly wrapped: WrappedKey | null;
  readonly seal: Buffer | null;
}

/** A passkey as the browser made it. */
export interface MadePasskey extends Pick<StoredPasskey, 'credentialId' | 'signCount' | 'transports' | 'rpId'> {
  readonly publicKey: Uint8Array;
}

/** The factors of a person that count, oldest first. */
export async function listFactors(tx: Tx, staffId: StaffId): Promise<ListedFactor[]> {
  const { rows } = await tx.client.query<ListedFactor>(
    `SELECT factor_id AS "factorId", kind, label, confirmed_at AS "confirmedAt", last_used_at AS "lastUsedAt"
     FROM second_factors WHERE lg_code = $1 AND staff_id = $2 AND confirmed_at IS NOT NULL ORDER BY factor_id`,
    [tx.lgCode, staffId],
  );
  return rows;
}

/** The authenticator apps of a person: those that count, or the one whose enrolment is under way. */
export async function listTotps(tx: Tx, staffId: StaffId, which: 'confirmed' | 'begun'): Promise<StoredTotp[]> {
  const { rows } = await tx.client.query<{
    factor_id: number;
    wrapping_key_id: string;
    wrapped_key: Buffer;
    last_step: number | null;
  }>(
    `SELECT factor_id, wrapping_key_id, wrapped_key, last_step FROM second_factors
     WHERE lg_code = $1 AND staff_id = $2 AND kind = 'totp' AND (confirmed_at IS NOT NULL) = $3 ORDER BY factor_id`,
    [tx.lgCode, staffId, which === 'confirmed'],
  );
  return rows.map((row) => ({
    factorId: row.factor_id,
    wrapped: { keyId: row.wrapping_key_id, bytes: row.wrapped_key },
    lastStep: row.last_step,
  }));
}

/** Begins the enrolment of an authenticator app; one begun before is given up. */
export async function insertTotp(tx: Tx, staffId: StaffId, at: Date, wrapped: WrappedKey): Promise<void> {
  await tx.client.query(
    `DELETE FROM second_factors WHERE lg_code = $1 AND staff_id = $2 AND kind = 'totp' AND confirmed_at IS NULL`,
    [tx.lgCode, staffId],
  );
  await tx.client.query(
    `INSERT INTO second_factors (lg_code, staff_id, kind, label, created_at, wrapping_key_id, wrapped_key)
     VALUES ($1, $2, 'totp', '認証アプリ', $3, $4, $5)`,
    [tx.lgCode, staffId, at, wrapped.keyId, wrapped.bytes],
  );
}

/** A factor whose key is wrapped by another key than the one in use. */
export interface OlderWrapping {
  readonly factorId: number;
  readonly staffId: StaffId;
  readonly wrapped: WrappedKey;
}

/** The factors of the municipality that another key than this wraps, begun ones too. */
export async function listOtherWrappings(tx: Tx, keyId: string): Promise<OlderWrapping[]> {
  const { rows } = await tx.client.query<{
    factor_id: number;
    staff_id: StaffId;
    wrapping_key_id: string;
    wrapped_key: Buffer;
  }>(
    `SELECT factor_id, staff_id, wrapping_key_id, wrapped_key FROM second_factors
     WHERE lg_code = $1 AND wrapping_key_id <> $2 ORDER BY factor_id`,
    [tx.lgCode, keyId],
  );
  return rows.map((row) => ({
    factorId: row.factor_id,
    staffId: row.staff_id,
    wrapped: { keyId: row.wrapping_key_id, bytes: row.wrapped_key },
  }));
}

/** Puts the same key of a factor under another wrapping key. */
export async function replaceWrapping(tx: Tx, factorId: number, wrapped: WrappedKey): Promise<void> {
  await tx.client.query(
    'UPDATE second_factors SET wrapping_key_id = $3, wrapped_key = $4 WHERE lg_code = $1 AND factor_id = $2',
    [tx.lgCode, factorId, wrapped.keyId, wrapped.bytes],
  );
}

/** Notes that a step's code was taken; false when another request took this or a later one meanwhile. */
export async function takeStep(tx: Tx, factorId: number, step: number, at: Date): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE second_factors SET last_step = $3, last_used_at = $4, confirmed_at = COALESCE(confirmed_at, $4)
     WHERE lg_code = $1 AND factor_id = $2 AND (last_step IS NULL OR last_step < $3)`,
    [tx.lgCode, factorId, step, at],
  );
  return rowCount === 1;
}

/** The passkeys of a person. */
export async function listPasskeys(tx: Tx, staffId: StaffId): Promise<StoredPasskey[]> {
  const { rows } = await tx.client.query<
    Omit<StoredPasskey, 'wrapped'> & { readonly keyId: string | null; readonly wrappedKey: Buffer | null }
  >(
    `SELECT factor_id AS "factorId", credential_id AS "credentialId", public_key AS "publicKey",
       sign_count AS "signCount", transports, rp_id AS "rpId", wrapping_key_id AS "keyId",
       wrapped_key AS "wrappedKey", key_seal AS seal
     FROM second_factors WHERE lg_code = $1 AND staff_id = $2 AND kind = 'passkey' ORDER BY factor_id`,
    [tx.lgCode, staffId],
  );
  return rows.map(({ keyId, wrappedKey, ...passkey }) => ({
    ...passkey,
    wrapped: keyId === null || wrappedKey === null ? null : { keyId, bytes: wrappedKey },
  }));
}

/** Keeps a passkey; false when somebody has this very credential already. */
export async function insertPasskey(
  tx: Tx,
  staffId: StaffId,
  passkey: MadePasskey & {
    readonly wrapped: WrappedKey;
    readonly seal: Buffer;
    readonly label: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO second_factors (lg_code, staff_id, kind, label, created_at, confirmed_at, credential_id, public_key,
       sign_count, transports, rp_id, wrapping_key_id, wrapped_key, key_seal)
     VALUES ($1, $2, 'passkey', $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (lg_code, credential_id) DO NOTHING`,
    [
      tx.lgCode,
      staffId,
      passkey.label,
      passkey.at,
      passkey.credentialId,
      passkey.publicKey,
      passkey.signCount,
      passkey.transports,
      passkey.rpId,
      passkey.wrapped.keyId,
      passkey.wrapped.bytes,
      passkey.seal,
    ],
  );
  return rowCount === 1;
}

/** Notes the use of a passkey; its count of signatures never goes back. */
export async function notePasskeyUse(tx: Tx, factorId: number, signCount: number, at: Date): Promise<void> {
  await tx.client.query(
    'UPDATE second_factors SET sign_count = $3, last_used_at = $4 WHERE lg_code = $1 AND factor_id = $2',
    [tx.lgCode, factorId, signCount, at],
  );
}

/** Takes one factor of a person away, or all of them; how many they were. */
export async function deleteFactors(tx: Tx, staffId: StaffId, factorId: number | 'all'): Promise<number> {
  const { rowCount } = await tx.client.query(
    `DELETE FROM second_factors WHERE lg_code = $1 AND staff_id = $2 AND ($3::bigint IS NULL OR factor_id = $3)`,
    [tx.lgCode, staffId, factorId === 'all' ? null : factorId],
  );
  return rowCount ?? 0;
}
