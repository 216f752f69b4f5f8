import { NotPermitted, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { NotFound, type PersonId } from '#kernel';
import { KeyTrouble } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';
import { withNumberKeys } from './number-keys.ts';
import { findNumberState, findSealedNumber, hasPerson } from './store.ts';
import type { NumberState, RevealedNumber, VaultContext } from './types.ts';

/**
 * Opens one person's number for a stated purpose: needs its own permission and a reason, and leaves its own audit row,
 * which is committed before anything is shown. A number that was changed or moved in the database is refused.
 */
export async function revealIndividualNumber(
  context: VaultContext,
  personId: PersonId,
  purpose: string,
): Promise<RevealedNumber> {
  const { actor } = context;
  requirePermission(actor, 'numbers.view');
  if ((actor.reason ?? '').trim() === '') {
    throw new NotPermitted('numbers.view', '個人番号を見るには、処理事由が要ります。');
  }
  return withNumberKeys(context, (keys) =>
    withMunicipality(
      context.db,
      actor.lgCode,
      async (tx) => {
        const held = await findSealedNumber(tx, personId);
        if (held === undefined) throw new NotFound('この人の個人番号は登録されていません。');
        const individualNumber = keys.open(held.sealed, held.keyVersion, personId, held.version);
        if (!keys.index(individualNumber, held.indexKeyVersion).equals(held.numberIndex)) throw indexChanged();
        const items = ['individualNumber', 'branchNumber'];
        await recordAct(tx, actor, { act: 'numbers.viewed', personIds: [personId], items, details: { purpose } });
        return { individualNumber, branchNumber: held.branchNumber, recordedAt: held.recordedAt };
      },
      { role: 'vault' },
    ),
  );
}

/** Whether the person's number is on record, since when and the how-manieth; nothing is opened. */
export async function getNumberState(
  context: Omit<VaultContext, 'keyWrapper'>,
  personId: PersonId,
): Promise<NumberState> {
  requirePermission(context.actor, 'numbers.confirm');
  return withMunicipality(
    context.db,
    context.actor.lgCode,
    async (tx) => {
      if (!(await hasPerson(tx, personId))) throw new NotFound('この人の記録はありません。');
      return findNumberState(tx, personId);
    },
    { role: 'vault' },
  );
}

function indexChanged(): KeyTrouble {
  return new KeyTrouble(
    'tampered',
    '個人番号とその索引が合いません。金庫の行が書き換えられています。データベースの管理者に知らせ、監査ログとバックアップを確かめてください。',
  );
}
