import type { RowRange } from '#ledger/vaccinations';

/** So many rows enter the ledger, or leave it, in one statement; between two of them progress is told and stops are heard. */
const rowsPerPortion = 5000;

/** The rows 1 to `rows` of a batch in portions of one statement each. */
export function rowRanges(rows: number): RowRange[] {
  const ranges: RowRange[] = [];
  for (let from = 1; from <= rows; from += rowsPerPortion) {
    ranges.push({ from, to: Math.min(rows, from + rowsPerPortion - 1) });
  }
  return ranges;
}
