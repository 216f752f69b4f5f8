import { type LinkedRecords, listLinkedRecords, loadPersonsForJudging, recordsIn } from '#addressees/persons';
import type { Finding, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { CouponBearer, SharedCoupons } from './coupons-of-file.ts';
import { type CouponUse, couponNumberOf } from './decide-coupon.ts';
import { decideHistoryCoupon } from './decide-history-coupon.ts';
import { loadCouponRecords } from './load-coupon-records.ts';
import type { NewEntry } from './types.ts';

/** Whose 券番号 are by the register of those that were printed; a number that was never printed is absent. */
export type CouponHolders = (tx: Tx, couponNumbers: readonly string[]) => Promise<ReadonlyMap<string, PersonId>>;

/** What the 券番号 of some thousand rows are held against: the ledger, the register, the rest of their file. */
export interface HistoryCoupons {
  /** By number; rows of this chunk are noted as they enter. */
  readonly uses: Map<string, CouponUse[]>;
  readonly holders: ReadonlyMap<string, PersonId>;
  readonly linked: LinkedRecords;
  readonly shared: SharedCoupons;
  /** The people on record whom `shared` names. */
  readonly bearers: ReadonlyMap<string, PersonId>;
}

/** Loads what the ledger and the register know of the numbers of these entries; costs nothing where none tells one. */
export async function loadHistoryCoupons(
  tx: Tx,
  entries: readonly NewEntry[],
  shared: SharedCoupons,
  loadHolders: CouponHolders,
): Promise<HistoryCoupons> {
  const told = entries.filter(({ items }) => items.couponNumber);
  const numbers = [...new Set(told.flatMap(({ items }) => couponNumberOf(items.couponNumber ?? null) ?? []))];
  const records = await loadCouponRecords(tx, numbers);
  const holders = numbers.length === 0 ? new Map<string, PersonId>() : await loadHolders(tx, numbers);
  const linked = await listLinkedRecords(tx, [...new Set(told.map(({ personId }) => personId))]);
  const named = numbers.flatMap((number) => shared.get(number) ?? []).map((each) => each.addresseeNumber);
  const people = named.length === 0 ? [] : await loadPersonsForJudging(tx, { addresseeNumbers: [...new Set(named)] });
  const bearers = new Map(people.map(({ addresseeNumber, personId }) => [addresseeNumber, personId]));
  return { uses: new Map([...records].map(([number, of]) => [number, [...of]])), holders, linked, shared, bearers };
}

/** What is doubtful about the 券番号 of a row that would enter; an entry that may is noted for the rows behind it. */
export function checkHistoryCoupon(tx: Tx, entry: NewEntry, known: HistoryCoupons): Finding[] {
  const text = entry.items.couponNumber ?? null;
  if (text === null) return [];
  const { personId, vaccinatedOn } = entry;
  const number = couponNumberOf(text) ?? '';
  const own = recordsIn(known.linked, personId);
  const records = known.uses.get(number) ?? [];
  const holder = known.holders.get(number);
  const sentDose = entry.items.doseNumber ?? null;
  const dose = { vaccinatedOn, doseNumber: sentDose !== null && /^\d{1,2}$/u.test(sentDose) ? Number(sentDose) : null };
  const found = decideHistoryCoupon(text, dose, {
    ...{ lgCode: tx.lgCode, personId, linked: own, holder, records },
    otherBearer: records.length > 0 || holder !== undefined ? undefined : findOtherBearer(number, own, known),
  });
  if (number !== '' && !found.some(({ severity }) => severity === 'refuse')) {
    known.uses.set(number, [...records, { personId, vaccinatedOn, doseNumberAsSent: sentDose }]);
  }
  return found;
}

/** Somebody else who bears the number in the file: records linked as one person are none. */
function findOtherBearer(
  number: string,
  own: readonly PersonId[],
  { shared, bearers }: HistoryCoupons,
): CouponBearer | undefined {
  return shared.get(number)?.find(({ addresseeNumber }) => {
    const bearer = bearers.get(addresseeNumber);
    return bearer === undefined || !own.includes(bearer);
  });
}
