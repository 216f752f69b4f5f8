/** A lot number as it is compared: width and letters folded, blanks and hyphens left out, as packages print it both ways. */
export function foldLotNumber(text: string): string {
  return text.normalize('NFKC').toUpperCase().replaceAll(/[\s-]/gu, '');
}
