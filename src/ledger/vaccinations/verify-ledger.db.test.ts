import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { historyHeader, intakeContext } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { importHistory } from './import-history.ts';
import { countUnsoundActs } from './seal-entries.ts';
import { verifyLedger } from './verify-ledger.ts';

let base: TestDatabase;
const asOf = parseIsoDay('2026-11-21');
const numbers = ['0000000001', '0000000002', '0000000003'];

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  await insertTestPeople(
    base.db,
    base.lgCode,
    numbers.map((addresseeNumber) => ({ addresseeNumber })),
  );
  const rows = numbers.flatMap((number) => [
    `${number},24,1,20260415,,A1,03,0.50,,,`,
    `${number},24,2,20260520,,A2,03,0.50,,,`,
  ]);
  await importHistory(intakeContext(base.db, base.lgCode), textFeed('history.csv', [historyHeader, ...rows]), { asOf });
});
after(() => base.close());

/** What a member of staff with the keys of the database could do; every test begins with a sound ledger. */
const tamper = (sql: string): Promise<unknown> => {
  assert.ok(base.db.ownerUrl !== null);
  return withClient(base.db.ownerUrl, (client) => client.query(sql));
};
beforeEach(async () => {
  const { differences, chain } = await verifyLedger(base.db, base.lgCode);
  assert.deepEqual([differences, chain], [0, 'ok']);
});

async function differencesAfter(sql: string, back: string): Promise<number> {
  await tamper(sql);
  try {
    return (await verifyLedger(base.db, base.lgCode)).differences;
  } finally {
    await tamper(back);
  }
}

test('健全な台帳は、記録の数と人の数を示し、差がない', async () => {
  const { entries, people, differences } = await verifyLedger(base.db, base.lgCode);
  assert.deepEqual({ entries, people, differences }, { entries: 6, people: 3, differences: 0 });
});

test('接種歴に写らない項目の書き換え、抜き取り、差し込みも、封印した要約値で分かる', async () => {
  const first = '(SELECT min(entry_id) FROM ledger_entries)';
  const remark = (text: string) => `UPDATE ledger_entries SET remarks = ${text} WHERE entry_id = ${first}`;
  assert.equal(await differencesAfter(remark("'別の人'"), remark('NULL')), 1);
  const lot = (text: string) => `UPDATE ledger_entries SET lot_number = '${text}' WHERE entry_id = ${first}`;
  assert.equal(await differencesAfter(lot('A9'), lot('A1')), 2, 'the lot is what a recall looks for, in both places');
  const at = (shift: string) =>
    `UPDATE ledger_entries SET recorded_at = recorded_at ${shift} WHERE entry_id = ${first}`;
  assert.equal(await differencesAfter(at("- INTERVAL '1 day'"), at("+ INTERVAL '1 day'")), 1);
  const insert = `INSERT INTO ledger_entries (lg_code, person_id, kind, replaces, reason, source, act_id, recorded_by_name)
    SELECT lg_code, person_id, 'retraction', entry_id, 'なし', source, 999999, '誰か' FROM ledger_entries
    WHERE entry_id = ${first}`;
  const found = await differencesAfter(insert, 'DELETE FROM ledger_entries WHERE act_id = 999999');
  assert.equal(found, 2, 'the person whose dose is gone, and an act that nobody recorded');
});

test('あとから列が増えても、前の形の要約値でも、どの時間帯の端末からでも、健全な台帳に差は出ない', async () => {
  const column = 'ALTER TABLE ledger_entries ADD COLUMN added_later text';
  assert.equal(await differencesAfter(column, 'ALTER TABLE ledger_entries DROP COLUMN added_later'), 0);

  const sealed = "UPDATE audit_acts SET details = $ WHERE act = 'vaccinations.sealed'";
  const firstForm = `(SELECT (a.details - 'form') || jsonb_build_object('digest', encode(sha256(string_agg(sha256(convert_to(
      (jsonb_strip_nulls(to_jsonb(e)) || jsonb_build_object('recorded_at', extract(epoch FROM e.recorded_at)))::text,
      'UTF8')), ''::bytea ORDER BY e.entry_id)), 'hex'))
    FROM ledger_entries e JOIN audit_acts a ON a.act = 'vaccinations.sealed' GROUP BY a.details)`;
  await tamper("CREATE TABLE kept_details AS SELECT details FROM audit_acts WHERE act = 'vaccinations.sealed'");
  const back = `${sealed.replace('$', '(SELECT details FROM kept_details)')}; DROP TABLE kept_details`;
  assert.equal(await differencesAfter(sealed.replace('$', firstForm), back), 0);

  const unsound = await withMunicipality(base.db, base.lgCode, async (tx) => {
    await tx.client.query("SET LOCAL TimeZone = 'America/New_York'; SET LOCAL DateStyle = 'German'");
    return countUnsoundActs(tx);
  });
  assert.equal(unsound, 0);
});

test('記録そのものの書き換えが分かる', async () => {
  const on = (day: string) =>
    `UPDATE ledger_entries SET vaccinated_on = '${day}' WHERE entry_id = (SELECT min(entry_id) FROM ledger_entries)`;
  const found = await differencesAfter(on('2026-04-16'), on('2026-04-15'));
  assert.equal(found, 2, 'the person, whose current history says another day, and the act, whose digest does');
});

test('接種歴の書き換え、抜き取り、付け足しが分かる', async () => {
  const product = (name: string) =>
    `UPDATE current_doses SET product = '${name}' WHERE entry_id = (SELECT min(entry_id) FROM current_doses)`;
  assert.equal(await differencesAfter(product('other'), product('5in1')), 1);
  assert.equal(
    await differencesAfter(
      `CREATE TABLE kept AS SELECT * FROM current_doses WHERE person_id = (SELECT min(person_id) FROM current_doses);
       DELETE FROM current_doses WHERE person_id = (SELECT min(person_id) FROM current_doses)`,
      'INSERT INTO current_doses SELECT * FROM kept; DROP TABLE kept',
    ),
    1,
  );
  assert.equal(
    await differencesAfter(
      'UPDATE current_doses SET person_id = 999999 WHERE entry_id = (SELECT max(entry_id) FROM current_doses)',
      'UPDATE current_doses SET person_id = (SELECT max(person_id) FROM ledger_entries) WHERE person_id = 999999',
    ),
    2,
    'the person robbed and the person of no entry',
  );
});

test('見出しの抜き取りと、記録のない人の見出しが分かる', async () => {
  const first = '(SELECT min(person_id) FROM ledger_entries)';
  assert.equal(
    await differencesAfter(
      `DELETE FROM ledger_heads WHERE person_id = ${first}`,
      `INSERT INTO ledger_heads (lg_code, person_id) VALUES ('${base.lgCode}', ${first})`,
    ),
    1,
  );
  await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber: '0000000009' }]);
  const stranger = "(SELECT person_id FROM persons WHERE addressee_number = '0000000009')";
  assert.equal(
    await differencesAfter(
      `INSERT INTO ledger_heads (lg_code, person_id) VALUES ('${base.lgCode}', ${stranger})`,
      `DELETE FROM ledger_heads WHERE person_id = ${stranger}`,
    ),
    1,
  );
});

test('ほかの自治体の台帳は数えない', async () => {
  const { entries, people, differences } = await verifyLedger(base.db, base.other);
  assert.deepEqual({ entries, people, differences }, { entries: 0, people: 0, differences: 0 });
  const seen = await withMunicipality(base.db, base.other, ({ client }) => client.query('SELECT FROM ledger_entries'));
  assert.equal(seen.rowCount, 0);
});
