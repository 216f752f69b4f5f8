import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EntryId, getDay, type LgCode, type PersonId } from '#kernel';
import { type Tx, withClient, withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { recordItems } from './record-items.ts';
import { insertCorrection, insertEntries, insertRetractions, loadHistories, raiseHeads } from './store.ts';
import { countLot, traceLot } from './trace-lot.ts';

let base: TestDatabase;
let people: PersonId[];

before(async () => {
  base = await testDatabase();
  people = await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: '1' },
    { addresseeNumber: '2' },
    { addresseeNumber: '3' },
  ]);
});
after(() => base.close());

const frame = { actId: 1, staffId: null, staffName: '試験' };
const inLedger = <T>(work: (tx: Tx) => Promise<T>, lgCode: LgCode = base.lgCode): Promise<T> =>
  withMunicipality(base.db, lgCode, work);

function fact(personId: PersonId, on: string, items: Record<string, string> = {}) {
  return {
    sql: `SELECT $1::bigint AS person_id, 'administered' AS outcome, $2::date AS vaccinated_on,
      'routine' AS vaccination_class, 'p' AS programme, 's' AS stage, 'q' AS product, $3::jsonb AS items,
      'clinic' AS source, 'documented' AS certainty, '[]'::jsonb AS findings, NULL::text AS reason,
      NULL::bigint AS batch_id, NULL::integer AS batch_row, NULL::bigint AS run_id, NULL::integer AS run_row`,
    params: [personId, on, JSON.stringify(items)],
  };
}

const register = async (personId: PersonId, on: string, items = {}): Promise<EntryId> => {
  const [entryId] = await inLedger((tx) => insertEntries(tx, frame, fact(personId, on, items)));
  assert.ok(entryId !== undefined);
  return entryId;
};
const person = (index: number): PersonId => people[index] ?? (0 as PersonId);

test('どの記録項目にも列があり、型が合う', async () => {
  const columns = await inLedger(async ({ client }) => {
    const { rows } = await client.query<{ column_name: string; data_type: string }>(
      "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'ledger_entries'",
    );
    return new Map(rows.map((row) => [row.column_name, row.data_type]));
  });
  for (const item of recordItems) assert.equal(columns.get(item.column), item.type, item.column);
});

test('記録・訂正・取消で、現在の接種歴が同じ取引の中で変わる', async () => {
  const entryId = await register(person(0), '2026-10-01', { lotNumber: 'A1', doseVolumeMl: '0.50' });
  const corrected = await inLedger((tx) =>
    insertCorrection(tx, frame, '日付の誤り', entryId, new Map([['vaccinated_on', '2026-10-02']])),
  );
  assert.ok(corrected !== undefined);
  const after = await inLedger((tx) => loadHistories(tx, [person(0)]));
  assert.deepEqual(
    after.get(person(0))?.map((dose) => dose.entryId),
    [corrected],
  );
  const kept = await inLedger(({ client }) =>
    client.query<{ lot_number: string; dose_volume_ml: string }>(
      'SELECT lot_number, dose_volume_ml FROM ledger_entries WHERE entry_id = $1',
      [corrected],
    ),
  );
  assert.deepEqual(kept.rows, [{ lot_number: 'A1', dose_volume_ml: '0.50' }]);
  const count = await inLedger((tx) =>
    insertRetractions(tx, frame, '別人の記録', { sql: 'SELECT $1::bigint AS entry_id', params: [corrected] }),
  );
  assert.equal(count, 1);
  assert.equal((await inLedger((tx) => loadHistories(tx, [person(0)]))).size, 0);
});

test('送った側の書いた文字は、区切りに使う字や引用符でも、接種歴をそのまま保つ', async () => {
  const forged = '1\n99 20000 administered\u001Froutine\u001F"\\';
  const withText = await register(person(0), '2026-10-05', { vaccineCode: forged, doseNumber: '2' });
  const empty = await register(person(0), '2026-10-04', { doseNumber: '' });
  const without = await register(person(0), '2026-10-04');
  const doses = (await inLedger((tx) => loadHistories(tx, [person(0)]))).get(person(0));
  const first = { outcome: 'administered', vaccinationClass: 'routine', programme: 'p', stage: 's', product: 'q' };
  assert.deepEqual(doses, [
    { ...first, entryId: empty, vaccinatedOn: 20_730, vaccineCode: null, doseNumberAsSent: '' },
    { ...first, entryId: without, vaccinatedOn: 20_730, vaccineCode: null, doseNumberAsSent: null },
    { ...first, entryId: withText, vaccinatedOn: 20_731, vaccineCode: forged, doseNumberAsSent: '2' },
  ]);
});

test('同じ記録は二度は訂正できない', async () => {
  const entryId = await register(person(1), '2026-10-01');
  const correct = (): Promise<EntryId | undefined> =>
    inLedger((tx) => insertCorrection(tx, frame, '誤り', entryId, new Map([['product', 'r']])));
  assert.ok((await correct()) !== undefined);
  assert.equal(await correct(), undefined);
});

test('台帳の記録は、業務の権限では変えることも消すこともできない', async () => {
  const entryId = await register(person(1), '2026-10-03');
  const denied = /permission denied/u;
  const attempts = [
    "UPDATE ledger_entries SET vaccinated_on = '2000-01-01' WHERE entry_id = $1",
    'DELETE FROM ledger_entries WHERE entry_id = $1',
    'SELECT FROM ledger_entries WHERE entry_id = $1 FOR UPDATE',
  ];
  for (const sql of attempts) {
    await assert.rejects(
      inLedger(({ client }) => client.query(sql, [entryId])),
      denied,
      sql,
    );
  }
});

