import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ActionContext, NotPermitted } from '#common-base/access';
import { listFeedRunRows, listFeedRuns } from '#common-base/linkage';
import { getDay, type PersonId } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { importReservations } from './import-reservations.ts';
import { listReservationsOf } from './list-of-person.ts';
import { selectHeld, selectOfDay } from './store.ts';

let base: TestDatabase;
let context: ActionContext;
let people: readonly PersonId[];

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  context = testContext(base.db, testActor(base.lgCode, ['reservations.import']));
  people = await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: '0000000001' },
    { addresseeNumber: '0000000002', bornOn: '1950-01-15' },
  ]);
});
after(() => base.close());

const header = '予約番号,宛名番号,生年月日,予防接種コード,回数,予約日,時刻,会場,状態';
const take = (name: string, ...lines: readonly string[]) =>
  importReservations(context, textFeed(name, [header, ...lines]), { kind: 'reservation' });
const onDay = (day: number) =>
  withMunicipality(base.db, base.lgCode, (tx) => selectOfDay(tx, 'reservation', getDay(2026, 12, day)));

test('予約は日ごとに会場と時刻の順に並び、変わった予約は新しい日へ移り、取り消された予約は出ない', async () => {
  const first = await take(
    'first.csv',
    'R-2,0000000001,20260110,24,1,20261201,1030,第二会場,1',
    'R-1,0000000001,20260110,24,1,20261201,9:30,第一会場,1',
    'R-3,0000000002,1950-01-15,24,,2026-12-01,,第一会場,1',
  );
  assert.deepEqual([first.rows, first.accepted, first.refused], [3, 3, 0]);
  assert.deepEqual(
    (await onDay(1)).map((one) => [one.number, one.atTime, one.venue]),
    [
      ['R-1', '09:30', '第一会場'],
      ['R-3', null, '第一会場'],
      ['R-2', '10:30', '第二会場'],
    ],
  );
  await take(
    'second.csv',
    'R-1,0000000001,20260110,24,1,20261202,930,第一会場,1',
    'R-2,0000000001,20260110,24,1,20261201,1030,第二会場,9',
    'R-3,0000000002,1950-01-15,24,,2026-12-01,,第一会場,1',
  );
  assert.deepEqual(
    (await onDay(1)).map((one) => one.number),
    ['R-3'],
  );
  assert.deepEqual(
    (await onDay(2)).map((one) => one.number),
    ['R-1'],
  );
  const rules = await checkoutRules();
  const own = await withMunicipality(base.db, base.lgCode, (tx) => listReservationsOf(tx, rules, people.slice(0, 1)));
  assert.deepEqual(
    own.map((one) => [one.number, one.what]),
    [['R-1', '五種混合 第1期初回 1回']],
  );
  const versions = await withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>('SELECT count(*) AS n FROM reservations');
    return rows[0]?.n;
  });
  assert.equal(versions, 5, 'R-3 said nothing new and was not written again');
});

test('番号だけでは人を決めず、生年月日が合わない行、知らないコード、読めない時刻は断って並べる', async () => {
  const result = await take(
    'bad.csv',
    'B-1,0000000001,20260111,24,1,20261203,,,1',
    'B-2,0000000099,20260110,24,1,20261203,,,1',
    'B-3,0000000001,20260110,ZZ,1,20261203,,,1',
    'B-4,0000000001,20260110,24,1,20261203,2460,,1',
  );
  assert.deepEqual([result.rows, result.accepted, result.refused], [4, 0, 4]);
  assert.deepEqual(await onDay(3), []);
  const listed = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const [run] = await listFeedRuns(tx, { limit: 1, kind: 'reservations' });
    return listFeedRunRows(tx, run?.runId ?? 0, { limit: 9 });
  });
  assert.deepEqual(
    listed.map(({ findings }) => findings.map(({ code }) => code)),
    [
      ['reservationPersonUnknown'],
      ['reservationPersonUnknown'],
      ['reservationVaccineUnknown'],
      ['reservationTimeUnreadable'],
    ],
  );
});

test('優先接種希望者は区分と申出日の順に並び、権限のない職員は取り込めず、ほかの自治体からは見えない', async () => {
  const wishes = [
    '受付番号,宛名番号,生年月日,予防接種コード,優先区分,申出日,状態',
    'W-2,0000000001,20260110,24,基礎疾患,20261102,1',
    'W-1,0000000002,19500115,24,基礎疾患,20261101,1',
    'W-3,0000000002,19500115,24,医療従事者,20261103,9',
  ];
  await importReservations(context, textFeed('wishes.csv', wishes), { kind: 'priority' });
  const held = (lgCode: typeof base.lgCode) =>
    withMunicipality(base.db, lgCode, (tx) => selectHeld(tx, 'priority', { after: 0, limit: 9 }));
  assert.deepEqual(
    (await held(base.lgCode)).map((one) => one.number),
    ['W-1', 'W-2'],
  );
  assert.deepEqual(await held(base.other), []);
  const nobody = testContext(base.db, testActor(base.lgCode, ['reservations.view']));
  await assert.rejects(importReservations(nobody, textFeed('again.csv', wishes), { kind: 'priority' }), NotPermitted);
});
