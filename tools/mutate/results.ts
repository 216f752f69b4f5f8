import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Mutant } from './collect-mutants.ts';

/** What earlier runs found of mutants, on the disk line by line, so that a run that was stopped goes on. */
export interface Results {
  /** Whether the mutant was noticed; undefined when it must be tried. */
  find(mutant: Mutant): boolean | undefined;
  /** When to try it, between 0 and 2: by chance, and late where the tests as they once were did not notice it. */
  rank(mutant: Mutant): number;
  keep(mutant: Mutant, isKilled: boolean): void;
}

/**
 * A mutant that was noticed stays noticed as long as the declaration it stands in is the same; one that was not is tried
 * again once a test has changed.
 */
export function openResults(path: string, testFiles: readonly string[]): Results {
  const tests = digest(testFiles.map((file) => readFileSync(file, 'utf8')).join('\n'));
  mkdirSync(dirname(path), { recursive: true });
  const known = new Map<string, boolean>();
  const before = new Set<string>();
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  for (const line of lines) {
    const [key = '', answer] = line.split(' ');
    if (answer === 'noticed') known.set(key, true);
    if (answer === `unnoticed-by-${tests}`) known.set(key, false);
    else if (answer !== 'noticed') before.add(key);
  }
  return {
    find: (mutant) => known.get(keyOf(mutant)),
    rank: (mutant) => Number.parseInt(keyOf(mutant).slice(0, 8), 16) / 2 ** 32 + Number(before.has(keyOf(mutant))),
    keep(mutant, isKilled) {
      known.set(keyOf(mutant), isKilled);
      appendFileSync(path, `${keyOf(mutant)} ${isKilled ? 'noticed' : `unnoticed-by-${tests}`}\n`);
    },
  };
}

function keyOf({ file, source, at, change }: Mutant): string {
  return digest(`${file} ${source} ${at} ${change}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
