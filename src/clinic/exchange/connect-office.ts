import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { readPeerKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { insertPeer, removeOtherPeers } from './peer-store.ts';

/** Believes the office's key from now on; with `isOnly` no other key of the municipality any more. */
export async function connectOffice(
  context: ActionContext,
  publicText: string,
  { isOnly = false } = {},
): Promise<{ readonly keyId: string; readonly isNew: boolean }> {
  const { actor, db } = context;
  requirePermission(actor, 'init.run');
  const { keyId } = readPeerKey(publicText);
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const isNew = await insertPeer(tx, keyId, publicText.trim());
    const removed = isOnly ? await removeOtherPeers(tx, keyId) : 0;
    if (isNew || removed > 0) {
      await recordAct(tx, actor, { act: 'exchange.officeConnected', details: { keyId, removed } });
    }
    return { keyId, isNew };
  });
}
