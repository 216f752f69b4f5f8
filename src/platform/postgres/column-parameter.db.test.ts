import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../tests/support/database.ts';
import { columnParameter } from './column-parameter.ts';
import { withMunicipality } from './with-municipality.ts';

const t = await testDatabase();
after(() => t.close());

test('columns arrive in PostgreSQL as they were given, nulls and every character among them', async () => {
  const texts = ['', '𠮷野家', null, 'a\tb\n"c"\\{}', '﨑'];
  const numbers = [0, -1, null, 2_147_483_647, -2_147_483_648];
  const keys = ['9223372036854775807', '-9223372036854775808', null, 0, 42];
  // 1970-01-01, the day before, none, 2000-01-01, 2024-02-29.
  const days = [0, -1, null, 10_957, 19_782];
  const documents = ['{"b": [1, "𠮷"]}', '[]', null, '"\\u0000a"'.replace('\\u0000', ''), 'null'];
  const rows = await withMunicipality(t.db, t.lgCode, async (tx) => {
    const answer = await tx.client.query<Record<string, unknown>>(
      `SELECT a, b, c::text AS c, d::text AS d, e::text AS e
       FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::date[], $5::jsonb[]) AS u (a, b, c, d, e)`,
      [
        columnParameter('text', texts),
        columnParameter('integer', numbers),
        columnParameter('bigint', keys),
        columnParameter('date', days),
        columnParameter('jsonb', documents),
      ],
    );
    return answer.rows;
  });
  assert.deepEqual(rows, [
    { a: '', b: 0, c: '9223372036854775807', d: '1970-01-01', e: '{"b": [1, "𠮷"]}' },
    { a: '𠮷野家', b: -1, c: '-9223372036854775808', d: '1969-12-31', e: '[]' },
    { a: null, b: null, c: null, d: null, e: null },
    { a: 'a\tb\n"c"\\{}', b: 2_147_483_647, c: '0', d: '2000-01-01', e: '"a"' },
    { a: '﨑', b: -2_147_483_648, c: '42', d: '2024-02-29', e: 'null' },
  ]);
});

test('a column of nothing is an empty array', async () => {
  const rows = await withMunicipality(t.db, t.lgCode, async (tx) => {
    const answer = await tx.client.query('SELECT * FROM unnest($1::jsonb[], $2::bigint[]) AS u (a, b)', [
      columnParameter('jsonb', []),
      columnParameter('bigint', []),
    ]);
    return answer.rows;
  });
  assert.deepEqual(rows, []);
});
