import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Tx } from './types.ts';

const chunkCharacters = 65_536;

/**
 * Sends lines to `COPY … FROM STDIN` (text format) and answers how many rows arrived. Each line is without its line
 * feed, its fields joined by tabs and escaped by `copyLine`. Under row-level security only staging tables may be the
 * target: PostgreSQL refuses the others.
 */
export async function copyRows(tx: Tx, copySql: string, rows: readonly string[]): Promise<number> {
  const target = tx.client.query(copyFrom(copySql));
  await pipeline(Readable.from(chunksOf(rows), { highWaterMark: 2 }), target);
  return target.rowCount;
}

/** One field of a COPY line in text format; null is `\N`. */
function copyField(value: string | number | null): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return /[\\\t\n\r]/u.test(value) ? value.replaceAll(/[\\\t\n\r]/gu, escapeCharacter) : value;
}

/** A whole COPY line of the given fields. */
export function copyLine(values: readonly (string | number | null)[]): string {
  let line = '';
  for (let i = 0; i < values.length; i += 1) {
    line += i === 0 ? copyField(values[i] ?? null) : `\t${copyField(values[i] ?? null)}`;
  }
  return line;
}

function escapeCharacter(character: string): string {
  if (character === '\t') return '\\t';
  if (character === '\n') return '\\n';
  return character === '\r' ? '\\r' : '\\\\';
}

function* chunksOf(rows: readonly string[]): Generator<string> {
  let chunk = '';
  for (const row of rows) {
    chunk += `${row}\n`;
    if (chunk.length >= chunkCharacters) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}
