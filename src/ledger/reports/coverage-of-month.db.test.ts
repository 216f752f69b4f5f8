import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { getDay } from '#kernel';
import { importHistory, runForecast } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { historyHeader } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { coverageOfMonth } from './coverage-of-month.ts';

let base: TestDatabase;
const asOf = getDay(2026, 11, 21);

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
});
after(() => base.close());

const coverage = (month: number) =>
  withMunicipality(base.db, base.lgCode, (tx) => coverageOfMonth(tx, { year: 2026, month }));

test('月の実績は、その月に接種した数を期ごとに数え、予定がまだなければ対象者は空になる', async () => {
  const context = testContext(base.db, testActor(base.lgCode, ['history.import', 'forecast.run']));
  const numbers = ['0000000001', '0000000002', '0000000003'];
  await insertTestPeople(
    base.db,
    base.lgCode,
    numbers.map((addresseeNumber) => ({ addresseeNumber })),
  );
  const rows = [
    '0000000001,24,1,20260430,,A,03,0.50,,,',
    '0000000001,24,2,20260531,,A,03,0.50,,,',
    '0000000002,24,1,20260501,,A,03,0.50,,,',
    '0000000003,27,1,20260531,,A,03,,,,',
  ];
  await importHistory(context, textFeed('history.csv', [historyHeader, ...rows]), { asOf });
  const given = async (month: number) => (await coverage(month)).map((row) => [row.programme, row.stage, row.given]);
  assert.deepEqual(await given(4), [['dpt-ipv-hib', 'primary', 1]]);
  assert.deepEqual(await given(5), [
    ['bcg', 'single', 1],
    ['dpt-ipv-hib', 'primary', 2],
  ]);
  assert.deepEqual(await given(6), []);
  assert.ok((await coverage(5)).every(({ due, forecastOn }) => due === null && forecastOn === null));

  await runForecast(context, { rules: await checkoutRules(), asOf });
  const of = async (programme: string, stage: string) =>
    (await coverage(5)).find((row) => row.programme === programme && row.stage === stage);
  // The two who had no BCG may still have it until the day before their first birthday.
  assert.deepEqual(await of('bcg', 'single'), {
    programme: 'bcg',
    stage: 'single',
    given: 1,
    due: 2,
    forecastOn: '2026-11-21',
  });
  // All three lack doses of the five-in-one series.
  assert.equal((await of('dpt-ipv-hib', 'primary'))?.due, 3);
});

test('ほかの自治体の実績は数えない', async () => {
  const rows = await withMunicipality(base.db, base.other, (tx) => coverageOfMonth(tx, { year: 2026, month: 5 }));
  assert.deepEqual(rows, []);
});
