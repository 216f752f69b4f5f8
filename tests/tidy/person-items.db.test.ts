import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findAnnotationKind } from '#addressees/persons';
import { parseCsvTable } from '#formats';
import { withClient } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const root = join(import.meta.dirname, '../..');
const rows = parseCsvTable(readFileSync(join(root, 'docs/specs/person-items.csv'), 'utf8')).map(({ values }) => ({
  document: values['document'] ?? '',
  number: Number(values['number']),
  item: values['item'] ?? '',
  kind: values['kind'] ?? '',
  place: values['place'] ?? '',
}));

let store: TestDatabase;
let columns: ReadonlySet<string>;

before(async () => {
  store = await testDatabase();
  columns = await withClient(store.db.ownerUrl ?? '', async (client) => {
    const { rows: found } = await client.query<{ name: string }>(
      `SELECT CASE table_schema WHEN 'public' THEN '' ELSE table_schema || '.' END || table_name || '.' || column_name AS name
       FROM information_schema.columns WHERE table_schema IN ('public', 'number_vault')`,
    );
    return new Set(found.map(({ name }) => name));
  });
});
after(() => store.close());

/** How many person items each document lists, by the numbers they have there. */
const listed: Readonly<Record<string, readonly number[]>> = {
  '宝塚市 別添1 基本': span(1, 11),
  '品川区 別添2 予防接種システム': [...span(1, 10), 24, 25],
  '品川区 別添2 番号連携サーバー': [27, 28],
  '品川区 別添2 中間サーバー': [29],
  '北九州市 別添2 住民情報(宛名基本)': span(1, 30),
  '熊谷市 別添1 識別情報': [1, 2],
  '熊谷市 別添1 連絡先情報': span(1, 8),
  '町田市 別添2 個人情報ファイル簿': span(1, 31),
};

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

test('五つの文書の住民情報の項目が、文書の順に、もれなく並んでいる', () => {
  const numbers = Object.fromEntries(
    Map.groupBy(rows, ({ document }) => document)
      .entries()
      .map(([document, items]) => [document, items.map(({ number }) => number)]),
  );
  assert.deepEqual(numbers, listed);
  assert.ok(rows.every(({ item }) => item !== ''));
});

test('どの項目も、書かれた列か関数にあるか、持たないわけが決定の記録にある', () => {
  for (const { item, kind, place } of rows) {
    if (kind === 'column') {
      const [column = '', annotation] = place.split('|');
      assert.ok(columns.has(column), `${item}: ${column}`);
      if (annotation !== undefined) assert.ok(findAnnotationKind(annotation) !== undefined, `${item}: ${annotation}`);
    } else if (kind === 'derived') {
      const [path = '', name = ''] = place.split('#');
      assert.match(readFileSync(join(root, path), 'utf8'), new RegExp(`export (?:async )?function ${name}\\b`, 'u'));
    } else {
      assert.equal(kind, 'elsewhere', item);
      assert.ok(existsSync(join(root, place)), place);
      assert.ok(readFileSync(join(root, place), 'utf8').includes(item), `${place} does not speak of ${item}`);
    }
  }
});
