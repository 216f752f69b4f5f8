import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { listFittingLayouts } from './list-fitting-layouts.ts';

const on = parseIsoDay('2026-11-21');
const layouts = [
  { programme: 'dpt-ipv-hib', stage: 'primary' },
  { programme: 'measles-rubella', stage: 'stage-1' },
  { programme: 'influenza-older', stage: 'seasonal' },
  { programme: 'hpv', stage: 'primary' },
];

let t: TestDatabase;
before(async () => {
  t = await testDatabase();
});
after(() => t.close());

async function fittingFor(bornOn: string, addresseeNumber: string) {
  const [personId] = await insertTestPeople(t.db, t.lgCode, [{ addresseeNumber, bornOn }]);
  assert.ok(personId !== undefined);
  const rules = await checkoutRules();
  const { fitting, others } = await withMunicipality(t.db, t.lgCode, (tx) =>
    listFittingLayouts(tx, rules, personId, on, layouts),
  );
  return {
    fitting: fitting.map(({ programme }) => programme),
    others: others.map(({ layout, why }) => [layout.programme, why]),
  };
}

test('赤ちゃんには、これから受けるものだけが選べ、高齢者や中学生のものは理由とともに外れる', async () => {
  assert.deepEqual(await fittingFor('2026-08-10', '0000000001'), {
    fitting: ['dpt-ipv-hib', 'measles-rubella'],
    others: [
      ['influenza-older', '受けられる年齢がまだずっと先である'],
      ['hpv', '受けられる年齢がまだずっと先である'],
    ],
  });
});

test('高齢者には、子どものものが選べない', async () => {
  const { fitting, others } = await fittingFor('1950-04-01', '0000000002');
  assert.deepEqual(fitting, ['influenza-older']);
  assert.equal(others.length, 3);
});
