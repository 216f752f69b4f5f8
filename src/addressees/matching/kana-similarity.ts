import { kanaWords } from '#addressees/persons';

/**
 * Whether two phonetic keys are alike: equal, or one edit apart (a kana wrong, missing, added, or two neighbours
 * swapped), two edits from eight kana on. Very short names must be equal.
 */
export function isSimilarKana(a: string, b: string): boolean {
  const longest = Math.max(a.length, b.length);
  if (a === '' || b === '') return false;
  if (a === b) return true;
  if (longest < 4) return false;
  const allowed = longest >= 8 ? 2 : 1;
  return Math.abs(a.length - b.length) <= allowed && editDistance(a, b) <= allowed;
}

const shortestGivenName = 2;

/**
 * Whether two phonetic names as they came have the given name in common though the family names differ (改姓): the last
 * word of both, or the end of one that is written without a space. A given name of one kana says too little.
 */
export function hasSameGivenName(a: string, b: string): boolean {
  const left = kanaWords(a);
  const right = kanaWords(b);
  const given = (right.length > 1 ? right.at(-1) : left.length > 1 ? left.at(-1) : undefined) ?? '';
  if (given.length < shortestGivenName) return false;
  return (left.at(-1) ?? '').endsWith(given) && (right.at(-1) ?? '').endsWith(given);
}

/** Edits between two texts: replaced, missing and added characters, and neighbours swapped, each count one. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) best = Math.min(best, at(beforeLast, j - 2) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], i: number): number {
  return row[i] ?? 0;
}
