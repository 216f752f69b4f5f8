import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadPersonsForJudging } from '#addressees/persons';
import { addDays, type Day, formatIsoDay, getDay, type PersonId } from '#kernel';
import { appendEntries } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { judge, listStages } from '#schedule';
import { loadDemonstrationSettings, testActor, testClock } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { doseOfApril, insertTestPeople } from '../../../tests/support/ledger.ts';
import { openTestLibrary } from '../../../tests/support/notices.ts';
import { ageReachOf, reasonOfAge } from './age-reach.ts';
import { decideMember } from './decide-member.ts';
import { extractCohort } from './extract-cohort.ts';
import type { NoticeContext } from './index.ts';
import { loadPeopleToCall } from './load-people.ts';
import { bornInGrade, type CohortNarrowing, narrowRules } from './narrow-people.ts';

const asOf = getDay(2026, 11, 21);
let t: TestDatabase;
let context: NoticeContext;
let ids: readonly PersonId[];

/** A row of numbers that is the same in every run. */
function* numbers(seed: number): Generator<number> {
  for (let value = seed; ; ) {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield value / 2_147_483_648;
  }
}
const row = numbers(20_261_121);
const below = (n: number) => Math.floor((row.next().value ?? 0) * n);

function bornOnOf(n: number): Day {
  return addDays(asOf, -(n % 2 === 0 ? below(6000) : 20_000 + below(15_000)));
}

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const actor = testActor(t.lgCode, ['notices.view', 'notices.print']);
  context = { db: t.db, actor, clock: testClock, library: await openTestLibrary() };
  const births = Array.from({ length: 160 }, (_, n) => bornOnOf(n));
  const people = births.map((bornOn, n) => ({
    addresseeNumber: String(n + 1).padStart(10, '0'),
    bornOn: formatIsoDay(bornOn),
    sex: n % 3 === 0 ? ('male' as const) : ('female' as const),
  }));
  ids = await insertTestPeople(t.db, t.lgCode, people);
  const { rules } = context.library;
  const products = [...rules.products.keys()];
  await withMunicipality(t.db, t.lgCode, async (tx) => {
    await tx.client.query(
      `UPDATE persons SET postal_code = '2990012', address = '若葉台市緑町' || (person_id % 3) || '番1号'
        WHERE lg_code = $1 AND person_id % 11 <> 0`,
      [tx.lgCode],
    );
    const facts = births.flatMap((bornOn, n) =>
      Array.from({ length: below(7) }, () => ({
        ...doseOfApril(ids[n] as PersonId),
        vaccinatedOn: addDays(bornOn, below(asOf - bornOn)),
        programme: null,
        stage: null,
        product: products[below(products.length)] ?? null,
        items: {},
      })),
    );
    await appendEntries(tx, actor, facts, { act: 'vaccinations.entered' });
  });
});
after(() => t.close());

test('まとめての抽出は、一人ずつ判定したときと同じ人を、同じ回で入れる（全部の種類と期、先の期日も）', async () => {
  const { rules } = context.library;
  let called = 0;
  for (const { programme, stage } of listStages(rules)) {
    for (const dueBy of [asOf, addDays(asOf, 60)]) {
      const conditions = { programme, stage, asOf, dueBy, layoutId: 'guidance' };
      const { members, included, excluded, reasons } = await extractCohort(context, conditions, 'screening');
      assert.equal(included + excluded, ids.length);
      const reach = ageReachOf(rules, conditions);
      const oneByOne = await withMunicipality(t.db, t.lgCode, async (tx) => {
        const people = await loadPeopleToCall(tx, rules, ids, conditions, asOf);
        return [...people.values()].map((one) => ({
          personId: one.person.personId,
          bornOn: one.person.bornOn as Day,
          sex: one.person.sex,
          ...decideMember(one.member, conditions),
        }));
      });
      // Who is not of the age is counted by it, whatever was given; everybody else as judged one by one.
      const counts = Map.groupBy(oneByOne, ({ bornOn, sex, reason }) => reasonOfAge(reach, bornOn, sex) ?? reason);
      assert.deepEqual(
        new Map(reasons.map(({ reason, people }) => [reason, people])),
        new Map(reasons.map(({ reason }) => [reason, counts.get(reason)?.length])),
        `${programme}/${stage}`,
      );
      const keyOf = (one: { personId: PersonId; reason: string }, dose: number | null) =>
        `${one.personId} ${one.reason} ${dose}`;
      const fast = members.map((one) => keyOf(one, one.doseNumber)).toSorted();
      const named = oneByOne.filter((one) => one.isIncluded || one.reason === 'addressMissing');
      assert.deepEqual(
        fast,
        named.map((one) => keyOf(one, one.next?.doseNumber ?? null)).toSorted(),
        `${programme}/${stage}`,
      );
      called += included;
    }
  }
  assert.ok(called > 100, `${called} people were called in all`);
});

