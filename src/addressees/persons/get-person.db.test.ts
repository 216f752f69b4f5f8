import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NotPermitted } from '#common-base/access';
import { NotFound, type PersonId, parseIsoDay } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import {
  loadDemonstrationSettings,
  residentFeed,
  type TestResident,
  testActor,
  testContext,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { countAccuracy, listInaccurate } from './accuracy-store.ts';
import {
  findPersonAsKnownOn,
  getPerson,
  listHousehold,
  listPersonVersions,
  revealProtectedAddress,
} from './get-person.ts';
import { importResidents } from './import-residents.ts';
import { findPersonIdByAddresseeNumber } from './person-store.ts';
import { searchPersons } from './search-persons.ts';

const day = parseIsoDay;
const asOf = day('2026-11-21');
const secret = '若葉台市桜が丘9番9号';
const home = { 世帯番号: '000000777', 住所: secret, 転入前住所: '神奈川県横浜市中区本町1' };

let t: TestDatabase;
let mother: PersonId;
let child: PersonId;
let stranger: PersonId;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const old: TestResident = { 整理番号: '0000000001', ...home, 住所: '若葉台市緑町1番1号' };
  await takeIn([
    old,
    { 整理番号: '0000000002', ...home, 続柄区分: '11' },
    { 整理番号: '0000000003', 世帯番号: '000000009' },
  ]);
  // She moves, and from that day on nobody may learn where to.
  await takeIn([{ ...old, 住所: secret, 異動: '41', 異動年月日: '20261101', 支援措置: '1' }]);
  [mother, child, stranger] = [await idOf('0000000001'), await idOf('0000000002'), await idOf('0000000003')];
});
after(() => t.close());

async function takeIn(residents: readonly TestResident[]): Promise<void> {
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import']));
  const { refused } = await importResidents(context, residentFeed(residents), { isChanges: true, asOf });
  assert.equal(refused, 0);
}

function inside<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(t.db, t.lgCode, work);
}

async function idOf(number: string): Promise<PersonId> {
  const id = await inside((tx) => findPersonIdByAddresseeNumber(tx, number));
  assert.ok(id !== undefined);
  return id;
}

const clerk = () => testActor(t.lgCode, ['persons.view']);

test('支援措置の人も同じ世帯の人も、画面・世帯・履歴のどこにも場所が出ない', async () => {
  for (const personId of [mother, child]) {
    const shown = await inside(async (tx) => [
      await getPerson(tx, clerk(), personId, asOf),
      await listHousehold(tx, clerk(), personId, asOf),
      await listPersonVersions(tx, clerk(), personId),
      await findPersonAsKnownOn(tx, clerk(), personId, { effectiveOn: asOf, recordedAt: new Date('2027-01-01') }),
    ]);
    assert.doesNotMatch(JSON.stringify(shown), /桜が丘|緑町|横浜|0299-39-0327|2990012|000000777/u);
  }
});

test('支援措置の人の転出が予定されただけでは、同じ世帯の人の場所は隠れたまま', async () => {
  const shared = { 世帯番号: '000000888', 住所: '若葉台市桜が丘8番8号' };
  const leaves = { 整理番号: '0000000008', ...shared, 支援措置: '1', 住民でなくなった日: '29991231' };
  await takeIn([leaves, { 整理番号: '0000000018', ...shared, 続柄区分: '11' }]);
  const actor = testActor(t.lgCode, ['persons.view', 'persons.search']);
  const left = await idOf('0000000018');
  const page = await inside((tx) => getPerson(tx, actor, left, asOf));
  assert.deepEqual([page.isAddressHidden, page.address, page.items.address], [true, null, null]);
  const found = await inside((tx) => searchPersons(tx, actor, { address: '桜が丘8番8号' }, { asOf }));
  assert.deepEqual(found.people, []);
});

test('ほかの人の住所と世帯は見える', async () => {
  const page = await inside((tx) => getPerson(tx, clerk(), stranger, asOf));
  assert.deepEqual(
    [page.address, page.items.address, page.items.householdNumber, page.isAddressHidden],
    ['若葉台市青葉台二丁目13番23号', '若葉台市青葉台二丁目13番23号', '000000009', false],
  );
  const household = await inside((tx) => listHousehold(tx, clerk(), stranger, asOf));
  assert.deepEqual(
    household.members.map((member) => member.personId),
    [stranger],
  );
});

