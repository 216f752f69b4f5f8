import { luhnCheckDigit } from '#kernel';

/** Whether a text is the number of a printed form (発行番号): twelve digits whose last one checks the others. */
export function isFormNumber(text: string): boolean {
  return /^[1-9]\d{11}$/u.test(text) && luhnCheckDigit(text.slice(0, 11)) === Number(text[11]);
}

/**
 * The number in what a scanner or a hand gave: full-width digits, spaces and hyphens, the start and stop letters of
 * NW-7. Undefined where no valid number is left.
 */
export function readFormNumber(scanned: string): string | undefined {
  const narrow = scanned.normalize('NFKC').replaceAll(/[\s\-‐‑‒–—−ー]/gu, '');
  const digits = narrow.replace(/^[A-D](\d+)[A-D]$/iu, '$1');
  return isFormNumber(digits) ? digits : undefined;
}

/** The number as it is printed for people: `1000-0000-0017`. */
export function formatFormNumber(formNumber: string): string {
  return formNumber.replaceAll(/(\d{4})(?=\d)/gu, '$1-');
}
