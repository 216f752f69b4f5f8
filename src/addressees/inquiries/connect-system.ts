import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { UnreadableInput } from '#kernel';
import { readPeerKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { loadLinkedSystems } from './linked-systems.ts';
import { insertSystemKey, removeOtherKeys } from './system-key-store.ts';

/**
 * Believes a key as that of a system of the allow-list; with `isOnly` no other key of that system any more. A name that
 * the list does not hold is refused.
 */
export async function connectSystem(
  context: ActionContext,
  given: { readonly system: string; readonly publicText: string; readonly isOnly: boolean },
): Promise<{ readonly keyId: string; readonly isNew: boolean }> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'init.run');
  const { keyId } = readPeerKey(given.publicText);
  const { system } = given;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const known = await loadLinkedSystems(tx);
    if (!known.some((each) => each.system === system)) {
      throw new UnreadableInput(
        `「${system}」は設定 linked-systems.csv にありません。許可の一覧に加えてから登録してください。`,
      );
    }
    const key = { keyId, system, publicText: given.publicText.trim() };
    const isNew = await insertSystemKey(tx, { ...key, addedAt: clock.now(), addedByName: actor.staffName });
    const removed = given.isOnly ? await removeOtherKeys(tx, system, keyId, clock.now()) : 0;
    if (isNew || removed > 0) {
      await recordAct(tx, actor, { act: 'inquiries.systemConnected', details: { system, keyId, removed } });
    }
    return { keyId, isNew };
  });
}
