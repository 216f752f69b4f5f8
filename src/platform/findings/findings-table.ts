import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseCsvTable } from '#formats';
import type { FindingsTables, FindingText } from './explain-finding.ts';

const checkout = join(import.meta.dirname, '../../..');

let loaded: Promise<FindingsTables> | undefined;

/** Reads every room's `findings.csv` and that of the rules, once per process; a code may stand in one only. */
export function loadFindingsTables(): Promise<FindingsTables> {
  loaded ??= readTables();
  return loaded;
}

async function readTables(): Promise<FindingsTables> {
  const tables = new Map<string, FindingText>();
  const owners = new Map<string, string>();
  for (const path of await listTables()) {
    for (const { line, values } of parseCsvTable(await readFile(path, 'utf8'))) {
      const { code = '', severity, title = '', message = '', whatToDo = '' } = values;
      const place = `${relative(checkout, path)}:${line}`;
      const owner = owners.get(code);
      if (owner !== undefined) throw new Error(`${place}: the finding ${code} has its sentence in ${owner}`);
      if (code === '' || message === '') throw new Error(`${place}: a finding without code or sentence`);
      if (severity === 'question' && title === '') throw new Error(`${place}: the question ${code} has no title`);
      owners.set(code, place);
      tables.set(code, { title, message, whatToDo });
    }
  }
  return tables;
}

async function listTables(): Promise<string[]> {
  const found = await Promise.all(
    ['src', 'rules'].map(async (folder) => {
      const names = await readdir(join(checkout, folder), { recursive: true });
      return names
        .filter((name) => /(?:^|[/\\])findings\.csv$/u.test(name))
        .map((name) => join(checkout, folder, name));
    }),
  );
  return found.flat().sort();
}
