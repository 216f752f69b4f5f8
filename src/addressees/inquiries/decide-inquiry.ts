import type { Day } from '#kernel';
import type { AddresseeInquiry, InquiryRefusal } from '#messages';
import type { LinkedSystem } from './linked-systems.ts';

/** Whether a system may ask this, and whether numbers may be in question and answer. */
export type InquiryDecision =
  | { readonly isAllowed: true; readonly mayUseNumbers: boolean }
  | { readonly isAllowed: false; readonly because: InquiryRefusal };

/**
 * Holds an inquiry against the allow-list on a day (AD-20): an unknown system, work that is not declared for it, and a
 * number asked by for work that may not use numbers are refused. 団体内統合宛名番号 follow individual numbers.
 */
export function decideInquiry(
  inquiry: Pick<AddresseeInquiry, 'system' | 'officeWork' | 'asked'>,
  systems: readonly LinkedSystem[],
  on: Day,
): InquiryDecision {
  const known = systems.filter((each) => each.system === inquiry.system);
  if (known.length === 0) return { isAllowed: false, because: 'systemUnknown' };
  const inForce = known.find(
    (each) =>
      each.officeWork === inquiry.officeWork && each.validFrom <= on && (each.validTo === null || on <= each.validTo),
  );
  if (inForce === undefined) return { isAllowed: false, because: 'workNotDeclared' };
  const asksByNumber = inquiry.asked.by !== 'basics';
  if (asksByNumber && !inForce.mayUseNumbers) return { isAllowed: false, because: 'numberNotAllowed' };
  return { isAllowed: true, mayUseNumbers: inForce.mayUseNumbers };
}
