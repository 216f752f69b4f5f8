import { timingSafeEqual } from 'node:crypto';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, isIndividualNumber, NotFound, type PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { withNumberKeys } from './number-keys.ts';
import { findPersonIdByIndex, hasPerson, listNumberIndexes, type NumberIndex } from './store.ts';
import type { ConfirmAnswer, VaultContext } from './types.ts';

/**
 * 個人番号確認: whether this number is this person's, without showing or opening any. A mistyped number is refused before
 * the vault is asked. Each question leaves an audit row with its answer; the number is in none.
 */
export async function confirmIndividualNumber(
  context: VaultContext,
  personId: PersonId,
  individualNumber: string,
): Promise<Decision<ConfirmAnswer>> {
  return askVault(context, individualNumber, async (tx, indexes) => {
    if (!(await hasPerson(tx, personId))) throw new NotFound('この人の記録はありません。');
    const answer = compare(indexes, await listNumberIndexes(tx, personId));
    await recordAct(tx, context.actor, { act: 'numbers.confirmed', personIds: [personId], details: { answer } });
    return answer;
  });
}

/**
 * Whose number in force this is, found by its keyed hash; undefined where it is nobody's. A mistyped number is refused.
 * Each question leaves an audit row.
 */
export async function findPersonIdByIndividualNumber(
  context: VaultContext,
  individualNumber: string,
): Promise<Decision<PersonId | undefined>> {
  return askVault(context, individualNumber, async (tx, indexes) => {
    const personId = await findPersonIdByIndex(tx, [...indexes.values()]);
    const isFound = personId !== undefined;
    const personIds = isFound ? [personId] : [];
    await recordAct(tx, context.actor, { act: 'numbers.searched', personIds, details: { isFound } });
    return personId;
  });
}

/**
 * Asks the vault about a number by its keyed hashes (by version of their key); whoever may not, and a mistyped number,
 * never reach it. While keys are exchanged it is asked again where a newer key came into use in the middle.
 */
async function askVault<T>(
  context: VaultContext,
  individualNumber: string,
  question: (tx: Tx, indexes: ReadonlyMap<number, Buffer>) => Promise<T>,
): Promise<Decision<T>> {
  requirePermission(context.actor, 'numbers.confirm');
  if (!isIndividualNumber(individualNumber)) {
    return { answer: 'refused', findings: [finding('numberMistyped', 'refuse', 'individualNumber')] };
  }
  return withNumberKeys(context, (keys) =>
    withMunicipality(
      context.db,
      context.actor.lgCode,
      async (tx) => {
        const answer = await question(tx, keys.indexes(individualNumber));
        await keys.requireNewest(tx);
        return decide([], answer);
      },
      { role: 'vault' },
    ),
  );
}

/** Compared in constant time; the number in force goes before a former one. */
function compare(indexes: ReadonlyMap<number, Buffer>, held: readonly NumberIndex[]): ConfirmAnswer {
  const same = held.filter(({ numberIndex, indexKeyVersion }) => {
    const index = indexes.get(indexKeyVersion);
    return index !== undefined && timingSafeEqual(numberIndex, index);
  });
  if (same.some(({ isInForce }) => isInForce)) return 'theirs';
  if (same.length > 0) return 'formerly';
  return held.some(({ isInForce }) => isInForce) ? 'notTheirs' : 'noneOnRecord';
}
