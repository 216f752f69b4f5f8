import type { LgCode } from '#kernel';
import { type PeerKey, readPeerKey } from '#platform/exchange';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';

/** An office that may call, for one municipality. */
export interface OfficeCaller {
  readonly lgCode: LgCode;
  readonly peer: PeerKey;
}

/** The office of a municipality, if it is believed under that key there. One office may speak for several of them. */
export async function findCaller(db: Database, lgCode: LgCode, keyId: string): Promise<OfficeCaller | undefined> {
  const text = await withMunicipality(db, lgCode, (tx) => findPublicKey(tx, keyId));
  return text === undefined ? undefined : { lgCode, peer: readPeerKey(text) };
}

async function findPublicKey(tx: Tx, keyId: string): Promise<string | undefined> {
  const { rows } = await tx.client.query<{ public_key: string }>(
    'SELECT public_key FROM exchange_peers WHERE lg_code = $1 AND key_id = $2 AND removed_at IS NULL',
    [tx.lgCode, keyId],
  );
  return rows[0]?.public_key;
}

/** Remembers a call; false when it was made before. Old ones are forgotten on the way. */
export async function rememberCall(tx: Tx, nonce: string, until: Date, now: Date): Promise<boolean> {
  await tx.client.query('DELETE FROM exchange_calls WHERE lg_code = $1 AND expires_at < $2', [tx.lgCode, now]);
  const { rowCount } = await tx.client.query(
    'INSERT INTO exchange_calls (lg_code, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tx.lgCode, nonce, until],
  );
  return rowCount === 1;
}

/** Enters a key; a key that was there stays as it was. */
export async function insertPeer(tx: Tx, keyId: string, publicText: string): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    'INSERT INTO exchange_peers (lg_code, key_id, public_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tx.lgCode, keyId, publicText],
  );
  return rowCount === 1;
}

/** Stops believing every key of the municipality but one. */
export async function removeOtherPeers(tx: Tx, keyId: string): Promise<number> {
  const { rowCount } = await tx.client.query(
    'UPDATE exchange_peers SET removed_at = now() WHERE lg_code = $1 AND key_id <> $2 AND removed_at IS NULL',
    [tx.lgCode, keyId],
  );
  return rowCount ?? 0;
}
