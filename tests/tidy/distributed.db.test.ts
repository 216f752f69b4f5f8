import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { withClient } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let store: TestDatabase;

before(async () => {
  store = await testDatabase();
});

after(() => store.close());

/** Stands where the extension's catalogue and function would: it notes what it was asked and checks no foreign key is left. */
const extension = `
  CREATE TABLE public.pg_dist_partition (logicalrelid regclass, key text, colocated text, was_bound boolean);
  CREATE FUNCTION public.create_distributed_table(relation regclass, key text, colocate_with text) RETURNS void
  LANGUAGE sql AS $$ INSERT INTO public.pg_dist_partition SELECT relation, key, colocate_with,
    EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND (conrelid = relation OR confrelid = relation)) $$`;

test('every table of a municipality is distributed by it, without foreign keys on the way, and keeps them after', async () => {
  const script = await readFile(join(import.meta.dirname, '../../db/distributed.sql'), 'utf8');
  assert.ok(store.db.ownerUrl);
  await withClient(store.db.ownerUrl, async (client) => {
    const keys = async (): Promise<unknown[]> =>
      (
        await client.query(
          `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE contype = 'f' AND conparentid = 0 ORDER BY 1, 2`,
        )
      ).rows;
    const before = await keys();
    assert.ok(before.length > 10);
    await client.query(extension);
    await client.query(script);
    const { rows } = await client.query<{ name: string; key: string; colocated: string; was_bound: boolean }>(
      'SELECT logicalrelid::text AS name, key, colocated, was_bound FROM public.pg_dist_partition',
    );
    assert.equal(rows[0]?.name, 'municipalities');
    assert.equal(rows[0]?.colocated, 'none');
    assert.ok(rows.slice(1).every((row) => row.colocated === 'municipalities' && row.key === 'lg_code'));
    assert.ok(rows.every((row) => !row.was_bound));
    assert.ok(rows.some((row) => row.name === 'ledger_entries') && rows.length > 30);
    assert.deepEqual(await keys(), before);
    await client.query(script);
    const again = await client.query('SELECT 1 FROM public.pg_dist_partition');
    assert.ok(again.rowCount === rows.length || again.rowCount === rows.length + 1);
  });
});
