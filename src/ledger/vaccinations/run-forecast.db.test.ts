import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { getDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { historyHeader } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { importHistory } from './import-history.ts';
import { runForecast } from './run-forecast.ts';

let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;
const asOf = getDay(2026, 11, 21);

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  context = testContext(base.db, testActor(base.lgCode, ['history.import', 'forecast.run']));
  rules = await checkoutRules();
  await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: '0000000001' },
    { addresseeNumber: '0000000002' },
    { addresseeNumber: '0000000003', bornOn: '1950-05-05', sex: 'male' },
  ]);
});
after(() => base.close());

interface Stored {
  readonly number: string;
  readonly computed_at: Date;
  readonly open: string[];
}

function stored(): Promise<Stored[]> {
  return withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<Stored>(
      `SELECT p.addressee_number AS number, f.computed_at, f.due || f.overdue AS open FROM person_forecasts f
       JOIN persons p ON p.lg_code = f.lg_code AND p.person_id = f.person_id ORDER BY 1`,
    );
    return rows;
  });
}

const change = (sql: string) => withMunicipality(base.db, base.lgCode, ({ client }) => client.query(sql));

test('予定は全員について計算され、変わった人だけが次に計算し直される', async () => {
  const first = await runForecast(context, { rules, asOf });
  assert.equal(first.people, 3);
  const before = await stored();
  assert.deepEqual(
    before.map(({ number }) => number),
    ['0000000001', '0000000002', '0000000003'],
  );
  assert.equal(first.due + first.overdue, before.flatMap(({ open }) => open).length);
  assert.ok(before[0]?.open.includes('bcg/single'));
  assert.ok(before[2]?.open.includes('influenza-older/seasonal'));

  const feed = textFeed('history.csv', [historyHeader, '0000000001,27,1,20260615,,A,03,,,,']);
  await importHistory(context, feed, { asOf });
  const second = await runForecast(context, { rules, asOf });
  assert.equal(second.people, 3);
  const after = await stored();
  assert.equal(after[0]?.open.includes('bcg/single'), false);
  assert.deepEqual(
    after.map(({ computed_at: at }, i) => at.getTime() === before[i]?.computed_at.getTime()),
    [false, true, true],
  );
});

test('転出した人と亡くなった人の予定は残らない', async () => {
  await change(
    `UPDATE persons SET ceased_resident_on = '2026-11-01', ceased_reason = 'movedOut', version = version + 1
     WHERE addressee_number = '0000000002'`,
  );
  await change(
    "UPDATE persons SET died_on = '2026-11-10', version = version + 1 WHERE addressee_number = '0000000003'",
  );
  const result = await runForecast(context, { rules, asOf });
  assert.equal(result.people, 1);
  assert.deepEqual(
    (await stored()).map(({ number }) => number),
    ['0000000001'],
  );
  assert.equal(result.due + result.overdue, (await stored()).flatMap(({ open }) => open).length);
});
