import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../support/database.ts';

/** Schemas that are not ours to shape: PostgreSQL's own and the job queue's. */
const notOurs = ['pg_catalog', 'information_schema', 'graphile_worker'];

/** Tables of the installation as a whole, without a municipality; each has its reason in db/distributed.sql. */
const reference = new Set(['public.schema_migrations', 'sesshu_jobs.schema_migrations']);

/** Functions that run with their owner's rights; each says in its migration why it must. */
const definers = [
  'number_vault.count_feed_rows',
  'public.ensure_audit_partitions',
  'public.find_person_ids_by_token',
  'public.list_clinic_work',
  'public.list_history_work',
  'public.list_municipalities',
  'public.list_municipalities_with_news',
  'public.list_national_work',
  'public.list_unsealed_municipalities',
  'public.settle_person_search',
  'sesshu_jobs.enqueue',
];

let store: TestDatabase;

before(async () => {
  store = await testDatabase();
});

after(() => store.close());

async function rowsOf<T extends object>(sql: string): Promise<T[]> {
  const { rows } = await store.db.read.query<T>(sql, [notOurs]);
  return rows;
}

const ourTables = `SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relkind, c.relrowsecurity, c.relpersistence, c.relispartition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> ALL ($1::text[])`;

test('every table and every column says what it holds', async () => {
  const silent = await rowsOf<{ name: string; column: string | null }>(
    `SELECT t.name, a.attname AS column FROM (${ourTables}) t
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE NOT t.relispartition AND col_description(t.oid, a.attnum) IS NULL
     UNION ALL
     SELECT t.name, NULL FROM (${ourTables}) t WHERE NOT t.relispartition AND obj_description(t.oid) IS NULL`,
  );
  assert.deepEqual(silent, []);
  assert.ok((await rowsOf(ourTables)).length > 20, 'the catalogue shows too few tables to be the schema');
});

/** Rows that nobody ever names one by one: see 20261122T0350_audit_person_indexes.sql. */
const keyless = new Set(['public.audit_act_persons']);

test('every primary key and unique constraint begins with the municipality', async () => {
  const keys = await rowsOf<{ name: string; first: string | null }>(
    `SELECT t.name, a.attname AS first FROM (${ourTables}) t
       LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisunique
       LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
     WHERE t.relpersistence = 'p' AND NOT t.relispartition`,
  );
  assert.deepEqual(
    keys.filter(({ name, first }) => first !== (keyless.has(name) ? null : 'lg_code') && !reference.has(name)),
    [],
  );
});

test('every table of a municipality is under row-level security with a policy', async () => {
  const open = await rowsOf<{ name: string }>(
    `SELECT t.name FROM (${ourTables}) t
     WHERE t.relpersistence = 'p' AND NOT t.relispartition
       AND (NOT t.relrowsecurity OR NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid))`,
  );
  assert.deepEqual(
    open.map(({ name }) => name).filter((name) => !reference.has(name)),
    [],
  );
});

test('no role of ours may pass row-level security, and nothing is granted on partitions', async () => {
  const strong = await rowsOf<{ rolname: string }>(
    `SELECT rolname FROM pg_roles WHERE rolname LIKE 'sesshu\\_%' AND rolname <> 'sesshu_admin'
       AND (rolsuper OR rolbypassrls OR rolcreaterole) AND $1::text[] IS NOT NULL`,
  );
  assert.deepEqual(strong, []);
  const granted = await rowsOf<{ name: string; grantee: string }>(
    `SELECT t.name, g.grantee::regrole::text AS grantee FROM (${ourTables}) t
       JOIN pg_class c ON c.oid = t.oid, aclexplode(c.relacl) g
     WHERE t.relispartition AND g.grantee <> c.relowner`,
  );
  assert.deepEqual(granted, []);
});

test('functions with their owner’s rights are only those of the list, with a fixed search path', async () => {
  const found = await rowsOf<{ name: string; pinned: boolean }>(
    `SELECT n.nspname || '.' || p.proname AS name,
       COALESCE(EXISTS (SELECT 1 FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%'), false) AS pinned
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.prosecdef AND n.nspname <> ALL ($1::text[]) ORDER BY 1`,
  );
  assert.deepEqual(
    found,
    definers.map((name) => ({ name, pinned: true })),
  );
});

test('what has happened can only be added: no role of ours may change or remove it', async () => {
  const facts = new Set([
    'ledger_entries',
    'person_versions',
    'audit_acts',
    'audit_seals',
    'settings_documents',
    'rules_versions',
  ]);
  const changes = await rowsOf<{ name: string; grantee: string; privilege: string }>(
    `SELECT t.name, g.grantee::regrole::text AS grantee, g.privilege_type AS privilege FROM (${ourTables}) t
       JOIN pg_class c ON c.oid = t.oid, aclexplode(c.relacl) g
     WHERE g.grantee <> c.relowner AND g.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') ORDER BY 1, 2, 3`,
  );
  const byApplication = changes.filter(({ grantee }) => grantee !== 'sesshu_disposal' && grantee !== 'sesshu_jobs');
  assert.deepEqual(
    byApplication.filter(({ name }) => facts.has(name.replace('public.', ''))),
    [],
  );
  assert.ok(changes.length > 0, 'no grant of change was seen at all: the catalogue is not read');
});

test('whole rows are rewritten only where they are waiting, cache or state: elsewhere changes are granted by column', async () => {
  const rewritten = await rowsOf<{ name: string }>(
    `SELECT DISTINCT t.name FROM (${ourTables}) t JOIN pg_class c ON c.oid = t.oid, aclexplode(c.relacl) g
     WHERE g.grantee <> c.relowner AND g.privilege_type = 'UPDATE' AND g.grantee <> 'sesshu_jobs'::regrole ORDER BY 1`,
  );
  assert.deepEqual(
    rewritten.map(({ name }) => name.replace('public.', '')),
    ['number_vault.number_feed_rows', 'number_vault.numbers_in_force', 'outbox', 'person_forecasts', 'sign_in_delays'],
  );
});
