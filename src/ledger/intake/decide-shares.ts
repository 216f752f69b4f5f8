/**
 * Deals rows to so many people in turn: all rows of one person stay together, and whoever has fewest gets the next, so that
 * nobody has more than the largest group above another. Answers the ordinals of each share, in the order of the file.
 */
export function decideShares(
  rows: readonly { readonly ordinal: number; readonly group: string }[],
  people: number,
): readonly (readonly number[])[] {
  const shares = Array.from({ length: people }, (): number[] => []);
  const groups = [...Map.groupBy(rows, (row) => row.group).values()].toSorted((a, b) => b.length - a.length);
  for (const group of groups) {
    const fewest = shares.reduce((least, share) => (share.length < least.length ? share : least));
    fewest.push(...group.map((row) => row.ordinal));
  }
  return shares.map((share) => share.toSorted((a, b) => a - b));
}
