/**
 * What findings, which are kept and shown to many, repeat of a value: only what looks like a code. Where columns have
 * slipped, a name, an address or an individual number stands in its place.
 */
export function codeInSentence(value: string): string {
  return /^[0-9A-Za-z-]{1,6}$/u.test(value) ? value : '（コードの形でない値）';
}
