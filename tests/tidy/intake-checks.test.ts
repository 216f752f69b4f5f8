import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTable } from '../../tools/tidy/table.ts';

const root = join(import.meta.dirname, '../..');
const rows = readTable(join(root, 'docs/specs/intake-checks.csv'));
const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter((word) => word !== '');

/** The rooms whose findings intake shows, and the rules' own. */
const tables = [
  'src/ledger/intake',
  'src/ledger/contracts',
  'src/ledger/masters',
  'src/ledger/products',
  'src/ledger/vaccinations',
  'src/addressees/matching',
  'src/schedule',
].map((room) => readTable(join(root, room, 'findings.csv')));

test('受付で確かめることの表は、指摘の符号と、それを試すテストを言い、どちらも本当にある', () => {
  const known = new Set(tables.flat().map((row) => row['code']));
  assert.ok(rows.length > 35 && known.size > 60, `${rows.length} checks, ${known.size} codes`);
  for (const row of rows) {
    const place = `${row['kind']}: ${row['check']}`;
    // A difference of counts belongs to the bundle, not to a row.
    if (row['codes'] === 'bundleState') {
      assert.match(
        words(row['tests'])
          .map((path) => readFileSync(join(root, path), 'utf8'))
          .join(''),
        /'differs'/u,
      );
      continue;
    }
    if (row['codes'] === 'planned') {
      assert.notEqual(row['note'], '', `${place}: what is planned says where and why`);
      continue;
    }
    const texts = words(row['tests']).map((path) => {
      assert.ok(existsSync(join(root, path)), `${place}: ${path}`);
      return readFileSync(join(root, path), 'utf8');
    });
    for (const code of words(row['codes'])) {
      assert.ok(known.has(code), `${place}: ${code}`);
      assert.ok(
        texts.some((text) => new RegExp(String.raw`\b${code}\b`, 'u').test(text)),
        `${place}: no test of ${code}`,
      );
    }
  }
});

test('尋ねる指摘と断る指摘は、すべて表にある', () => {
  const listed = new Set(rows.flatMap((row) => words(row['codes'])));
  // Faults of the files of institutions and of masters themselves, which are no clinic's record.
  const ofInstitutions = new Set(['institutionNameMissing', 'institutionCodeMissing', 'contractPeriodReversed']);
  const ofMasters = new Set([
    'masterOwnerMissing',
    'masterProductUnknown',
    'masterSpanReversed',
    'masterRecallSilent',
    'masterRecallLifted',
  ]);
  // Of a legacy ledger, which asks nobody, and of a correction that waits for another person.
  const isOfLedger = (code: string): boolean => code.startsWith('history') || code === 'recordChangedMeanwhile';
  const missing = tables
    .flat()
    .filter((row) => row['severity'] !== 'note')
    .map((row) => row['code'] ?? '')
    .filter((code) => !listed.has(code) && !ofInstitutions.has(code) && !ofMasters.has(code) && !isOfLedger(code));
  assert.deepEqual(missing, []);
});
