import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { Conflict, type Day, getDay, type PersonId, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { testActor, testContext } from '../../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../../tests/support/database.ts';
import { checkoutRules } from '../../../../tests/support/demonstration.ts';
import { insertTestPeople } from '../../../../tests/support/ledger.ts';
import { judgePerson } from '../judge-person.ts';
import { runForecast } from '../run-forecast.ts';
import { loadLedgerVersions } from '../store.ts';
import { verifyLedger } from '../verify-ledger.ts';
import { changeFact, enterFact } from './enter-fact.ts';
import { listFacts } from './store.ts';
import type { FactTold } from './types.ts';

let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;

before(async () => {
  base = await testDatabase();
  const rights = ['vaccinations.enterFacts', 'vaccinations.view', 'forecast.run'] as const;
  context = testContext(base.db, testActor(base.lgCode, rights));
  rules = await checkoutRules();
});
after(() => base.close());

const nothing: Omit<FactTold, 'kind'> = {
  disease: null,
  programme: null,
  ground: null,
  result: null,
  from: null,
  to: null,
  certainty: 'documented',
  note: null,
};

async function bornOn(addresseeNumber: string, day: string): Promise<PersonId> {
  const [personId] = await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber, bornOn: day }]);
  assert.ok(personId !== undefined);
  return personId;
}

function statusOf(personId: PersonId, programme: string): Promise<string | undefined> {
  return withMunicipality(base.db, base.lgCode, async (tx) => {
    const { judgement } = await judgePerson(tx, rules, personId, getDay(2026, 11, 21));
    return judgement?.programmes.find((stage) => stage.programme === programme)?.status;
  });
}

test('水痘にかかった子は水痘の対象外になり、取り消すと対象に戻る', async () => {
  const personId = await bornOn('0000000001', '2025-09-10');
  assert.equal(await statusOf(personId, 'varicella'), 'due');
  const told: FactTold = { ...nothing, kind: 'hadDisease', disease: 'varicella', from: getDay(2026, 9, 1) };
  const factId = await enterFact(context, { personId, told, rules });
  assert.equal(await statusOf(personId, 'varicella'), 'notEligible');
  await changeFact(context, { factId, told: null, reason: '別の子の罹患', rules });
  assert.equal(await statusOf(personId, 'varicella'), 'due');
  const facts = await withMunicipality(base.db, base.lgCode, (tx) => listFacts(tx, personId));
  assert.deepEqual(
    facts.map((fact) => [fact.change, fact.isCurrent, fact.reason]),
    [
      ['retraction', false, '別の子の罹患'],
      ['entry', false, null],
    ],
  );
  await assert.rejects(changeFact(context, { factId, told, reason: '二度目', rules }), Conflict);
  const versions = await withMunicipality(base.db, base.lgCode, (tx) => loadLedgerVersions(tx, [personId]));
  assert.equal(versions.get(personId), 2, 'whoever judged before sees that the ledger changed');
  assert.equal((await verifyLedger(base.db, base.lgCode)).differences, 0);
});

test('妊娠28週0日から36週6日が対象になり、予定日を訂正すると時期も動く', async () => {
  const personId = await bornOn('0000000002', '1996-05-05');
  assert.equal(await statusOf(personId, 'rsv-maternal'), 'notEligible');
  // 出産予定日は40週0日。2026-11-21 が 28週0日になるのは 84日後の 2027-02-13。
  const told: FactTold = { ...nothing, kind: 'pregnancy', from: getDay(2027, 2, 13) };
  const factId = await enterFact(context, { personId, told, rules });
  assert.equal(await statusOf(personId, 'rsv-maternal'), 'due');
  await changeFact(context, { factId, told: { ...told, from: getDay(2027, 2, 14) }, reason: '予定日の訂正', rules });
  assert.equal(await statusOf(personId, 'rsv-maternal'), 'tooEarly');
});

test('足りない事実、まだ来ていない日の罹患は断る', async () => {
  const personId = await bornOn('0000000003', '2025-08-10');
  const had: FactTold = { ...nothing, kind: 'hadDisease', disease: 'varicella' };
  for (const told of [
    had,
    { ...had, from: getDay(2026, 11, 22) },
    { ...had, disease: null, from: getDay(2026, 9, 1) },
  ]) {
    await assert.rejects(enterFact(context, { personId, told, rules }), UnreadableInput);
  }
  const exception: FactTold = { ...nothing, kind: 'exceptionGranted', programme: 'bcg', from: getDay(2026, 9, 1) };
  await assert.rejects(enterFact(context, { personId, told: exception, rules }), UnreadableInput);
  const reversed = { ...exception, to: getDay(2026, 8, 31) };
  await assert.rejects(enterFact(context, { personId, told: reversed, rules }), UnreadableInput);
});

