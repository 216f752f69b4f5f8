import type { FeedSource } from '#common-base/linkage';
import { isIndividualNumber, UnreadableInput } from '#kernel';

/** The text with every individual number in it struck out: file names and quoted headings are not to be trusted. */
function withoutIndividualNumbers(text: string): string {
  return text.replaceAll(/\d{12,}/gu, (digits) => (hasIndividualNumber(digits) ? '（個人番号）' : digits));
}

/** A feed whose name may be stored and shown. */
export function withSafeName(source: FeedSource): FeedSource {
  return { name: withoutIndividualNumbers(source.name), open: () => source.open() };
}

/** An error whose sentence may be stored and shown: a file without header has its first number where a name stands. */
export function withSafeMessage(error: unknown): unknown {
  return error instanceof UnreadableInput ? new UnreadableInput(withoutIndividualNumbers(error.message)) : error;
}

function hasIndividualNumber(digits: string): boolean {
  for (let i = 0; i + 12 <= digits.length; i += 1) {
    if (isIndividualNumber(digits.slice(i, i + 12))) return true;
  }
  return false;
}
