import { CsvScanner } from './scan-csv.ts';

/** One row of a small table with its line in the file, by column name. */
export interface CsvTableRow {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Reads a small CSV table with a header (rules, settings, findings) whole; empty lines are passed over. Throws
 * an Error that names the line when a row has more or fewer values than the header, or a column is named twice.
 */
export function parseCsvTable(text: string): readonly CsvTableRow[] {
  const scanner = new CsvScanner();
  const withoutMark = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const records = [...scanner.push(withoutMark), ...scanner.end()].filter(({ values }) => values.join('') !== '');
  const header = records[0]?.values ?? [];
  if (new Set(header).size !== header.length) throw new Error('line 1: a column is named twice');
  return records.slice(1).map(({ line, values }) => {
    if (values.length !== header.length) {
      throw new Error(`line ${line}: ${values.length} values, but the header names ${header.length} columns`);
    }
    return { line, values: Object.fromEntries(header.map((name, i) => [name, values[i] ?? ''])) };
  });
}
