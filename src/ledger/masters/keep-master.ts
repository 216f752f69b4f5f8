import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { findMaster, insertMaster } from './store.ts';
import { type MasterTold, masterKinds } from './types.ts';

/**
 * Writes an entry of a master, or a new version of one: `replaces` is the version that the clerk looked at. What was
 * recorded with the old version keeps its meaning: nothing is written over.
 */
export async function keepMaster(
  context: ActionContext,
  asked: { readonly told: MasterTold; readonly replaces: number | null },
): Promise<number> {
  const { actor } = context;
  requirePermission(actor, 'masters.update');
  const { told, replaces } = asked;
  const words = masterKinds[told.kind];
  if (told.code === '' || told.name === '')
    throw new UnreadableInput(`${words.code}と${words.entry}を書いてください。`);
  return await withMunicipality(context.db, actor.lgCode, async (tx) => {
    if (replaces !== null) {
      const known = await findMaster(tx, told.kind, replaces);
      if (known?.code !== told.code || known.owner !== told.owner) {
        throw new Conflict('このマスタは、見ているあいだにほかの職員が変えました。今の内容を確かめてください。');
      }
    }
    const actId = await recordAct(tx, actor, { act: 'masters.kept', items: [told.kind] });
    return await insertMaster(tx, { actId, staffName: actor.staffName }, told);
  });
}
