import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseCsvTable } from '#formats';
import type { Finding, FindingSeverity } from '#kernel';

/** What staff read of a finding: the sentence and what to do, filled with its params. */
export interface ExplainedFinding {
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly field: string | null;
  readonly message: string;
  readonly whatToDo: string;
  readonly basis: string | null;
}

/** The sentence and the advice of one code, with {param} places. */
interface FindingText {
  readonly message: string;
  readonly whatToDo: string;
}

/** The sentences of every code of the house. */
export type FindingsTables = ReadonlyMap<string, FindingText>;

const checkout = join(import.meta.dirname, '../../..');

let loaded: Promise<FindingsTables> | undefined;

/** Reads every room's `findings.csv` and that of the rules, once per process; a code may stand in one only. */
export function loadFindingsTables(): Promise<FindingsTables> {
  loaded ??= readTables();
  return loaded;
}

/** A finding as a sentence; one whose code no table knows is a programmer's error. */
export function explainFinding(tables: FindingsTables, finding: Finding): ExplainedFinding {
  const text = tables.get(finding.code);
  if (text === undefined) throw new Error(`no sentence for the finding ${finding.code}`);
  const { code, severity, field, basis } = finding;
  return { code, severity, field, basis, message: fill(text.message, finding), whatToDo: fill(text.whatToDo, finding) };
}

function fill(text: string, finding: Finding): string {
  return text.replaceAll(/\{(\w+)\}/gu, (place, name: string) => String(finding.params[name] ?? place));
}

async function readTables(): Promise<FindingsTables> {
  const tables = new Map<string, FindingText>();
  const owners = new Map<string, string>();
  for (const path of await listTables()) {
    for (const { line, values } of parseCsvTable(await readFile(path, 'utf8'))) {
      const { code = '', message = '', whatToDo = '' } = values;
      const place = `${relative(checkout, path)}:${line}`;
      const owner = owners.get(code);
      if (owner !== undefined) throw new Error(`${place}: the finding ${code} has its sentence in ${owner}`);
      if (code === '' || message === '') throw new Error(`${place}: a finding without code or sentence`);
      owners.set(code, place);
      tables.set(code, { message, whatToDo });
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
