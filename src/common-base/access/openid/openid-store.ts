import { createHash } from 'node:crypto';
import type { StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A question that waits for its answer. */
export interface OpenRequest {
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly nextPath: string;
}

const worthMs = 10 * 60_000;

/** Keeps a question until the browser comes back; those that are too old are forgotten. */
export async function insertRequest(
  tx: Tx,
  request: OpenRequest & { readonly state: string; readonly visitor: string },
  at: Date,
): Promise<void> {
  await tx.client.query('DELETE FROM openid_requests WHERE lg_code = $1 AND asked_at < $2', [
    tx.lgCode,
    new Date(at.getTime() - worthMs),
  ]);
  await tx.client.query(
    `INSERT INTO openid_requests (lg_code, state_hash, visitor_hash, nonce, code_verifier, next_path, asked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[tx.lgCode, hashOf(request.state), hashOf(request.visitor), request.nonce, request.codeVerifier],
      ...[request.nextPath, at],
    ],
  );
}

/** Takes a question out, so that it is answered once, by the browser that asked, within ten minutes. */
export async function takeRequest(
  tx: Tx,
  given: { readonly state: string; readonly visitor: string },
  at: Date,
): Promise<OpenRequest | undefined> {
  const { rows } = await tx.client.query<OpenRequest & { readonly isFit: boolean }>(
    `DELETE FROM openid_requests WHERE lg_code = $1 AND state_hash = $2
     RETURNING nonce, code_verifier AS "codeVerifier", next_path AS "nextPath",
       visitor_hash = $3 AND asked_at >= $4 AS "isFit"`,
    [tx.lgCode, hashOf(given.state), hashOf(given.visitor), new Date(at.getTime() - worthMs)],
  );
  const [found] = rows;
  return found?.isFit === true ? found : undefined;
}

/** Whose account a subject of the provider is. */
export async function findBoundStaff(tx: Tx, issuer: string, subject: string): Promise<StaffId | undefined> {
  const { rows } = await tx.client.query<{ staff_id: StaffId }>(
    'SELECT staff_id FROM staff_identities WHERE lg_code = $1 AND issuer = $2 AND subject = $3',
    [tx.lgCode, issuer, subject],
  );
  return rows[0]?.staff_id;
}

/** Binds a subject to an account; false where the account, or the subject, is bound already. */
export async function bindIdentity(
  tx: Tx,
  identity: { readonly issuer: string; readonly subject: string; readonly staffId: StaffId },
  at: Date,
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO staff_identities (lg_code, issuer, subject, staff_id, bound_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [tx.lgCode, identity.issuer, identity.subject, identity.staffId, at],
  );
  return rowCount === 1;
}

/** The tokens themselves are kept nowhere. */
function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