test('長期療養特例は、法の年数と年齢の上限まで。特例のない予防接種には決められない', async () => {
  const personId = await bornOn('0000000005', '2023-01-10');
  const granted = (programme: string, from: Day, to: Day) =>
    enterFact(context, { personId, told: { ...nothing, kind: 'exceptionGranted', programme, from, to }, rules });
  // 起算して二年: 2026-10-01 が一日目なので、2028-09-30 まで。
  const from = getDay(2026, 10, 1);
  await assert.rejects(granted('measles-rubella', from, getDay(2028, 10, 1)), /2028年9月30日までです/u);
  await granted('measles-rubella', from, getDay(2028, 9, 30));
  // BCG は四歳に至るまで: 四歳の誕生日の前日。
  await assert.rejects(granted('bcg', from, getDay(2027, 1, 10)), /2027年1月9日までです/u);
  await granted('bcg', from, getDay(2027, 1, 9));
  await assert.rejects(granted('rotavirus', from, getDay(2026, 12, 31)), /長期療養特例はありません/u);
  // 療養の終わりが分かれば、その日が一日目: 2026-03-31 から二年は 2028-03-30 まで。
  const illness: FactTold = { ...nothing, kind: 'longTermIllness', from: getDay(2025, 4, 1), to: getDay(2026, 3, 31) };
  await enterFact(context, { personId, told: illness, rules });
  await assert.rejects(granted('varicella', from, getDay(2028, 3, 31)), /2028年3月30日までです/u);
  const factId = await granted('varicella', from, getDay(2028, 3, 30));
  const longer: FactTold = {
    ...nothing,
    kind: 'exceptionGranted',
    programme: 'varicella',
    from,
    to: getDay(2028, 3, 31),
  };
  await assert.rejects(changeFact(context, { factId, told: longer, reason: '延長', rules }), UnreadableInput);
});

test('生まれる前の日、40週より先の予定日、男の人の妊娠は、確かめるまで登録しない', async () => {
  const personId = await bornOn('0000000006', '1996-05-05');
  const pregnant = (from: Day): FactTold => ({ ...nothing, kind: 'pregnancy', from });
  // 2026-11-21 の280日後は 2027-08-28。
  await assert.rejects(enterFact(context, { personId, told: pregnant(getDay(2027, 8, 29)), rules }), /2027年8月28日/u);
  await enterFact(context, { personId, told: pregnant(getDay(2027, 8, 28)), rules });
  const had: FactTold = { ...nothing, kind: 'hadDisease', disease: 'varicella', from: getDay(1996, 5, 4) };
  await assert.rejects(enterFact(context, { personId, told: had, rules }), /1996年5月5日）より前/u);
  await enterFact(context, { personId, told: { ...had, from: getDay(1996, 5, 5) }, rules });
  const people = [{ addresseeNumber: '0000000007', bornOn: '1990-01-01', sex: 'male' as const }];
  const [man = 0 as PersonId] = await insertTestPeople(base.db, base.lgCode, people);
  const told = pregnant(getDay(2027, 2, 13));
  await assert.rejects(enterFact(context, { personId: man, told, rules }), /性別が男/u);
  await enterFact(context, { personId: man, told: { ...told, note: '母子健康手帳で確かめた' }, rules });
});

test('全員の接種予定も、登録した事実で計算し直される', async () => {
  const personId = await bornOn('0000000004', '2025-09-10');
  const asOf = getDay(2026, 11, 21);
  const isDue = async (): Promise<boolean> => {
    await runForecast(context, { rules, asOf });
    return await withMunicipality(base.db, base.lgCode, async ({ client }) => {
      const { rows } = await client.query<{ due: string[] }>('SELECT due FROM person_forecasts WHERE person_id = $1', [
        personId,
      ]);
      return rows[0]?.due.includes('varicella/primary') === true;
    });
  };
  assert.equal(await isDue(), true);
  const told: FactTold = { ...nothing, kind: 'hadDisease', disease: 'varicella', from: getDay(2026, 9, 1) };
  await enterFact(context, { personId, told, rules });
  assert.equal(await isDue(), false);
});
