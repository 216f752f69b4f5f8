import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { readOrigin, readPeerKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { upsertPeer } from './peer-store.ts';
import type { PeerName } from './types.ts';

/** Names the intermediate server, or 市町村CS and 住基GW, of the municipality: its address and its key. */
export async function connectNational(
  context: ActionContext,
  peer: PeerName,
  given: { readonly origin: string; readonly publicText: string },
): Promise<{ readonly keyId: string; readonly isNew: boolean }> {
  const { actor, db } = context;
  requirePermission(actor, 'init.run');
  const origin = readOrigin(given.origin);
  const { keyId } = readPeerKey(given.publicText);
  return withMunicipality(
    db,
    actor.lgCode,
    async (tx) => {
      const isNew = await upsertPeer(tx, peer, { origin, publicText: given.publicText.trim() });
      if (isNew) await recordAct(tx, actor, { act: 'numbers.peerConnected', details: { peer, origin, keyId } });
      return { keyId, isNew };
    },
    { role: 'vault' },
  );
}
