/** One character as a person sees it, with the reading printed above it (`''` where none). */
export interface Run {
  readonly text: string;
  readonly reading: string;
}

/**
 * Splits a text into characters as a person counts them: a variation selector or a combining mark stays with the
 * character before it, so that a name's variant glyph is looked up whole.
 */
export function splitClusters(text: string): string[] {
  const clusters: string[] = [];
  for (const character of text) {
    const last = clusters.length - 1;
    if (last >= 0 && joinsPrevious(character.codePointAt(0) ?? 0)) clusters[last] += character;
    else clusters.push(character);
  }
  return clusters;
}

/** Whether a code point changes the look of the one before it: variation selectors, dakuten, combining marks. */
export function joinsPrevious(codePoint: number): boolean {
  return (
    (codePoint >= 0xfe00 && codePoint <= 0xfe0f) ||
    (codePoint >= 0xe0100 && codePoint <= 0xe01ef) ||
    codePoint === 0x3099 ||
    codePoint === 0x309a ||
    (codePoint >= 0x0300 && codePoint <= 0x036f)
  );
}

/** Splits `体温の{測定|そくてい}` into runs with and without a reading; an unclosed brace is plain text. */
export function splitReadings(text: string): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (const match of text.matchAll(/\{([^{}|]+)\|([^{}|]*)\}/gu)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), reading: '' });
    runs.push({ text: match[1] ?? '', reading: match[2] ?? '' });
    from = match.index + match[0].length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), reading: '' });
  return runs;
}

/** The text without its readings: what is said aloud, looked up or sent where nothing can stand above it. */
export function withoutReadings(text: string): string {
  return text.includes('{') ? text.replaceAll(/\{([^{}|]+)\|[^{}|]*\}/gu, '$1') : text;
}
