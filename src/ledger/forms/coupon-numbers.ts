import { everyRecordOf, listLinkedRecords, recordsIn } from '#addressees/persons';
import type { PersonId } from '#kernel';
import { loadCouponRecords, loadOwnCoupons } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { insertCouponNumbers, selectCouponNumbers, selectLastCouponNumber } from './store.ts';

const digits = 10;

/**
 * The 券番号 of people, ten digits each; who has none under any linked record gets one. A number that the ledger already knows of the person (of
 * an older 接種券 of this municipality) is kept; new ones run on after the last, past any that the ledger knows of
 * somebody else. The register must be locked: of two at once the second goes on after the first.
 */
export async function giveCouponNumbers(
  tx: Tx,
  actId: number,
  personIds: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, string>> {
  const numbers = await selectOfAllRecords(tx, personIds);
  const without = personIds.filter((personId) => !numbers.has(personId));
  if (without.length === 0) return numbers;
  const kept = await keepOwn(tx, without);
  await insertCouponNumbers(tx, actId, kept, true);
  const open = without.filter((personId) => !kept.has(personId));
  const fresh = await takeFresh(tx, open.length);
  const given = new Map(open.map((personId, i) => [personId, fresh[i] ?? '']));
  await insertCouponNumbers(tx, actId, given, false);
  return new Map([...numbers, ...kept, ...given]);
}

/**
 * The numbers that people hold. Of linked records the one that stands for all decides, where it has one: a person has one
 * number on new papers, also where two records had theirs before they were linked. The other stays known as the same
 * person's, and is that record's again should they be parted.
 */
async function selectOfAllRecords(tx: Tx, personIds: readonly PersonId[]): Promise<ReadonlyMap<PersonId, string>> {
  const linked = await listLinkedRecords(tx, personIds);
  const records = everyRecordOf(personIds, linked);
  const held = await selectCouponNumbers(tx, { personIds: records });
  const numbers = new Map<PersonId, string>();
  for (const personId of personIds) {
    const holder = recordsIn(linked, personId).find((record) => held.has(record));
    const number = holder === undefined ? undefined : held.get(holder);
    if (number !== undefined) numbers.set(personId, number);
  }
  return numbers;
}

/** Whose the given 券番号 are by this register; a number that was never given here is absent. */
export async function loadCouponHolders(tx: Tx, numbers: readonly string[]): Promise<ReadonlyMap<string, PersonId>> {
  if (numbers.length === 0) return new Map();
  const held = await selectCouponNumbers(tx, { numbers });
  return new Map([...held].map(([personId, number]) => [number, personId]));
}

/** Numbers that the ledger knows of these people alone and nobody else holds. */
async function keepOwn(tx: Tx, personIds: readonly PersonId[]): Promise<ReadonlyMap<PersonId, string>> {
  const own = await loadOwnCoupons(tx, personIds);
  const records = await loadCouponRecords(tx, [...own.values()]);
  const held = new Set((await selectCouponNumbers(tx, { numbers: [...own.values()] })).values());
  const isTheirs = ([personId, number]: readonly [PersonId, string]) =>
    !held.has(number) && (records.get(number) ?? []).every((record) => record.personId === personId);
  return new Map([...own].filter(isTheirs));
}

async function takeFresh(tx: Tx, count: number): Promise<string[]> {
  const fresh: string[] = [];
  let last = Number((await selectLastCouponNumber(tx)) ?? '0');
  while (fresh.length < count) {
    const candidates = Array.from({ length: count - fresh.length }, (_, i) =>
      String(last + i + 1).padStart(digits, '0'),
    );
    const known = await loadCouponRecords(tx, candidates);
    const held = new Set((await selectCouponNumbers(tx, { numbers: candidates })).values());
    fresh.push(...candidates.filter((number) => !known.has(number) && !held.has(number)));
    last += candidates.length;
  }
  return fresh;
}
