import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCsvTable } from '#formats';
import { UnreadableInput } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { parseRules, type RuleSet } from '#schedule';
import { type ChangedRow, changesOf, nameOf } from './change-rows.ts';
import { differencesOfDoses, differencesOfForecast } from './judge-case.ts';
import { readDoseCases, readForecastCases } from './read-cases.ts';

const files = await readRulesFolder(join(import.meta.dirname, '../../../rules'));
const doseCases = Map.groupBy(
  readDoseCases().flatMap((one) => one.rows.map((row) => ({ row, one }))),
  ({ row }) => row,
);
const forecastCases = Map.groupBy(
  readForecastCases().flatMap((one) => one.rows.map((row) => ({ row, one }))),
  ({ row }) => row,
);
const listed = parseCsvTable(readFileSync(join(import.meta.dirname, 'unobservable.csv'), 'utf8')).map(
  ({ values }) => `${values['row']} ${values['column']} "${values['cell']}"`,
);

test('every row of the law has a case that names it, and every name in a case is a row', () => {
  const named = new Set([...doseCases.keys(), ...forecastCases.keys()]);
  const rows = [...files].flatMap(([file, text]) =>
    // Volumes and symptoms judge nothing: they are held against records and reports, where their own cases stand.
    ['findings.csv', 'dose-volumes.csv', 'reportable-reactions.csv'].includes(file)
      ? []
      : parseCsvTable(text).map(({ values }) => `${file.replace(/\.csv$/u, '')}:${nameOf(file, values)}`),
  );
  assert.ok(rows.length > 300, `only ${rows.length} rows were read`);
  const unnamed = rows.filter((row) => !named.has(row) && !/^(?:diseases|programmes):/u.test(row));
  assert.deepEqual(unnamed, [], 'rows without a case');
  assert.deepEqual(
    [...named].filter((name) => !rows.includes(name)),
    [],
    'cases that name no row',
  );
});

test('a row moved by a day, a unit or a word fails a case that names it', () => {
  const changes = changesOf(files);
  assert.ok(changes.length > 900, `only ${changes.length} changes were made`);
  const unnoticed = changes.filter((change) => !isNoticed(change));
  const survivors = unnoticed.map(({ row, column, cell }) => `${row} ${column} "${cell}"`);
  assert.deepEqual(
    survivors.filter((each) => !listed.includes(each)),
    [],
    'changes that no case notices: add a case, or say in unobservable.csv why nobody could see it',
  );
  assert.deepEqual(
    listed.filter((each) => !survivors.includes(each)),
    [],
    'unobservable.csv lists changes that a case does notice',
  );
});

/** A change that the reading refuses, or that some case naming the row answers otherwise. */
function isNoticed({ row, file, text }: ChangedRow): boolean {
  let rules: RuleSet;
  try {
    rules = parseRules(new Map([...files, [file, text]]));
  } catch (error) {
    if (error instanceof UnreadableInput) return true;
    throw error;
  }
  return (
    (doseCases.get(row) ?? []).some(({ one }) => differencesOfDoses(rules, one).length > 0) ||
    (forecastCases.get(row) ?? []).some(({ one }) => differencesOfForecast(rules, one).length > 0)
  );
}
