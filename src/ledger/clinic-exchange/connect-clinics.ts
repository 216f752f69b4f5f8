import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { formHoldersSql } from '#ledger/forms';
import { readOrigin, readPeerKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { forgetTaken, markPeople, upsertPeer } from './store.ts';

/**
 * Names the clinics' system of the municipality: its address and its key. A new one holds nothing yet, so everybody who
 * holds a form is told of anew.
 */
export async function connectClinics(
  context: ActionContext,
  peer: { readonly origin: string; readonly publicText: string },
): Promise<{ readonly keyId: string; readonly isNew: boolean }> {
  const { actor, db } = context;
  requirePermission(actor, 'init.run');
  const origin = readOrigin(peer.origin);
  const { keyId } = readPeerKey(peer.publicText);
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const isNew = await upsertPeer(tx, origin, peer.publicText.trim());
    if (!isNew) return { keyId, isNew };
    await forgetTaken(tx);
    await markPeople(tx, formHoldersSql, [tx.lgCode]);
    await recordAct(tx, actor, { act: 'clinics.connected', details: { origin, keyId } });
    return { keyId, isNew };
  });
}
