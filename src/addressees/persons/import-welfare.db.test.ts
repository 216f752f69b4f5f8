import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type PersonId, parseIsoDay } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import {
  loadDemonstrationSettings,
  residentFeed,
  testActor,
  testContext,
  textFeed,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { importResidents } from './import-residents.ts';
import { importWelfare } from './import-welfare.ts';
import { findPersonIdByAddresseeNumber } from './person-store.ts';
import { listWelfareFlags } from './welfare-store.ts';

const day = parseIsoDay;
const asOf = day('2026-11-21');
const header = '整理番号,生活保護,障害者,課税区分,有効開始,有効終了';

let t: TestDatabase;
let hanako: PersonId;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import']));
  await importResidents(context, residentFeed([{ 整理番号: '0000000001' }]), { isChanges: true, asOf });
  hanako = (await inside((tx) => findPersonIdByAddresseeNumber(tx, '0000000001'))) ?? (0 as PersonId);
});
after(() => t.close());

function inside<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(t.db, t.lgCode, work);
}

function takeIn(...rows: readonly string[]) {
  const context = testContext(t.db, testActor(t.lgCode, ['welfare.import']));
  return importWelfare(context, textFeed('welfare.csv', [header, ...rows]), { asOf });
}

async function flagsOn(isoDay: string): Promise<string[]> {
  const flags = await inside((tx) => listWelfareFlags(tx, hanako, day(isoDay)));
  return flags.map(
    (flag) => `${flag.isPublicAssistance ? '生保' : ''}${flag.isDisabled ? '障害' : ''}${flag.taxCategory ?? ''}`,
  );
}

async function stored(): Promise<number> {
  const { rows } = await inside((tx) =>
    tx.client.query<{ count: number }>('SELECT count(*) AS count FROM welfare_flags'),
  );
  return rows[0]?.count ?? 0;
}

test('有効期間の前日・初日・末日・翌日', async () => {
  const result = await takeIn('0000000001,1,0,2,20260401,20270331');
  assert.deepEqual([result.rows, result.accepted, result.refused], [1, 1, 0]);
  assert.deepEqual(await flagsOn('2026-03-31'), []);
  assert.deepEqual(await flagsOn('2026-04-01'), ['生保exempt']);
  assert.deepEqual(await flagsOn('2027-03-31'), ['生保exempt']);
  assert.deepEqual(await flagsOn('2027-04-01'), []);
});

test('同じ初日の後の行が前の行に代わり、変わらない行は何も足さず、前の行も残る', async () => {
  const before = await stored();
  await takeIn('0000000001,0,1,2,20260401,20270331');
  assert.deepEqual(await flagsOn('2026-11-21'), ['障害exempt']);
  assert.equal(await stored(), before + 1);
  await takeIn('0000000001,0,1,2,20260401,20270331', '');
  assert.equal(await stored(), before + 1);
  await takeIn('0000000001,0,1,1,20260801,');
  assert.deepEqual(await flagsOn('2026-11-21'), ['障害taxed', '障害exempt'], '新しい期間が先');
});