test('ほかの自治体からは一行も見えず、設定がなければ何も見えない', async () => {
  await register(person(2), '2026-10-01');
  for (const table of ['ledger_entries', 'ledger_heads', 'current_doses', 'person_forecasts']) {
    const seen = await inLedger(({ client }) => client.query(`SELECT FROM ${table}`), base.other);
    assert.equal(seen.rowCount, 0, table);
    const without = await base.db.app.query(`SELECT FROM ${table}`);
    assert.equal(without.rowCount, 0, table);
  }
  await assert.rejects(
    inLedger((tx) => insertEntries({ ...tx, lgCode: base.lgCode }, frame, fact(person(2), '2026-10-02')), base.other),
    /row-level security/u,
  );
});

test('登録のない人の記録は、ほかの人の記録と一緒でも、台帳に入らない', async () => {
  const nobody = 987_654_321 as PersonId;
  const known = fact(person(2), '2026-10-02');
  const both = { ...known, sql: `${known.sql} UNION ALL ${known.sql.replace('$1', `${nobody}::bigint`)}` };
  for (const facts of [fact(nobody, '2026-10-02'), both]) {
    await assert.rejects(
      inLedger((tx) => insertEntries(tx, frame, facts)),
      { code: '23503', message: 'an entry belongs to no person' },
    );
  }
});

test('見たあとで変わった人は競合になる。版は人ごとに進む', async () => {
  const ask = (version: number): Promise<number> =>
    inLedger((tx) =>
      raiseHeads(
        tx,
        { sql: 'SELECT $1::bigint AS person_id', params: [person(2)] },
        { sql: 'SELECT $2::bigint, $3::integer', params: [person(2), version] },
      ),
    );
  assert.equal(await ask(0), 1);
  assert.equal(await ask(1), 1);
  await assert.rejects(ask(1), { name: 'Conflict' });
  assert.equal(await ask(2), 1);
});

test('ロット・券番号・予診票の番号からは、行の保護の下でも索引で探す', async () => {
  const entryId = await register(person(2), '2026-10-05', {
    lotNumber: 'ａ-726 b',
    couponNumber: '121349960000001234',
    formNumber: '1234-5678 9012',
  });
  // A town's doses of other lots beside it, so that reading all of them would cost more than the index.
  await inLedger(({ client }) =>
    client.query(
      `INSERT INTO current_doses (lg_code, person_id, entry_id, origin_entry_id, vaccinated_on, outcome,
         vaccination_class, lot_key, coupon_key, form_key)
       SELECT c.lg_code, n, c.entry_id, c.origin_entry_id, c.vaccinated_on, c.outcome, c.vaccination_class,
         'L' || n % 500, lpad(n::text, 10, '0'), lpad(n::text, 12, '0')
       FROM current_doses c, generate_series(1000000, 1019999) n WHERE c.lg_code = $1 AND c.entry_id = $2`,
      [base.lgCode, entryId],
    ),
  );
  await withClient(base.db.ownerUrl ?? '', (owner) => owner.query('ANALYZE current_doses'));
  const keys = { lot_key: 'A726B', coupon_key: '0000001234', form_key: '123456789012' };
  for (const [column, value] of Object.entries(keys)) {
    const { plan, found } = await inLedger(async ({ client, lgCode }) => {
      const sql = `SELECT entry_id FROM current_doses WHERE lg_code = $1 AND ${column} = $2`;
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [lgCode, value]);
      const answer = await client.query<{ entry_id: EntryId }>(sql, [lgCode, value]);
      return { plan: rows.map((row) => row['QUERY PLAN']).join('\n'), found: answer.rows };
    });
    assert.match(plan, new RegExp(String.raw`Index Cond: .*${column} = `, 'u'));
    assert.deepEqual(found, [{ entry_id: entryId }], column);
  }
});

test('ロットを追うと、期間を言わないかぎり何年前の接種も数えられ、続きの頁まで一件も欠けない', async () => {
  const given = [
    [0, '2009-11-02', 'TR-9'],
    [1, '2026-10-01', 'ｔｒ 9'],
    [0, '2026-10-01', 'TR9'],
    [2, '2026-10-05', 'TR9X'],
  ] as const;
  const entries: EntryId[] = [];
  for (const [who, on, lotNumber] of given) entries.push(await register(person(who), on, { lotNumber }));
  const ever = { lot: 'TR9', from: null, to: null };
  const counted = await inLedger((tx) => countLot(tx, ever));
  assert.deepEqual(counted, { doses: 3, people: 2 });
  const first = await inLedger((tx) => traceLot(tx, ever, { after: null, limit: 2 }));
  assert.deepEqual(
    first.map(({ entry }) => entry.entryId),
    entries.slice(0, 2),
  );
  const after = { vaccinatedOn: getDay(2026, 10, 1), entryId: entries[1] ?? (0 as EntryId) };
  const rest = await inLedger((tx) => traceLot(tx, ever, { after, limit: 2 }));
  assert.deepEqual(
    rest.map(({ entry, personId }) => [entry.entryId, personId]),
    [[entries[2], person(0)]],
  );
  const autumn = { ...ever, from: getDay(2026, 10, 1) };
  assert.deepEqual(await inLedger((tx) => countLot(tx, autumn)), { doses: 2, people: 2 });
  const before = { ...ever, to: getDay(2026, 9, 30) };
  assert.deepEqual(await inLedger((tx) => countLot(tx, before)), { doses: 1, people: 1 });
});
