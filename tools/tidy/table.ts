import { existsSync, readFileSync } from 'node:fs';

/** Reads a small comma-separated table with quotes and a header; # begins a remark; no file gives no rows. */
export function readTable(path: string): Record<string, string>[] {
  if (!existsSync(path)) return [];
  const [header, ...rows] = parseRows(readFileSync(path, 'utf8').replace(/^\uFEFF/u, ''));
  if (header === undefined) return [];
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ''])));
}

function parseRows(text: string): string[][] {
  const rows: string[][] = [];
  for (const match of `${text.trimEnd()}\n`.matchAll(/((?:"(?:[^"]|"")*"|[^"\n])*)\r?\n/gu)) {
    const line = (match[1] ?? '').replace(/\r$/u, '');
    if (line === '' || line.startsWith('#')) continue;
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gu)];
    rows.push(cells.map((cell) => (cell[1] === undefined ? (cell[2] ?? '') : cell[1].replaceAll('""', '"'))));
  }
  return rows;
}
