import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCsvTable } from '#formats';
import { nameOf } from './change-rows.ts';
import { law } from './invent-rows.ts';

const page = join(import.meta.dirname, '../../../docs/specs/schedule-statements.csv');
const statements = parseCsvTable(readFileSync(page, 'utf8')).map(({ values }) => values);
const named = new Set(statements.flatMap((each) => (each['rows'] ?? '').split(' ')).filter((name) => name !== ''));
const rows = [...law]
  .filter(([file]) => file !== 'findings.csv')
  .flatMap(([file, text]) =>
    parseCsvTable(text).map(({ values }) => `${file.replace(/\.csv$/u, '')}:${nameOf(file, values)}`),
  );

test('every statement of the text has rows or says why it has none', () => {
  assert.ok(statements.length > 70);
  for (const { statement, rows: names, note } of statements) assert.ok(names !== '' || note !== '', statement);
  assert.deepEqual(
    [...named].filter((name) => !rows.includes(name)),
    [],
    'rows that a statement names but no table has',
  );
});

test('every window, exclusion, exception, season and rule between vaccines comes from a statement', () => {
  const tables = /^(?:windows|exclusions|exceptions|seasons|pregnancies|cross-vaccine):/u;
  assert.deepEqual(
    rows.filter((row) => tables.test(row) && !named.has(row)),
    ['windows:bcg-until-2013'],
    'BCG until 2013-03-31 rests on a source of its own, named in its row',
  );
});
