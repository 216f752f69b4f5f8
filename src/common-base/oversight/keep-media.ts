import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { getMedium, insertEvent, insertMedium } from './store.ts';
import { type MediumKind, mediumKinds } from './types.ts';

/** Enters a medium into the register; the value is its number there. */
export async function registerMedium(
  context: ActionContext,
  typed: { readonly label: string; readonly kind: string },
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'media.manage');
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person keeps the register');
  const label = typed.label.normalize('NFKC').trim();
  if (label === '' || label.length > 60 || !isMediumKind(typed.kind)) {
    return decide([finding('mediumLabelUnfit', 'refuse', 'label')], 0);
  }
  const { kind } = typed;
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const mediumId = await insertMedium(tx, { label, kind, by: staffId }, clock.now());
    if (mediumId === undefined) return decide([finding('mediumKnown', 'refuse', 'label')], 0);
    await recordAct(tx, actor, { act: 'oversight.mediumRegistered', details: { mediumId, kind } });
    return decide([], mediumId);
  });
}

/** Notes that a medium is where it should be (棚卸し), or that it was destroyed. One that holds data is not destroyed. */
export async function noteMedium(
  context: ActionContext,
  mediumId: number,
  noted: { readonly event: 'checked' | 'disposed'; readonly note: string },
): Promise<Decision<null>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'media.manage');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const medium = await getMedium(tx, mediumId);
    if (medium.disposedAt !== null) return decide([finding('mediumDisposed', 'refuse', null)], null);
    const isDisposal = noted.event === 'disposed';
    if (isDisposal && medium.openExports > 0) return decide([finding('mediumHoldsData', 'refuse', null)], null);
    if (isDisposal && noted.note.trim() === '') return decide([finding('exportNoteMissing', 'refuse', 'note')], null);
    const note = noted.note.trim().slice(0, 400) || null;
    await insertEvent(tx, { event: noted.event, exportId: null, mediumId, by: actor, note }, clock.now());
    const act = isDisposal ? 'oversight.mediumDisposed' : 'oversight.mediumChecked';
    await recordAct(tx, actor, { act, details: { mediumId } });
    return decide([], null);
  });
}

function isMediumKind(text: string): text is MediumKind {
  return Object.hasOwn(mediumKinds, text);
}
