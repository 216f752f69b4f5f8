import { isReasonField } from '#kernel';
import type { Layout, LayoutColumn } from './types.ts';

/** Whether a column holds somebody's own words (備考, 理由), in which a 個人番号 has no place. */
export function isWordsColumn(column: LayoutColumn): boolean {
  return column.type === 'text' && !column.isName && isReasonField(column.key);
}

/**
 * Which values of a record are such words, by their place in the file (first = 0): by the names of the header where one
 * was read, else in the order of the layout, also in each group of columns that is written once per dose.
 */
export function wordsPlaces(layout: Layout, header: readonly string[] | null): (at: number) => boolean {
  if (header !== null) {
    const names = new Set(layout.columns.filter(isWordsColumn).map(({ name }) => name));
    return (at) => names.has(header[at] ?? '');
  }
  const { columns, repeats } = layout;
  const places = new Set(columns.flatMap((column, at) => (isWordsColumn(column) ? [at] : [])));
  if (repeats === null) return (at) => places.has(at);
  const size = columns.length - repeats.from - (repeats.hasOrdinal ? 1 : 0);
  return (at) => places.has(at < repeats.from ? at : repeats.from + ((at - repeats.from) % size));
}
