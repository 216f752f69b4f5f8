import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRulesFolder } from '#platform/files';
import { parseRules } from '#schedule';
import { differencesOfDoses, differencesOfForecast } from './judge-case.ts';
import { readDoseCases, readForecastCases } from './read-cases.ts';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));

test('every dose of the tables is judged as the law says, the day before, on the day, the day after', () => {
  const cases = readDoseCases();
  assert.ok(cases.length > 0);
  assert.deepEqual(
    cases.flatMap((each) => differencesOfDoses(rules, each)),
    [],
  );
});

test('every stage of the tables stands where the law puts it, the day before, on the day, the day after', () => {
  const cases = readForecastCases();
  assert.ok(cases.length > 0);
  assert.deepEqual(
    cases.flatMap((each) => differencesOfForecast(rules, each)),
    [],
  );
});
