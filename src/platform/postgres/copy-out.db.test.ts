import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { type CopiedLines, copyOut } from './copy-out.ts';
import { withMunicipality } from './with-municipality.ts';

let base: TestDatabase;
before(async () => {
  base = await testDatabase();
});
after(() => base.close());

const read = (sql: string): Promise<CopiedLines> => withMunicipality(base.db, base.lgCode, (tx) => copyOut(tx, sql));

test('numbers, booleans, words and texts come as they are, NULL as null', async () => {
  const lines = await read(
    `SELECT * FROM (VALUES (1, -20544::bigint, true, 'mr', E'あ\\tい\\nう\\\\え'), (2, NULL, false, NULL, NULL),
       (3, 9007199254740991, true, 'mr', '')) AS v(a, b, c, d, e) ORDER BY a`,
  );
  const rows: unknown[] = [];
  while (lines.hasMore()) rows.push([lines.sure(), lines.number(), lines.boolean(), lines.word(), lines.text()]);
  assert.deepEqual(rows, [
    [1, -20544, true, 'mr', 'あ\tい\nう\\え'],
    [2, null, false, null, null],
    [3, Number.MAX_SAFE_INTEGER, true, 'mr', ''],
  ]);
});

test('a query without rows has no lines, and a field of another kind is no number', async () => {
  assert.equal((await read('SELECT 1 WHERE false')).hasMore(), false);
  const lines = await read("SELECT '1.5'");
  assert.throws(() => lines.number(), RangeError);
  const missing = await read('SELECT NULL::integer');
  assert.throws(() => missing.sure(), RangeError);
});

test('only the rows of the municipality are copied', async () => {
  const lines = await read('SELECT lg_code FROM municipalities');
  assert.equal(lines.text(), base.lgCode);
  assert.equal(lines.hasMore(), false);
});
