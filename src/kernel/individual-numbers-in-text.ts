import { isIndividualNumber } from './check-digit.ts';
import { UnreadableInput } from './errors.ts';

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

const gap = '[\\s\\-‐-―−ー・.]';
/** Twelve digits as an individual number is written: together, or in three groups of four. */
const twelveDigits = new RegExp(
  `(?<!\\d)\\d{12}(?!\\d)|(?<!\\d${gap}?)\\d{4}${gap}\\d{4}${gap}\\d{4}(?!${gap}?\\d)`,
  'gu',
);

/** Whether a field is kept as somebody wrote it, by its name, whatever the room: reason, otherReason, cancelReason, note. */
export function isReasonField(name: string): boolean {
  return /(?:reason|note|remark)s?$/iu.test(name);
}

/**
 * Refuses twelve digits in a text that is kept as somebody wrote it (処理事由, 理由): they may be an individual number
 * (個人番号), which no log and no record holds. A wrong one is refused as well: it is a mistyped right one.
 */
export function refuseNumberInText(text: string): void {
  if (text.normalize('NFKC').search(twelveDigits) === -1) return;
  throw new UnreadableInput(
    '理由の文に12けたの番号があります。個人番号のおそれがあるため残せません。番号は書かないで、業務の内容だけを書いてください。',
  );
}

/**
 * Whether twelve digits that carry the check digit of a 個人番号 stand by themselves in words of a file or a form. Here a
 * wrong check digit passes, and so does what is part of a longer number.
 */
export function hasWrittenIndividualNumber(text: string): boolean {
  if (text.length < 12) return false;
  const matches = text.normalize('NFKC').match(twelveDigits) ?? [];
  return matches.some((match) => isIndividualNumber(match.replaceAll(/\D/gu, '')));
}

/**
 * The text with the digits of every such number struck out by `*`, one for each character; everything else stays, character
 * by character. For words of a file that is taken in without what may be a 個人番号.
 */
export function strikeWrittenIndividualNumbers(text: string): string {
  if (!hasWrittenIndividualNumber(text)) return text;
  const characters = Array.from(text);
  // Which character each folded one came from: a sign such as ① folds to a digit, others to several characters.
  const folded = characters.map((character) => character.normalize('NFKC'));
  const origins = folded.flatMap((part, at) => Array.from({ length: part.length }, () => at));
  const line = folded.join('');
  for (const match of line.matchAll(twelveDigits)) {
    if (!isIndividualNumber(match[0].replaceAll(/\D/gu, ''))) continue;
    for (let at = match.index; at < match.index + match[0].length; at += 1) {
      const origin = origins[at];
      if (origin !== undefined && /\d/u.test(line[at] ?? '')) characters[origin] = '*';
    }
  }
  return characters.join('');
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
