import { isIndividualNumber } from './check-digit.ts';

/** Twelve or more digits behind each other, or parted by single blanks or hyphens as people part them. */
const digitRuns = /\d(?:[ -]?\d){11,}/gu;

/**
 * The text with every 個人番号 in it struck out: twelve digits that carry their check digit, also parted (1234-5678-9018),
 * in full-width digits, or inside a longer run. What is no 個人番号 stays as it was typed.
 */
export function withoutIndividualNumbers(text: string): string {
  if (!hasIndividualNumber(text)) return text;
  return foldDigits(text).replaceAll(digitRuns, (run) => (isNumberIn(run) ? '（個人番号）' : run));
}

/** Whether a text carries a 個人番号, see `withoutIndividualNumbers`. */
export function hasIndividualNumber(text: string): boolean {
  return (foldDigits(text).match(digitRuns) ?? []).some(isNumberIn);
}

function isNumberIn(run: string): boolean {
  const digits = run.replaceAll(/[ -]/gu, '');
  for (let i = 0; i + 12 <= digits.length; i += 1) {
    if (isIndividualNumber(digits.slice(i, i + 12))) return true;
  }
  return false;
}

/** Full-width digits, blanks and hyphens as ASCII; the text keeps its length, so that nothing else moves. */
function foldDigits(text: string): string {
  return text
    .replaceAll(/[０-９]/gu, (digit) => String.fromCodePoint((digit.codePointAt(0) ?? 0) - 0xfee0))
    .replaceAll('\u3000', ' ')
    .replaceAll(/[‐‑–—―−－]/gu, '-');
}
