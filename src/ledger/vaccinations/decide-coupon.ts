import { readCouponCode } from '#formats';
import {
  type Day,
  type Finding,
  finding,
  formatIsoDay,
  isLocalGovernmentCode,
  type LgCode,
  type PersonId,
} from '#kernel';
import type { CouponRecord } from './load-coupon-records.ts';

/** What a row says of the dose that its 券番号 was used for. */
export interface CouponDose {
  readonly vaccinatedOn: Day;
  readonly doseNumber: number | null;
}

/** A dose that a 券番号 was used for. */
export type CouponUse = Omit<CouponRecord, 'entryId'>;

/** What a row's 券番号 is held against. */
export interface CouponCase {
  readonly lgCode: LgCode;
  /** Whom the row means; null where nobody is certain. */
  readonly personId: PersonId | null;
  /** The records linked with that one: what stands under them is the same person's. */
  readonly linked?: readonly PersonId[];
  /** Whose the number is by the register of printed 接種券; undefined where it was not printed here. */
  readonly holder?: PersonId | undefined;
  /** What the ledger holds of that 券番号. */
  readonly records: readonly CouponUse[];
}

/** The ten digits under which the records of a row's 券番号 are looked up; undefined where it has none. */
export function couponNumberOf(text: string | null): string | undefined {
  return text === null ? undefined : readCouponCode(text)?.couponNumber;
}

/**
 * What is doubtful about the 券番号 of a row (IN-04). The number alone never says whose a record is: its line has no check
 * digit, and misread numbers wrote over other people's records. So a number that the ledger knows of somebody else, and
 * one dose told with two days by tablet and by paper, are asked; so is a number printed on somebody else's 接種券.
 */
export function decideCoupon(text: string | null, fact: CouponDose, known: CouponCase): Finding[] {
  if (text === null || text === '') return [];
  const field = 'couponNumber';
  const code = readCouponCode(text);
  if (code === undefined) return [finding('couponUnreadable', 'question', field)];
  const findings: Finding[] = [];
  if (code.lgCode !== null && !isLocalGovernmentCode(code.lgCode)) {
    findings.push(finding('couponUnreadable', 'question', field));
  } else if (code.lgCode !== null && code.lgCode !== known.lgCode) {
    findings.push(finding('couponOfOtherMunicipality', 'question', field, { code: code.lgCode }));
  }
  if (code.doseNumber !== null && fact.doseNumber !== null && code.doseNumber !== fact.doseNumber) {
    const params = { told: fact.doseNumber, coupon: code.doseNumber };
    findings.push(finding('couponDoseDiffers', 'question', field, params));
  }
  if (known.personId === null) return findings;
  const own = new Set([known.personId, ...(known.linked ?? [])]);
  const isOurs = code.lgCode === null || code.lgCode === known.lgCode;
  const isPrintedForOther = isOurs && known.holder !== undefined && !own.has(known.holder);
  if (isPrintedForOther || known.records.some((record) => !own.has(record.personId))) {
    findings.push(finding('couponOfOther', 'question', field));
  }
  const twice = known.records.find(
    (record) =>
      own.has(record.personId) &&
      record.vaccinatedOn !== fact.vaccinatedOn &&
      fact.doseNumber !== null &&
      Number(record.doseNumberAsSent) === fact.doseNumber,
  );
  if (twice !== undefined) {
    const params = { doseNumber: fact.doseNumber ?? '', on: formatIsoDay(twice.vaccinatedOn) };
    findings.push(finding('couponDoseTwice', 'question', field, params));
  }
  return findings;
}
