import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Day, formatIsoDay, type PersonId, parseIsoDay, type StaffId } from '#kernel';
import { systemClock, todayInTokyo } from '#platform/clock';
import { withClient, withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { countActsByDay } from './count-acts.ts';
import { listActKinds, listActs, listActsForPerson } from './list-acts.ts';
import { recordAct } from './record-act.ts';
import type { Act } from './types.ts';

let store: TestDatabase;

before(async () => {
  store = await testDatabase();
});
after(() => store.close());

async function record(staffId: number | null, act: Act, from = '10.0.0.1'): Promise<number> {
  const { db, lgCode } = store;
  return await withMunicipality(db, lgCode, async (tx) => {
    const by = { lgCode, staffId: staffId as StaffId | null, staffName: `職員${staffId}`, via: 'web', from } as const;
    return await recordAct(tx, { ...by, osUser: null, reason: '窓口' }, act);
  });
}

/** Sets the instant of an act, as only the owner of the tables can. */
async function moveTo(actId: number, instant: string): Promise<void> {
  const { ownerUrl } = store.db;
  assert.ok(ownerUrl !== null);
  await withClient(ownerUrl, async (client) => {
    await client.query("SELECT set_config('sesshu.lg_code', $1, false)", [store.lgCode]);
    const day = `($1::timestamptz AT TIME ZONE 'Asia/Tokyo')::date`;
    await client.query(`UPDATE audit_act_persons SET recorded_on = ${day} WHERE act_id = $2`, [instant, actId]);
    await client.query(`UPDATE audit_acts SET recorded_at = $1, recorded_on = ${day} WHERE act_id = $2`, [
      instant,
      actId,
    ]);
  });
}

const person = (id: number): PersonId => id as PersonId;

/** Days to come lie in partitions that exist already: a Monday, a Saturday, and a holiday in the middle of a week. */
const today = todayInTokyo(systemClock);
const comingMonday = today + 14 - ((today - parseIsoDay('2026-11-16')) % 7);
const [monday, saturday, holiday] = [0, -2, 2].map((days) => formatIsoDay((comingMonday + days) as Day)) as [
  string,
  string,
  string,
];

test('時間外・土日・閉庁日の利用だけが数えられ、開庁時間の境目は内に入る', async () => {
  const at = async (instant: string) => await moveTo(await record(1, { act: 'persons.viewed' }), instant);
  await at(`${monday}T07:59:59+09:00`);
  await at(`${monday}T08:00:00+09:00`);
  await at(`${monday}T19:59:59+09:00`);
  await at(`${monday}T20:00:00+09:00`);
  await at(`${saturday}T12:00:00+09:00`);
  await at(`${holiday}T12:00:00+09:00`);
  const counted = async (closedDays: readonly string[]) =>
    await withMunicipality(store.db, store.lgCode, async (tx) => {
      const outside = { fromHour: 8, toHour: 20, closedDays };
      const found = await countActsByDay(tx, { recordedFrom: saturday, recordedTo: holiday, outside, atLeast: 1 });
      return found.map((each) => `${each.recordedOn} ${each.count}`).toSorted();
    });
  assert.deepEqual(await counted([]), [`${saturday} 1`, `${monday} 2`]);
  assert.deepEqual(await counted([holiday]), [`${saturday} 1`, `${monday} 2`, `${holiday} 1`]);
});

test('一日に見た人の数は、同じ人を二度見ても一人と数える', async () => {
  for (const id of [1, 2, 2, 3]) await record(7, { act: 'persons.viewed', personIds: [person(id)] });
  await record(7, { act: 'persons.printed', personIds: [person(4)] });
  const found = await withMunicipality(store.db, store.lgCode, async (tx) => {
    const question = {
      recordedFrom: '2000-01-01',
      recordedTo: '2100-01-01',
      acts: ['persons.viewed'],
      countsPersons: true,
    };
    return [
      await countActsByDay(tx, { ...question, atLeast: 3 }),
      await countActsByDay(tx, { ...question, atLeast: 4 }),
    ];
  });
  assert.deepEqual(
    found[0]?.map((each) => [each.staffId, each.count]),
    [[7, 3]],
  );
  assert.deepEqual(found[1], []);
});

test('知らない訪問者の失敗は、接続元ごとに数える', async () => {
  const refused = { act: 'access.signInRefused', outcome: 'refused' } as const;
  for (const from of ['10.9.9.1', '10.9.9.1', '10.9.9.2']) await record(null, refused, from);
  const found = await withMunicipality(store.db, store.lgCode, async (tx) => {
    const question = { recordedFrom: '2000-01-01', recordedTo: '2100-01-01', acts: ['access.signInRefused'] };
    return await countActsByDay(tx, { ...question, atLeast: 1 });
  });
  assert.deepEqual(
    found.map((each) => [each.from, each.count]),
    [
      ['10.9.9.1', 2],
      ['10.9.9.2', 1],
    ],
  );
});

test('一人の記録は、ほかの条件や続きのページと組み合わせても、その人のものだけが新しい順に出る', async () => {
  for (let i = 0; i < 5; i += 1) await record(8, { act: 'persons.viewed', personIds: [person(50), person(51)] });
  await record(9, { act: 'vaccinations.viewed', personIds: [person(50)] });
  await record(8, { act: 'persons.viewed', personIds: [person(51)] });
  await withMunicipality(store.db, store.lgCode, async (tx) => {
    const first = await listActsForPerson(tx, person(50), { limit: 4 });
    assert.equal(first.acts.length, 4);
    assert.equal(first.acts[0]?.act, 'vaccinations.viewed');
    const second = await listActsForPerson(tx, person(50), { limit: 4, after: first.next });
    assert.equal(second.acts.length, 2);
    assert.equal(second.next, null);
    const ids = [...first.acts, ...second.acts].map((each) => each.actId);
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => b - a),
    );
    assert.equal((await listActs(tx, { personId: person(50), staffId: 8 as StaffId })).acts.length, 5);
    assert.equal((await listActs(tx, { personId: person(50), act: 'vaccinations.' })).acts.length, 1);
    assert.equal((await listActsForPerson(tx, person(50), { recordedTo: '2000-01-01' })).acts.length, 0);
    assert.equal((await listActsForPerson(tx, person(404))).acts.length, 0);
    const kinds = ['access.signInRefused', 'persons.printed', 'persons.viewed', 'vaccinations.viewed'];
    assert.deepEqual(await listActKinds(tx), kinds);
  });
});