test('禁忌の記録がある人は、その種類では呼ばれず、理由で数えられる。ほかの種類では呼ばれる', async () => {
  const extract = (programme: string, stage: string) =>
    extractCohort(context, { programme, stage, asOf, dueBy: asOf, layoutId: 'guidance' }, 'screening');
  const { members } = await extract('influenza-older', 'seasonal');
  const called = members.find(({ isIncluded }) => isIncluded)?.personId;
  assert.ok(called !== undefined);
  const whoElse = await extract('covid19-older', 'seasonal');
  await withMunicipality(t.db, t.lgCode, ({ client }) =>
    client.query(
      `INSERT INTO person_facts
         (lg_code, person_id, change, kind, programme, from_on, certainty, act_id, recorded_by_name)
       SELECT $1, $2, 'entry', 'contraindication', 'influenza-older', $3, 'documented', max(act_id), '試験'
         FROM ledger_entries WHERE lg_code = $1`,
      [t.lgCode, called, formatIsoDay(asOf)],
    ),
  );
  const again = await extract('influenza-older', 'seasonal');
  assert.equal(again.included, members.filter(({ isIncluded }) => isIncluded).length - 1);
  assert.equal(again.reasons.find(({ reason }) => reason === 'contraindicated')?.people, 1);
  assert.equal((await extract('covid19-older', 'seasonal')).included, whoElse.included);
});

test('一つの種類だけの規則は、全部の規則と同じ予定を出す', async () => {
  const { rules } = context.library;
  const products = [...rules.products.keys()];
  for (let n = 0; n < 60; n += 1) {
    const bornOn = bornOnOf(n);
    const doses = Array.from({ length: below(9) }, () => ({
      on: addDays(bornOn, below(asOf - bornOn)),
      kind: 'routine' as const,
      product: products[below(products.length)] ?? '',
    }));
    const person = { bornOn, sex: 'female' as const, asOf, facts: [], doses };
    const whole = judge(rules, person).programmes;
    for (const programme of new Set(whole.map((stage) => stage.programme))) {
      const alone = judge(narrowRules(rules, programme), person).programmes;
      assert.deepEqual(
        alone,
        whole.filter((stage) => stage.programme === programme),
      );
    }
  }
});

test('学年は4月2日生まれから翌年4月1日生まれまで', () => {
  // 学校教育法第17条: born 2020-04-01 enters on 2026-04-01, born 2020-04-02 on 2027-04-01.
  assert.deepEqual(bornInGrade(1, asOf), { from: getDay(2019, 4, 2), to: getDay(2020, 4, 1) });
  assert.deepEqual(bornInGrade(0, asOf), { from: getDay(2020, 4, 2), to: getDay(2021, 4, 1) });
  assert.deepEqual(bornInGrade(7, getDay(2027, 3, 31)), { from: getDay(2013, 4, 2), to: getDay(2014, 4, 1) });
});

