const letters = 'abcdefghijklmnop';

/**
 * A reference as a word of letters alone, for addresses, fields and logs: in its usual form one in a hundred holds twelve
 * digits that look like a 個人番号, which forms and logs refuse.
 */
export function wordOfReference(reference: string): string {
  return [...reference.replaceAll('-', '')].map((digit) => letters[Number.parseInt(digit, 16)] ?? '').join('');
}

/** The reference that a word stands for; undefined for anything else. */
export function findReference(word: string): string | undefined {
  if (!/^[a-p]{32}$/u.test(word)) return undefined;
  const hex = [...word].map((letter) => letters.indexOf(letter).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
