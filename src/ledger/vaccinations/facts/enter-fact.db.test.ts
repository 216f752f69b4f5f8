import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { Conflict, getDay, type PersonId, UnreadableInput } from '#kernel';
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
  const factId = await enterFact(context, { personId, told });
  assert.equal(await statusOf(personId, 'varicella'), 'notEligible');
  await changeFact(context, { factId, told: null, reason: '別の子の罹患' });
  assert.equal(await statusOf(personId, 'varicella'), 'due');
  const facts = await withMunicipality(base.db, base.lgCode, (tx) => listFacts(tx, personId));
  assert.deepEqual(
    facts.map((fact) => [fact.change, fact.isCurrent, fact.reason]),
    [
      ['retraction', false, '別の子の罹患'],
      ['entry', false, null],
    ],
  );
  await assert.rejects(changeFact(context, { factId, told, reason: '二度目' }), Conflict);
  const versions = await withMunicipality(base.db, base.lgCode, (tx) => loadLedgerVersions(tx, [personId]));
  assert.equal(versions.get(personId), 2, 'whoever judged before sees that the ledger changed');
  assert.equal((await verifyLedger(base.db, base.lgCode)).differences, 0);
});

test('妊娠28週0日から36週6日が対象になり、予定日を訂正すると時期も動く', async () => {
  const personId = await bornOn('0000000002', '1996-05-05');
  assert.equal(await statusOf(personId, 'rsv-maternal'), 'notEligible');
  // 出産予定日は40週0日。2026-11-21 が 28週0日になるのは 84日後の 2027-02-13。
  const told: FactTold = { ...nothing, kind: 'pregnancy', from: getDay(2027, 2, 13) };
  const factId = await enterFact(context, { personId, told });
  assert.equal(await statusOf(personId, 'rsv-maternal'), 'due');
  await changeFact(context, { factId, told: { ...told, from: getDay(2027, 2, 14) }, reason: '予定日の訂正' });
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
    await assert.rejects(enterFact(context, { personId, told }), UnreadableInput);
  }
  const exception: FactTold = { ...nothing, kind: 'exceptionGranted', programme: 'bcg', from: getDay(2026, 9, 1) };
  await assert.rejects(enterFact(context, { personId, told: exception }), UnreadableInput);
  const reversed = { ...exception, to: getDay(2026, 8, 31) };
  await assert.rejects(enterFact(context, { personId, told: reversed }), UnreadableInput);
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
  await enterFact(context, { personId, told });
  assert.equal(await isDue(), false);
});