test('条件は人を狭め、外れた人は条件の外として数える', async () => {
  const { rules } = context.library;
  const conditions = { programme: 'influenza-older', stage: 'seasonal', asOf, dueBy: asOf, layoutId: 'guidance' };
  const all = await extractCohort(context, conditions, 'screening');
  const people = await withMunicipality(t.db, t.lgCode, (tx) => loadPersonsForJudging(tx, { personIds: ids }));
  const byId = new Map(people.map((person) => [person.personId, person]));
  const inOf = (members: typeof all.members) => members.filter((one) => one.isIncluded).map(({ personId }) => personId);
  const women = await extractCohort(context, { ...conditions, narrowing: { sex: 'female' } }, 'screening');
  assert.deepEqual(
    inOf(women.members),
    inOf(all.members).filter((personId) => byId.get(personId)?.sex === 'female'),
  );
  assert.equal(women.included + women.excluded, ids.length);
  assert.ok(women.reasons.some(({ reason, people: n }) => reason === 'outsideConditions' && n > 0));
  const bornTo = getDay(1950, 1, 1);
  const old = await extractCohort(
    context,
    { ...conditions, narrowing: { bornTo, areas: ['若葉台市緑町1番'] } },
    'screening',
  );
  assert.ok(old.included > 0 && old.included < all.included);
  for (const personId of inOf(old.members)) {
    assert.ok((byId.get(personId)?.bornOn ?? asOf) <= bornTo);
    assert.equal(personId % 3, 1);
  }
  const nobody = await extractCohort(context, { ...conditions, narrowing: { areas: ["x' OR true --"] } }, 'screening');
  assert.equal(nobody.included, 0);
  assert.equal(rules.version, context.library.rules.version);
});

test('対象期間の残りで狭めると、その月数のうちに終わる人だけが入る', async () => {
  // 麻しん風しん第1期 ends on the day before the second birthday: 2027-02-21 is three months ahead, 2027-02-22 is not.
  const people = ['2025-02-22', '2025-02-23'].map((bornOn, i) => ({
    ...{ addresseeNumber: `99000000${i}0`, bornOn, sex: 'female' as const },
  }));
  const [first, second] = await insertTestPeople(t.db, t.lgCode, people);
  assert.ok(first !== undefined && second !== undefined);
  await withMunicipality(t.db, t.lgCode, (tx) =>
    tx.client.query("UPDATE persons SET postal_code = '2990012', address = '緑町1番1号' WHERE person_id = ANY ($1)", [
      [first, second],
    ]),
  );
  const conditions = { programme: 'measles-rubella', stage: 'stage-1', asOf, dueBy: asOf, layoutId: 'reminder' };
  const called = async (narrowing: CohortNarrowing) => {
    const { members } = await extractCohort(context, { ...conditions, narrowing }, null);
    return new Set(members.filter((one) => one.isIncluded).map(({ personId }) => personId));
  };
  const [three, four] = [await called({ monthsLeft: 3 }), await called({ monthsLeft: 4 })];
  assert.ok(three.has(first) && !three.has(second));
  assert.ok(four.has(first) && four.has(second));
  // 再勧奨: the end of the second is more than three months ahead, and no standard time of the stage has passed.
  const reminded = await called({ reminderMonths: 3 });
  assert.ok(reminded.has(first) && !reminded.has(second));
});

test('数えるあいだに住民が変わっても、だれも二度数えず、数え落とさない', async () => {
  const conditions = { programme: 'measles-rubella', stage: 'stage-1', asOf, dueBy: asOf, layoutId: 'guidance' };
  const before = await extractCohort(context, conditions, 'screening');
  // The oldest are out by their age, counted in the database; each new connection finds one of them a year old.
  let connections = 0;
  const old = await withMunicipality(t.db, t.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ person_id: PersonId; born_on: string }>(
      "SELECT person_id, born_on::text FROM persons WHERE born_on < '1980-01-01' ORDER BY born_on LIMIT 9",
    );
    return rows;
  });
  const setBirth = (one: (typeof old)[number] | undefined, bornOn: string | undefined) =>
    withMunicipality(t.db, t.lgCode, ({ client }) =>
      client.query('UPDATE persons SET born_on = $3 WHERE lg_code = $1 AND person_id = $2', [
        ...[t.lgCode, one?.person_id, bornOn],
      ]),
    );
  const app = new Proxy(t.db.app, {
    get: (pool, name) => {
      if (name !== 'connect') return Reflect.get(pool, name) as unknown;
      return async () => {
        connections += 1;
        if (connections > 1) await setBirth(old[connections], '2025-10-10');
        return pool.connect();
      };
    },
  });
  const during = await extractCohort({ ...context, db: { ...t.db, app } }, conditions, 'screening');
  assert.ok(connections > 1, 'somebody became a year old while it was counted');
  assert.deepEqual(during, before);
  const later = await extractCohort(context, conditions, 'screening');
  assert.ok(later.included > before.included, 'who is a year old by now is called');
  for (const one of old) await setBirth(one, one.born_on);
});
