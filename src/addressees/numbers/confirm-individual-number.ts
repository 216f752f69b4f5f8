import { timingSafeEqual } from 'node:crypto';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, isIndividualNumber, NotFound, type PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { withNumberKeys } from './number-keys.ts';
import { findNumberIndexes, findPersonIdByIndex, hasPerson } from './store.ts';
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
  return askVault(context, individualNumber, async (tx, index, indexVersion) => {
    if (!(await hasPerson(tx, personId))) throw new NotFound('この人の記録はありません。');
    const answer = compare(index, await findNumberIndexes(tx, personId, indexVersion));
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
  return askVault(context, individualNumber, async (tx, index) => {
    const personId = await findPersonIdByIndex(tx, index);
    const isFound = personId !== undefined;
    const personIds = isFound ? [personId] : [];
    await recordAct(tx, context.actor, { act: 'numbers.searched', personIds, details: { isFound } });
    return personId;
  });
}

/** Asks the vault about a number by its keyed hash; whoever may not, and a mistyped number, never reach it. */
async function askVault<T>(
  context: VaultContext,
  individualNumber: string,
  question: (tx: Tx, index: Buffer, indexVersion: number) => Promise<T>,
): Promise<Decision<T>> {
  requirePermission(context.actor, 'numbers.confirm');
  if (!isIndividualNumber(individualNumber)) {
    return { answer: 'refused', findings: [finding('numberMistyped', 'refuse', 'individualNumber')] };
  }
  return withNumberKeys(context, (keys) =>
    withMunicipality(
      context.db,
      context.actor.lgCode,
      async (tx) => decide([], await question(tx, keys.index(individualNumber), keys.indexVersion)),
      { role: 'vault' },
    ),
  );
}

/** Compared in constant time; the number in force goes before a former one. */
function compare(index: Buffer, held: { inForce: Buffer | null; ever: readonly Buffer[] }): ConfirmAnswer {
  if (held.inForce !== null && timingSafeEqual(held.inForce, index)) return 'theirs';
  if (held.ever.some((each) => timingSafeEqual(each, index))) return 'formerly';
  return held.inForce === null ? 'noneOnRecord' : 'notTheirs';
}
