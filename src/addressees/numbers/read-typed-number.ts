/** Digits as people type them: full-width, with spaces or hyphens between. */
export function readTypedNumber(text: string): string {
  return text.normalize('NFKC').replaceAll(/[\s\-‐‑–—―−ー]/gu, '');
}
