import type { WrittenColumn, WrittenLayout } from './layout-schema.ts';

/** The beginning of a file as bytes give it: the encoding that reads it, and its first line. */
export interface FileBeginning {
  readonly encoding: 'utf-8' | 'cp932';
  readonly firstLine: string;
}

/** Reads the first line as UTF-8, and as CP932 where that is none. */
export function readFirstLine(bytes: Uint8Array): FileBeginning {
  const end = bytes.indexOf(0x0a);
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return { encoding: 'utf-8', firstLine: new TextDecoder('utf-8', { fatal: true }).decode(line).trimEnd() };
  } catch {
    return { encoding: 'cp932', firstLine: new TextDecoder('shift_jis').decode(line).trimEnd() };
  }
}

/**
 * A first draft of the layout of a file whose first line names its columns: a column that a known layout has under the
 * same name is read as there, every other one is passed over until somebody says what it is. A line without letters
 * is data, not names: its columns are numbered.
 */
export function proposeLayout(beginning: FileBeginning, known: readonly WrittenColumn[]): WrittenLayout {
  const { encoding, firstLine } = beginning;
  const delimiter = firstLine.includes('\t') ? '\t' : ',';
  const cells = firstLine.split(delimiter).map((cell) => cell.trim().replaceAll(/^"|"$/gu, ''));
  const hasHeader = cells.every((cell) => cell !== '' && !/^[\d./-]+$/u.test(cell));
  const byName = new Map(known.map((column) => [foldName(column.name), column]));
  const taken = new Set<string>();
  const columns = cells.map((cell, i): WrittenColumn => {
    const name = hasHeader ? cell : `${i + 1}列目`;
    const like = hasHeader ? byName.get(foldName(cell)) : undefined;
    if (like === undefined || taken.has(like.key)) return { name, key: `unused${i + 1}`, type: 'skip' };
    taken.add(like.key);
    return { ...like, name };
  });
  return { title: '新しい並び', encodings: [encoding], delimiter, hasHeader, columns };
}

/** Names differ in width and spaces between senders. */
function foldName(name: string): string {
  return name.normalize('NFKC').replaceAll(/\s/gu, '');
}
