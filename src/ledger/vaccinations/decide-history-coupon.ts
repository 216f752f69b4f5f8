import { type Finding, finding } from '#kernel';
import type { CouponBearer } from './coupons-of-file.ts';
import { type CouponCase, type CouponDose, decideCoupon } from './decide-coupon.ts';

/** What the 券番号 of a row of a legacy ledger is held against. */
export interface HistoryCouponCase extends CouponCase {
  /** Who else of the same file bears the number, where nobody knows whose it is. */
  readonly otherBearer: CouponBearer | undefined;
}

/** Doubts about whose the dose is, or whether it is one: such a fact must not stand in the ledger before somebody looked. */
const keptOut: ReadonlySet<string> = new Set(['couponOfOther', 'couponSharedInFile', 'couponDoseTwice']);

/**
 * What reception would ask about a 券番号, for a migration, which asks nobody: whose the dose is decides, so such a row is
 * refused and comes in as a batch, where a person answers; the rest is entered, and the report says so.
 */
export function decideHistoryCoupon(text: string | null, dose: CouponDose, known: HistoryCouponCase): Finding[] {
  const asked = decideCoupon(text, dose, known);
  if (known.otherBearer !== undefined) {
    asked.push(finding('couponSharedInFile', 'question', 'couponNumber', { row: known.otherBearer.ordinal }));
  }
  if (asked.length === 0) return [];
  if (!asked.some(({ code }) => keptOut.has(code))) {
    const noted = asked.map((each): Finding => ({ ...each, severity: 'note' }));
    return [...noted, finding('historyCouponEntered', 'note', 'couponNumber')];
  }
  const refused = asked.map((each): Finding => ({ ...each, severity: 'refuse' }));
  return [...refused, finding('historyCouponRefused', 'refuse', 'couponNumber')];
}
