import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { importResidents } from '#addressees/persons';
import { ensureDemonstrationStaff } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type LgCode, type PersonId, parseIsoDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testContext } from '../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let store: TestDatabase;
/** Tables of a municipality with the schema before the name. */
let tables: readonly string[];

const roles = ['app', 'vault', 'disposal', 'read'] as const;

before(async () => {
  store = await testDatabase();
  const { db, lgCode, other } = store;
  await loadDemonstrationSettings(db);
  for (const each of [lgCode, other]) {
    await ensureDemonstrationStaff(db, { lgCode: each, isDemonstration: true });
    await withMunicipality(db, each, async (tx) => {
      const actor = { ...testActor(each, ['persons.view']), staffId: null };
      await recordAct(tx, actor, { act: 'persons.viewed', personIds: [7 as PersonId] });
    });
  }
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  const people = residentFeed([{ 整理番号: '0000000777' }, { 整理番号: '0000000778' }]);
  await importResidents(context, people, { isChanges: false, asOf: parseIsoDay('2026-11-21') });
  const { rows } = await db.read.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'lg_code' AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND n.nspname IN ('public', 'number_vault') ORDER BY 1`,
  );
  tables = rows.map((row) => row.name);
});
after(() => store.close());

/** Runs an attack in a transaction that is always taken back; the answer, or the state of the refusal. */
async function attack(
  role: (typeof roles)[number],
  lgCode: LgCode | null,
  sql: string,
): Promise<{ readonly rows: number; readonly refused: string | null }> {
  const client: pg.PoolClient = await store.db[role].connect();
  try {
    await client.query('BEGIN');
    if (lgCode !== null) await client.query("SELECT set_config('sesshu.lg_code', $1, true)", [lgCode]);
    const { rowCount } = await client.query(sql);
    return { rows: rowCount ?? 0, refused: null };
  } catch (error) {
    return { rows: 0, refused: (error as { code?: string }).code ?? 'unknown' };
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

test('団体を定めないと、どの役割もどの表からも一行も読めず、書き換えられず、消せない', async () => {
  assert.ok(tables.length > 60, String(tables.length));
  for (const role of roles) {
    for (const table of tables) {
      for (const sql of [`SELECT 1 FROM ${table}`, `UPDATE ${table} SET lg_code = lg_code`, `DELETE FROM ${table}`]) {
        const { rows } = await attack(role, null, sql);
        assert.equal(rows, 0, `${role}: ${sql}`);
      }
    }
  }
});

test('自分の団体を定めても、別の団体の行は読めず、書き換えられず、消せない', async () => {
  const { lgCode, other } = store;
  let readable = 0;
  for (const role of roles) {
    for (const table of tables) {
      const own = await attack(role, lgCode, `SELECT 1 FROM ${table} WHERE lg_code = '${lgCode}'`);
      readable += own.rows > 0 ? 1 : 0;
      for (const sql of [
        `SELECT 1 FROM ${table} WHERE lg_code = '${other}'`,
        `SELECT 1 FROM ${table} WHERE lg_code <> current_setting('sesshu.lg_code')`,
        `DELETE FROM ${table} WHERE lg_code = '${other}'`,
        `UPDATE ${table} SET lg_code = '${lgCode}' WHERE lg_code = '${other}'`,
      ]) {
        assert.equal((await attack(role, lgCode, sql)).rows, 0, `${role}: ${sql}`);
      }
    }
  }
  assert.ok(readable > 15, `only ${readable} tables had rows to protect`);
});

test('別の団体の名で書くことも、自分の行を別の団体に移すこともできない', async () => {
  const { lgCode, other } = store;
  const writes = [
    `INSERT INTO departments (lg_code, name, uses_numbers) VALUES ('${other}', '忍び込み課', true)`,
    `INSERT INTO staff_members (lg_code, account_name, display_name, department, roles, must_change_password)
       VALUES ('${other}', 'intruder', '忍', '', '{administrator}', false)`,
    `INSERT INTO settings_documents (lg_code, path, content, digest)
       SELECT '${other}', path, content, digest FROM settings_documents LIMIT 1`,
    `UPDATE staff_members SET lg_code = '${other}'`,
    `UPDATE sessions SET lg_code = '${other}'`,
  ];
  for (const sql of writes) {
    assert.deepEqual(await attack('app', lgCode, sql), { rows: 0, refused: '42501' }, sql);
  }
});

test('守りを外す命令、ほかの役割になる命令、ファイルや命令に届く命令は、どの役割にも許されない', async () => {
  const ways = [
    'SET ROLE sesshu_owner',
    'SET SESSION AUTHORIZATION sesshu_owner',
    'SET session_replication_role = replica',
    'ALTER TABLE staff_members DISABLE ROW LEVEL SECURITY',
    'DROP POLICY municipality ON staff_members',
    'ALTER TABLE audit_acts DISABLE TRIGGER ALL',
    'DROP TRIGGER people ON approval_requests',
    'TRUNCATE audit_acts',
    'CREATE TABLE public.copy_of_staff AS SELECT * FROM staff_members',
    'CREATE FUNCTION public.leak() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$',
    'CREATE SCHEMA mine',
    "COPY staff_members TO PROGRAM 'cat'",
    "COPY staff_members TO '/tmp/leak.csv'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/passwd')",
    'ALTER ROLE sesshu_app BYPASSRLS',
    'GRANT sesshu_owner TO sesshu_app',
    'SELECT rolpassword FROM pg_authid',
    "ALTER SYSTEM SET log_statement = 'all'",
  ];
  for (const role of roles) {
    for (const sql of ways) {
      const { refused } = await attack(role, store.lgCode, sql);
      assert.ok(refused !== null, `${role}: ${sql}`);
    }
  }
});

test('row_security を切ると、読めるのではなく断られる', async () => {
  for (const role of roles) {
    const { rows, refused } = await attack(
      role,
      store.lgCode,
      'SET LOCAL row_security = off; SELECT 1 FROM municipalities',
    );
    assert.equal(rows, 0, role);
    assert.ok(refused !== null, role);
  }
});

test('監査ログの月ごとの区画は、親の表を通さずには読めない', async () => {
  const { rows: partitions } = await store.db.read.query<{ name: string }>(
    "SELECT c.relname AS name FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND c.relname LIKE 'audit%'",
  );
  assert.ok(partitions.length > 20);
  for (const role of roles) {
    for (const { name } of partitions.slice(0, 6)) {
      assert.equal((await attack(role, store.lgCode, `SELECT 1 FROM ${name}`)).refused, '42501', `${role}: ${name}`);
    }
  }
});

test('金庫は金庫の役割だけが開き、金庫の役割は住民や職員の秘密を読めない', async () => {
  const vault = tables.filter((table) => table.startsWith('number_vault.'));
  assert.ok(vault.length >= 2);
  for (const table of vault) {
    for (const role of ['app', 'read', 'disposal'] as const) {
      assert.equal((await attack(role, store.lgCode, `SELECT 1 FROM ${table}`)).refused, '42501', `${role}: ${table}`);
    }
  }
  for (const table of ['password_hashes', 'sessions', 'second_factors', 'recovery_codes', 'approval_requests']) {
    for (const role of ['vault', 'read', 'disposal'] as const) {
      assert.equal((await attack(role, store.lgCode, `SELECT 1 FROM ${table}`)).refused, '42501', `${role}: ${table}`);
    }
  }
});
