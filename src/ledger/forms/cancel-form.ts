import { listRecordsOf } from '#addressees/persons';
import { type ActionContext, type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, type Day, NotFound, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { findForm } from './find-form.ts';
import { insertChanges, lockRegister } from './store.ts';

/**
 * Cancels a person's number, of any linked record, without a new one (a letter that must not be used). It cannot be taken
 * back: print a new form.
 */
export async function cancelForm(
  context: ActionContext,
  request: { readonly personId: PersonId; readonly formNumber: string; readonly reason: string },
): Promise<void> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'forms.reissue');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    await lockRegister(tx);
    const form = await findForm(tx, request.formNumber);
    const records = await listRecordsOf(tx, request.personId);
    if (form === undefined || !records.includes(form.personId)) {
      throw new NotFound('その発行番号の、この人の用紙はありません。番号を確かめてください。');
    }
    if (form.state !== 'issued')
      throw new Conflict('この発行番号は、すでに無効になっています。画面を開き直してください。');
    const actId = await recordAct(tx, actor, { act: 'forms.cancelled', personIds: [form.personId] });
    await insertChanges(tx, { actId, staffId: actor.staffId, staffName: actor.staffName }, [
      {
        formNumber: form.formNumber,
        change: 'cancelled',
        replacedBy: null,
        reason: request.reason,
        changedOn: todayInTokyo(clock),
      },
    ]);
  });
}

/**
 * Cancels numbers of papers that lie in the office and not with their people (pulled before posting, brought back by the
 * post), in the caller's transaction and under its audit act; then a new paper can be printed. The register must be
 * locked, so that none of them was changed meanwhile.
 */
export async function cancelForms(
  tx: Tx,
  actor: Actor,
  actId: number,
  cancelled: readonly { readonly formNumber: string; readonly reason: string }[],
  on: Day,
): Promise<void> {
  requirePermission(actor, 'forms.reissue');
  if (cancelled.length === 0) return;
  const frame = { actId, staffId: actor.staffId, staffName: actor.staffName };
  const changes = cancelled.map((one) => ({ ...one, change: 'cancelled' as const, replacedBy: null, changedOn: on }));
  await insertChanges(tx, frame, changes);
}
