import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import type { ContractPrice } from './types.ts';

/** What a row claims for a dose or an interview. */
export interface ClaimedDose {
  readonly programme: string;
  readonly product: string;
  /** What the office calls the vaccination. */
  readonly name: string;
  readonly outcome: 'administered' | 'screeningOnly' | 'notConsented';
  readonly institutionCode: string | null;
  readonly on: Day;
  /** Completed years on the day; null where the birth date is unknown. */
  readonly ageYears: number | null;
  /** As the sender wrote them; null where the row tells none. */
  readonly claimedYen: string | null;
  readonly priceCode: string | null;
  /** 請求月, `YYYY-MM` or `YYYYMM`. */
  readonly claimMonth: string | null;
}

/** What the municipality keeps of claims: its prices, and after how many months a claim is late (null: never asked). */
export interface ClaimKnowledge {
  readonly prices: readonly ContractPrice[];
  readonly lateAfterMonths: number | null;
}

/**
 * What is doubtful about the claim of a row: no price in the contract for such a dose or interview on its day, another
 * amount or price code than the contract's, money for a refused consent, a month before the dose or long after it. Where
 * the municipality keeps no prices none is asked for.
 */
export function decideClaim({ prices, lateAfterMonths }: ClaimKnowledge, dose: ClaimedDose): Finding[] {
  return [...(prices.length === 0 ? [] : decidePrice(prices, dose)), ...decideMonth(lateAfterMonths, dose)];
}

function decidePrice(prices: readonly ContractPrice[], dose: ClaimedDose): Finding[] {
  const yen = readYen(dose.claimedYen);
  if (dose.outcome === 'notConsented') {
    return yen === null || yen === 0 ? [] : [finding('claimWithoutService', 'question', 'claimYen', { claimed: yen })];
  }
  const holding = pricesOf(prices, dose);
  const params = { name: dose.name, on: formatIsoDay(dose.on) };
  if (holding.length === 0) {
    return dose.outcome === 'administered'
      ? [finding('claimPriceMissing', 'question', 'vaccineCode', params)]
      : [finding('claimScreeningPriceMissing', 'question', 'vaccineCode', params)];
  }
  const findings: Finding[] = [];
  if (yen !== null && !holding.some((price) => price.unitPriceYen === yen)) {
    const expected = [...new Set(holding.map((price) => price.unitPriceYen))].join('・');
    findings.push(finding('claimAmountDiffers', 'question', 'claimYen', { claimed: yen, expected }));
  }
  if (dose.priceCode !== null && !holding.some((price) => price.priceCode === dose.priceCode)) {
    const expected = holding.map((price) => price.priceCode).join('・');
    findings.push(finding('claimPriceCodeDiffers', 'question', 'priceCode', { expected }));
  }
  return findings;
}

/** The prices that hold for a dose: those for its institution and product alone stand before the general ones. */
function pricesOf(prices: readonly ContractPrice[], dose: ClaimedDose): ContractPrice[] {
  const { on, ageYears } = dose;
  const fitting = prices.filter(
    (price) =>
      price.programme === dose.programme &&
      price.outcome === dose.outcome &&
      (price.product === null || price.product === dose.product) &&
      (price.institutionCode === null || price.institutionCode === dose.institutionCode) &&
      (price.validFrom === null || price.validFrom <= on) &&
      (price.validTo === null || on <= price.validTo) &&
      (ageYears === null || (price.ageFromYears ?? 0) <= ageYears) &&
      (ageYears === null || price.ageToYears === null || ageYears <= price.ageToYears),
  );
  const rank = (price: ContractPrice): number =>
    (price.institutionCode === null ? 0 : 2) + (price.product === null ? 0 : 1);
  const best = Math.max(0, ...fitting.map(rank));
  return fitting.filter((price) => rank(price) === best);
}

function decideMonth(lateAfterMonths: number | null, { claimMonth, on }: ClaimedDose): Finding[] {
  const match = /^(\d{4})-?(0[1-9]|1[0-2])$/u.exec(claimMonth ?? '');
  if (match === null) return [];
  const [given, month] = [formatIsoDay(on), `${match[1]}-${match[2]}`];
  const monthsAfter = monthNumber(month) - monthNumber(given);
  const params = { on: given, month };
  if (monthsAfter < 0) return [finding('claimBeforeDose', 'question', 'claimMonth', params)];
  if (lateAfterMonths === null || monthsAfter <= lateAfterMonths) return [];
  return [finding('claimLate', 'question', 'claimMonth', { ...params, months: lateAfterMonths })];
}

/** Months since the year 0 of a text that begins with `YYYY-MM`. */
function monthNumber(text: string): number {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
}

function readYen(text: string | null): number | null {
  const digits = (text ?? '').replaceAll(/[,，円\s]/gu, '');
  return /^\d{1,9}$/u.test(digits) ? Number(digits) : null;
}
