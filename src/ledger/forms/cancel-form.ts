import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, NotFound, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { findForm } from './find-form.ts';
import { insertChanges, lockRegister } from './store.ts';

/**
 * Cancels a person's number without a new one (a letter that must not be used). It cannot be taken back: print a new
 * form.
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
    if (form?.personId !== request.personId) {
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
