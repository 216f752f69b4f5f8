import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { floors } from './floors.ts';
import { type Fault, root, type SourceFile } from './source-tree.ts';
import { readTable } from './table.ts';

/**
 * Every code that a room finds has a sentence, its own or of a room above; every sentence is used; codes are unique.
 * A question has a title in a few words without values, which lists and filters show.
 */
export function checkFindings(files: readonly SourceFile[]): Fault[] {
  const owners = new Map<string, string>();
  return floors.flatMap((room) => {
    const path = `src/${room.path}/findings.csv`;
    const own = files.filter((file) => file.room === room && !file.isTest);
    const rows = existsSync(join(root, path)) ? readTable(join(root, path)) : [];
    const used = new Set(
      own.flatMap((file) => [...file.code.matchAll(/\bfinding\(\s*'(\w+)'/gu)].map((match) => match[1] ?? '')),
    );
    const listed = new Set(rows.map((row) => row['code'] ?? ''));
    const text = own.map((file) => file.code).join('\n');
    const faults: Fault[] = [];
    for (const code of used)
      if (!listed.has(code) && !owners.has(code)) faults.push({ path, because: `lacks a row for ${code}` });
    for (const row of rows) {
      const code = row['code'] ?? '';
      if (owners.has(code)) faults.push({ path, because: `${code} is also in ${owners.get(code)}` });
      owners.set(code, path);
      if (!/^[a-z][A-Za-z0-9]*$/u.test(code)) faults.push({ path, because: `${code} is not camelCase` });
      if (!new RegExp(`'${code}'`, 'u').test(text))
        faults.push({ path, because: `${code} is never found by the code` });
      if (!['refuse', 'question', 'note'].includes(row['severity'] ?? ''))
        faults.push({ path, because: `${code} has no severity` });
      if ((row['message'] ?? '') === '' || (row['whatToDo'] ?? '') === '') {
        faults.push({ path, because: `${code} lacks a sentence or what to do` });
      }
      if (row['severity'] === 'question' && !/^[^{}。]{2,20}$/u.test(row['title'] ?? '')) {
        faults.push({ path, because: `${code} lacks a title of 2 to 20 characters without a value and a full stop` });
      }
    }
    return faults;
  });
}
