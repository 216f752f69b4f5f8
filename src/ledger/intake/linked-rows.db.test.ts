import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { linkPersons } from '#addressees/registration';
import { touchLedgers } from '#ledger/vaccinations';
import { testActor } from '../../../tests/support/addressees.ts';
import { type IntakeOffice, openIntakeOffice } from '../../../tests/support/intake-office.ts';

let office: IntakeOffice;
before(async () => {
  office = await openIntakeOffice();
});
after(() => office.base.close());

test('結び付いた二つの番号の行は、ともに判定され、それぞれ自分の番号の記録につく', async () => {
  const [present, old] = [await office.newChild(), await office.newChild()];
  const linking = { ...office.context, actor: testActor(office.base.lgCode, ['persons.link']) };
  const pair = { memberId: old.personId, principalId: present.personId };
  await linkPersons(linking, pair, '窓口で本人確認書類により確認', touchLedgers);
  const result = await office.receive([
    { 整理番号: old.number, 回数: '1', 接種年月日: '20260415' },
    { 整理番号: present.number, 回数: '2', 接種年月日: '20260520' },
  ]);
  // The second dose is no lonely one: the first stands under the other number.
  assert.deepEqual([result.accepted, result.questioned, result.refused], [2, 0, 0]);
  const people = await office.inOffice(async ({ client }) => {
    const { rows } = await client.query<{ person_id: number }>(
      'SELECT person_id FROM intake_rows WHERE batch_id = $1 ORDER BY ordinal',
      [result.batchId],
    );
    return rows.map((row) => row.person_id);
  });
  assert.deepEqual(people, [old.personId, present.personId]);
});
