import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { recordItems } from '#ledger/vaccinations';
import { sheetItems } from '../../src/ledger/safety/report-sheet.ts';
import { readTable } from '../../tools/tidy/table.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

/** How many items of a vaccination each document lists, counted in the documents (別添 記録項目). */
const itemsOf: Readonly<Record<string, number>> = {
  '宝塚市/COVID': 15,
  '品川区/予防接種システム': 15,
  '品川区/COVID': 21,
  '北九州市/予防接種情報': 20,
  '北九州市/COVID': 15,
  '熊谷市/業務関係情報': 25,
  '熊谷市/COVID': 15,
  '町田市/心身等': 8,
};

/** A room that is planned and will hold what an item needs: named here, so that nobody forgets it. */
const planned = new Set(['planned:applications']);

let base: TestDatabase;

before(async () => {
  base = await testDatabase();
});
after(() => base.close());

const rows = readTable(join(import.meta.dirname, '../../docs/specs/record-items.csv'));

test('五つの評価書の接種の記録項目が、もれなく順に並んでいる', () => {
  const groups = Map.groupBy(rows, (row) => `${row['document']}/${row['section']}`);
  assert.deepEqual(Object.fromEntries([...groups].map(([name, items]) => [name, items.length])), itemsOf);
  for (const [name, items] of groups) {
    const numbers = items.map((row) => Number(row['number']));
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, i) => (numbers[0] ?? 0) + i),
      name,
    );
  }
});

/** Every column of the application's schema and of the vault. */
async function knownColumns(): Promise<ReadonlySet<string>> {
  const { rows: columns } = await base.db.read.query<{ name: string }>(
    `SELECT table_schema || '.' || table_name || '.' || column_name AS name
     FROM information_schema.columns WHERE table_schema = 'public'
     UNION ALL SELECT n.nspname || '.' || c.relname || '.' || a.attname FROM pg_attribute a
       JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'number_vault' AND a.attnum > 0`,
  );
  const known = new Set(columns.map(({ name }) => name));
  assert.ok(known.size > 300, String(known.size));
  return known;
}

test('どの項目も、データベースの列か、置かれる予定の部屋を言い、その列は本当にある', async () => {
  const known = await knownColumns();
  const places = rows.flatMap((row) => (row['where'] ?? '').split(';').map((place) => ({ row, place })));
  const missing = places.filter(({ place }) => !known.has(place) && !planned.has(place));
  assert.deepEqual(
    missing.map(({ row, place }) => `${row['document']} ${row['item']}: ${place}`),
    [],
  );
});

test('台帳の項目の列は、どれかの評価書の項目か、予診票そのものから来ている', () => {
  // What our own forms and the senders' files bring beside the documents' items.
  const ofForms = new Set([
    'expires_on',
    'site',
    'route',
    'administering_physician',
    'screening_physician',
    'body_temperature',
    'consent',
    'image_file_name',
    'sender_batch',
    'sender_line',
  ]);
  const named = new Set(rows.flatMap((row) => (row['where'] ?? '').split(';')));
  const strangers = recordItems.filter(
    ({ column }) => !ofForms.has(column) && !named.has(`public.ledger_entries.${column}`),
  );
  assert.deepEqual(strangers, []);
});

const reportRows = readTable(join(import.meta.dirname, '../../docs/specs/report-items.csv'));

test('副反応疑い報告書の項目は、もれなく順に並び、どれも置き場所か、置かないわけを言う', async () => {
  // 46 items of the sheet as of 29 March 2024, 6 of 施行規則第6条, 3 that the revision of 2025 adds.
  const groups = [...Map.groupBy(reportRows, (row) => row['document'])];
  assert.deepEqual(
    groups.map(([, items]) => items.length),
    [46, 6, 3],
  );
  for (const [name, items] of groups) {
    assert.deepEqual(
      items.map((row) => Number(row['number'])),
      items.map((_, i) => i + 1),
      name,
    );
  }
  const columns = await knownColumns();
  const keys = new Set(sheetItems.map(({ key }) => `sheet:${key}`));
  const isPlace = (place: string): boolean =>
    columns.has(place) || keys.has(place) || ['rules:reportable-reactions', 'municipality'].includes(place);
  const lost = reportRows.filter((row) => {
    if ((row['source'] ?? '') === '') return true;
    if (row['where'] === 'none') return (row['note'] ?? '') === '';
    return !(row['where'] ?? '').split(';').every(isPlace);
  });
  assert.deepEqual(
    lost.map((row) => `${row['item']}: ${row['where']}`),
    [],
  );
  const named = new Set(reportRows.flatMap((row) => (row['where'] ?? '').split(';')));
  assert.deepEqual(
    [...keys].filter((key) => !named.has(key)),
    [],
    'asked on the screen without an item of the sheet',
  );
});
