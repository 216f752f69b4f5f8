import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let core: TestDatabase;
let clinic: TestDatabase;

before(async () => {
  core = await testDatabase();
  clinic = await testDatabase({ system: 'clinic' });
});
after(async () => {
  await clinic.close();
  await core.close();
});

interface Column {
  readonly relation: string;
  readonly place: number;
  readonly words: string;
}

const ofPublic = `FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`;

/** Every column of every table with its type, whether it must be there, and who may do what with it. */
async function describe({ db }: TestDatabase): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.read.query<Column>(
    `SELECT c.relname AS relation, a.attnum AS place, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
        a.attnotnull, c.relacl::text, a.attacl::text) AS words ${ofPublic} ORDER BY 1, a.attname`,
  );
  return new Map(
    [...Map.groupBy(rows, (row) => row.relation)].map(([name, all]) => [name, all.map((row) => row.words)]),
  );
}

/** The tables that only the clinics' system has. */
const own = [
  'clinic_institutions',
  'clinic_records',
  'exchange_calls',
  'exchange_peers',
  'known_lots',
  'patient_numbers',
  'patients',
  'recalled_lots',
  'taken_sequences',
  'ticket_guards',
  'ticket_openings',
  'ticket_uses',
  'tickets',
  'undelivered_records',
  'vaccine_packages',
];

test('共通の部屋の表は、医療機関ウェブでも台帳でも同じ形と権限である (違えば移行を db/clinic/shared.txt に足すか、同じ変更を db/clinic に書く)', async () => {
  const [ofCore, ofClinic] = [await describe(core), await describe(clinic)];
  assert.deepEqual([...ofClinic.keys()].filter((name) => !ofCore.has(name)).toSorted(), own);
  const common = [...ofClinic.keys()].filter((name) => !own.includes(name));
  assert.ok(common.length > 20);
  for (const name of common) assert.deepEqual(ofClinic.get(name), ofCore.get(name), name);
});

test('医療機関ウェブの表と列は、どれも何を持つかを言い、団体から始まり、行単位で隔てられている', async () => {
  const silent = await clinic.db.read.query(
    `SELECT c.relname, a.attname ${ofPublic} AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)`,
  );
  assert.deepEqual(silent.rows, []);
  const keys = await clinic.db.read.query<{ relname: string; attname: string }>(
    `SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relpersistence = 'p'`,
  );
  assert.ok(keys.rows.length > 30);
  assert.deepEqual(
    keys.rows.filter((row) => row.attname !== 'lg_code' && row.relname !== 'schema_migrations'),
    [],
  );
  const open = await clinic.db.read.query<{ relname: string }>(
    `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND NOT c.relispartition AND c.relname <> 'schema_migrations'
       AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))`,
  );
  assert.deepEqual(open.rows, []);
});

test('記録は足すだけ: だれも書き換えも消しもできず、住所・電話・宛名番号・個人番号の列はない', async () => {
  const changes = await clinic.db.read.query(
    `SELECT g.grantee::regrole::text, g.privilege_type FROM pg_class c, aclexplode(c.relacl) g
      WHERE c.relname = 'clinic_records' AND g.grantee <> c.relowner AND g.privilege_type NOT IN ('SELECT', 'INSERT')`,
  );
  assert.deepEqual(changes.rows, []);
  const { rows } = await clinic.db.read.query<{ relname: string; attname: string }>(
    `SELECT c.relname, a.attname ${ofPublic} AND c.relname = ANY ($1)
       AND a.attname ~ 'address|phone|postal|individual|addressee|kana|email|household'`,
    [own],
  );
  assert.deepEqual(rows, []);
});

test('団体を定めないと一行も読めず、ほかの団体の行は読めず、書けない', async () => {
  const client = await clinic.db.app.connect();
  const attack = async (sql: string, lgCode: string | null): Promise<number | string> => {
    await client.query('BEGIN');
    try {
      if (lgCode !== null) await client.query("SELECT set_config('sesshu.lg_code', $1, true)", [lgCode]);
      return (await client.query(sql)).rowCount ?? 0;
    } catch (error) {
      return String((error as { code?: string }).code);
    } finally {
      await client.query('ROLLBACK');
    }
  };
  try {
    const patient = `INSERT INTO patients VALUES ('${clinic.other}', gen_random_uuid(), '名', '2026-01-01', 'female', '[]', '[]', 1)`;
    assert.equal(await attack(patient, clinic.lgCode), '42501');
    assert.equal(await attack(patient, clinic.other), 1);
    for (const name of own) {
      assert.equal(await attack(`SELECT 1 FROM ${name}`, null), 0, name);
      assert.equal(await attack(`SELECT 1 FROM ${name} WHERE lg_code = '${clinic.other}'`, clinic.lgCode), 0, name);
    }
  } finally {
    client.release();
  }
});