test('保護された住所は、権限と処理事由があるときだけ、跡を残して見える', async () => {
  const allowed = testActor(t.lgCode, ['persons.viewProtected'], '本人の窓口対応');
  const place = await inside((tx) => revealProtectedAddress(tx, allowed, mother, asOf));
  assert.deepEqual([place.address, place.phone, place.householdNumber], [secret, '0299-39-0327', '000000777']);
  const { rows } = await inside((tx) =>
    tx.client.query(
      `SELECT a.act, a.reason, p.person_id FROM audit_acts a
       JOIN audit_act_persons ap USING (lg_code, recorded_on, act_id)
       JOIN audit_persons p ON p.lg_code = a.lg_code AND p.person_ref = ap.person_ref
       WHERE a.lg_code = $1 ORDER BY a.act_id DESC LIMIT 1`,
      [tx.lgCode],
    ),
  );
  assert.deepEqual(rows, [{ act: 'persons.protectedAddressViewed', reason: '本人の窓口対応', person_id: mother }]);
  for (const actor of [clerk(), testActor(t.lgCode, ['persons.viewProtected'], ' '), testActor(t.lgCode, [])]) {
    await assert.rejects(
      inside((tx) => revealProtectedAddress(tx, actor, mother, asOf)),
      NotPermitted,
    );
  }
});

test('ある時点に知っていたことが、その日のその人である', async () => {
  const before = await inside((tx) =>
    findPersonAsKnownOn(tx, clerk(), mother, { effectiveOn: day('2026-10-31'), recordedAt: new Date('2027-01-01') }),
  );
  assert.deepEqual([before?.version, before?.isProtected], [1, false]);
  const unknown = await inside((tx) =>
    findPersonAsKnownOn(tx, clerk(), mother, { effectiveOn: asOf, recordedAt: new Date('2020-01-01') }),
  );
  assert.equal(unknown, undefined);
});

test('いない人、ほかの自治体の人は見つからない', async () => {
  await assert.rejects(
    inside((tx) => getPerson(tx, clerk(), 999_999_999 as PersonId, asOf)),
    NotFound,
  );
  await assert.rejects(
    withMunicipality(t.db, t.other, (tx) => getPerson(tx, testActor(t.other, ['persons.view']), mother, asOf)),
    NotFound,
  );
});

test('正確性の点検は、規則ごとに、その人だけを挙げる', async () => {
  const whole = { 住所: '若葉台市緑町3番1号', 郵便番号: '2990001', 続柄区分: '02' };
  const one = (number: string, born: string, other: Partial<TestResident>): TestResident => ({
    ...{
      整理番号: number,
      世帯番号: number.slice(1),
      氏名カナ: `テンケン　${'アイウエオカキク'.at(Number(number) % 8) ?? ''}ミ`,
    },
    ...{ 生年月日: born, ...whole, ...other },
  });
  await takeIn([
    one('0000000101', '19600101', { 郵便番号: '' }),
    one('0000000102', '19500000', {}),
    one('0000000103', '19600103', { 性別: '9' }),
    one('0000000104', '19600104', { 氏名カナ: '点検　カミ' }),
    // 115歳をこえる: 2026年11月21日の115年前は1911年11月21日。
    one('0000000105', '19111120', {}),
    one('0000000106', '19111121', {}),
    one('0000000107', '20200107', { 続柄区分: '11' }),
    one('0000000108', '19600108', {}),
    one('0000000109', '19600108', { 氏名カナ: 'テンケン　アミ' }),
    one('0000000110', '19600108', { 氏名カナ: 'テンケン　アミ', 性別: '1' }),
  ]);
  const found = await inside(async (tx) => {
    const counted = await countAccuracy(tx, { staffId: null, staffName: '試験' }, { now: new Date(), asOf });
    assert.equal(counted.people, 15, 'five of the tests above and ten');
    const numbersOf = async (rule: Parameters<typeof listInaccurate>[1]): Promise<string[]> => {
      const ids = await listInaccurate(tx, rule, { asOf, after: 0, limit: 100 });
      assert.equal(counted.found[rule] ?? 0, ids.length, rule);
      const { rows } = await tx.client.query<{ number: string }>(
        `SELECT addressee_number AS number FROM persons WHERE person_id = ANY($1) AND addressee_number > '0000000100'
         ORDER BY 1`,
        [ids],
      );
      return rows.map(({ number }) => number.slice(-3));
    };
    const rules = ['addressMissing', 'birthUncertain', 'sexUnknown', 'kanaNotKana', 'veryOld'] as const;
    const others = ['householderMissing', 'sameAsAnother', 'absentFromFeed', 'registrationOver'] as const;
    const lists: Record<string, readonly string[]> = {};
    for (const rule of [...rules, ...others]) lists[rule] = await numbersOf(rule);
    return lists;
  });
  assert.deepEqual(found, {
    addressMissing: ['101'],
    birthUncertain: ['102'],
    sexUnknown: ['103'],
    kanaNotKana: ['104'],
    veryOld: ['105'],
    householderMissing: ['107'],
    sameAsAnother: [],
    absentFromFeed: [],
    registrationOver: [],
  });
});
