import { createHash } from 'node:crypto';
import type { StaffId } from '#kernel';
import { drawSpelledSecret } from '#platform/keys';
import type { Tx } from '#platform/postgres';

/** How many codes a person gets. */
const howMany = 10;

/** Draws new recovery codes for a person, which are answered this once; the ones before are worth nothing. */
export async function drawRecoveryCodes(tx: Tx, staffId: StaffId, at: Date): Promise<string[]> {
  await deleteRecoveryCodes(tx, staffId);
  const codes = Array.from({ length: howMany }, drawSpelledSecret);
  await tx.client.query(
    `INSERT INTO recovery_codes (lg_code, staff_id, code_hash, made_at)
     SELECT $1, $2, hash, $3 FROM unnest($4::bytea[]) AS hash`,
    [tx.lgCode, staffId, at, codes.map((code) => hashOf(tx, staffId, code))],
  );
  return codes;
}

/** Takes a recovery code; false for a wrong one and for one that was used. */
export async function takeRecoveryCode(tx: Tx, staffId: StaffId, code: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE recovery_codes SET used_at = $4
     WHERE lg_code = $1 AND staff_id = $2 AND code_hash = $3 AND used_at IS NULL`,
    [tx.lgCode, staffId, hashOf(tx, staffId, code), at],
  );
  return rowCount === 1;
}

/** How many codes of a person are left. */
export async function countRecoveryCodes(tx: Tx, staffId: StaffId): Promise<number> {
  const { rows } = await tx.client.query<{ left: number }>(
    `SELECT count(*)::int AS left FROM recovery_codes WHERE lg_code = $1 AND staff_id = $2 AND used_at IS NULL`,
    [tx.lgCode, staffId],
  );
  return rows[0]?.left ?? 0;
}

/** Takes all codes of a person away. */
export async function deleteRecoveryCodes(tx: Tx, staffId: StaffId): Promise<void> {
  await tx.client.query('DELETE FROM recovery_codes WHERE lg_code = $1 AND staff_id = $2', [tx.lgCode, staffId]);
}

/** A plain hash is enough for a value of more than 112 random bits (OWASP ASVS 5.0, 6.5.2). Signs between the letters and capitals are forgiven. */
function hashOf(tx: Tx, staffId: StaffId, code: string): Buffer {
  const letters = code.toLowerCase().replaceAll(/[^a-z0-9]/gu, '');
  return createHash('sha256')
    .update(JSON.stringify([tx.lgCode, staffId, letters]))
    .digest();
}
