import type { Database, LeasedRow, Tx } from '#platform/postgres';
import type { ExchangePeer, NationalWork, PeerName } from './types.ts';

/** The other system of the municipality; undefined where none is connected. */
export async function findPeer(tx: Tx, peer: PeerName): Promise<ExchangePeer | undefined> {
  const { rows } = await tx.client.query<ExchangePeer>(
    `SELECT origin, public_key AS "publicText", exchanged_at AS "exchangedAt", failed_at AS "failedAt", failure
     FROM number_vault.exchange_peers WHERE lg_code = $1 AND peer = $2`,
    [tx.lgCode, peer],
  );
  return rows[0];
}

/** Enters or changes the other system; answers false where it was the same already. */
export async function upsertPeer(
  tx: Tx,
  peer: PeerName,
  given: { readonly origin: string; readonly publicText: string },
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO number_vault.exchange_peers AS known (lg_code, peer, origin, public_key) VALUES ($1, $2, $3, $4)
     ON CONFLICT (lg_code, peer) DO UPDATE SET origin = excluded.origin, public_key = excluded.public_key,
       connected_at = now()
     WHERE (known.origin, known.public_key) IS DISTINCT FROM (excluded.origin, excluded.public_key)`,
    [tx.lgCode, peer, given.origin, given.publicText],
  );
  return rowCount === 1;
}

/** The row that one worker at a time speaks with the other system under. */
export function leaseOf(peer: PeerName): LeasedRow {
  return { table: 'number_vault.exchange_peers', key: { peer } };
}

/** With whom there is something to do, over all municipalities: one look, since an installation may have hundreds. */
export async function listNationalWork({ app }: Database): Promise<NationalWork[]> {
  const { rows } = await app.query<NationalWork>(
    `SELECT lg_code AS "lgCode", has_entries AS "hasEntries", has_confirmations AS "hasConfirmations",
       is_connected AS "isConnected", has_relays AS "hasRelays" FROM list_national_work()`,
  );
  return rows;
}
