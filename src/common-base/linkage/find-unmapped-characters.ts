/** Characters of one value that cannot be trusted or shown. */
export interface UnmappedCharacters {
  /** U+FFFD, or a question mark in a name: the sender's system lost the character. */
  readonly lost: number;
  /** Private use: only the sender's own font (外字) knows the character. */
  readonly privateUse: number;
}

// Private use of the plane everybody has, the replacement mark, the lead halves of planes 15 and 16, ? and ？.
const suspiciousUnits = /[\uE000-\uF8FF\uFFFD\uDB80-\uDBFF?？]/;

/** Counts the characters of a value that were lost on the way or that no public font knows; undefined if none. */
export function findUnmappedCharacters(value: string, isName: boolean): UnmappedCharacters | undefined {
  if (!suspiciousUnits.test(value)) return undefined;
  let lost = 0;
  let privateUse = 0;
  for (const character of value) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint === 0xfffd || (isName && (character === '?' || character === '？'))) lost += 1;
    else if ((codePoint >= 0xe000 && codePoint <= 0xf8ff) || codePoint >= 0xf0000) privateUse += 1;
  }
  return lost + privateUse === 0 ? undefined : { lost, privateUse };
}
