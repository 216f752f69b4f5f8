import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { withMunicipality } from '#platform/postgres';
import { textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules, demonstrationSettings } from '../../../tests/support/demonstration.ts';
import {
  type ClinicRow,
  clinicHeader,
  clinicLine,
  contractClinic,
  intakeAsOf,
  intakeContext,
} from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { withSettings } from '../../../tests/support/settings.ts';
import { answerRow } from './answer-rows.ts';
import { commitBatch } from './commit-batch.ts';
import { getRow, listRowCandidates, listRows } from './list-batches.ts';
import { receiveBatch } from './receive-batch.ts';

let base: TestDatabase;

before(async () => {
  base = await testDatabase();
  const layout = JSON.parse(await readFile(join(demonstrationSettings, 'layouts/clinic-records.json'), 'utf8')) as {
    columns: { name: string; key: string; type: string }[];
  };
  layout.columns.push({ name: '券番号', key: 'couponNumber', type: 'text' });
  await withSettings(base.db, { 'layouts/with-coupons.json': JSON.stringify(layout) });
});
after(() => base.close());

test('台帳の券番号と突き合わせ、別の人の番号と、タブレットと予診票で日の違う同じ回を見つける', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  await contractClinic(context);
  await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber: '0000000001' }, { addresseeNumber: '0000000002' }]);
  const receive = (name: string, rows: readonly (readonly [ClinicRow, string])[]) => {
    const lines = rows.map(([row, coupon], i) => `${clinicLine(row, i + 1)},${coupon}`);
    const feed = textFeed(name, [`${clinicHeader},券番号`, ...lines]);
    return receiveBatch(context, feed, { rules, asOf: intakeAsOf, layoutName: 'with-coupons' });
  };
  const tablet = await receive('tablet.csv', [[{}, `21${base.lgCode}0000001234`]]);
  assert.deepEqual([tablet.accepted, tablet.questioned], [1, 0]);
  await commitBatch(context, tablet.batchId, { rules });
  const punched = await receive('punched.csv', [
    [{ 接種年月日: '20260416' }, '0000001234'],
    [{ 整理番号: '0000000002' }, '0000001234'],
    [{ 整理番号: '0000000002', 回数: '2', 接種年月日: '20260520' }, '12345'],
  ]);
  const { rows } = await withMunicipality(base.db, base.lgCode, (tx) =>
    listRows(tx, context.actor, punched.batchId, { limit: 9 }),
  );
  const asked = rows.map((row) => row.questionCodes.filter((code) => code.startsWith('coupon')));
  assert.deepEqual(asked, [['couponDoseTwice'], ['couponOfOther'], ['couponUnreadable']]);
});

test('宛名番号のない行は、券番号と生年月日で本人を先頭の候補にし、選べばタブレットの記録と同じ接種だと分かる', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  const other = { addresseeNumber: '0000000003', kana: 'スズキ　イチロウ', bornOn: '2025-05-05', sex: 'male' } as const;
  await insertTestPeople(base.db, base.lgCode, [other]);
  // The tablet's record is in the ledger; the same form was punched without a number, its name misread.
  const punched = { 整理番号: '', 氏名カナ: 'シクン　ハナ' };
  const lines = [
    `${clinicLine(punched, 1)},21${base.lgCode}0000001234`,
    `${clinicLine({ ...punched, 生年月日: '20260111' }, 2)},0000001234`,
    `${clinicLine({ ...punched, 氏名カナ: 'スズキ　イチロウ', 生年月日: '20250505' }, 3)},0000001234`,
  ];
  const feed = textFeed('without-numbers.csv', [`${clinicHeader},券番号`, ...lines]);
  const { batchId, questioned } = await receiveBatch(context, feed, {
    ...{ rules, asOf: intakeAsOf, layoutName: 'with-coupons' },
  });
  assert.equal(questioned, 3, 'a number alone never says whose it is');
  const look = async (ordinal: number) =>
    await withMunicipality(base.db, base.lgCode, async (tx) => {
      const { row } = await getRow(tx, context.actor, batchId, ordinal);
      return { row, candidates: await listRowCandidates(tx, context.actor, row) };
    });
  const [same, differing] = [await look(1), await look(2)];
  assert.ok(same.row.questionCodes.includes('personNumberMissing'));
  const [first] = same.candidates;
  assert.equal(first?.person.addresseeNumber, '0000000001');
  assert.deepEqual(first.reasons.slice(0, 2), ['sameCoupon', 'sameBirthDate']);
  // Another birth date: the number speaks for her, the second factor does not.
  const ofNumber = differing.candidates.find(({ person }) => person.addresseeNumber === '0000000001');
  assert.ok(ofNumber?.reasons.includes('sameCoupon') && !ofNumber.reasons.includes('sameBirthDate'));
  // A misread number: who has the name and the birth date comes before who has the number alone.
  assert.deepEqual(
    (await look(3)).candidates.map(({ person, reasons }) => [person.addresseeNumber, reasons[0]]),
    [
      ['0000000003', 'sameKana'],
      ['0000000001', 'sameCoupon'],
    ],
  );

  const { personId } = first.person;
  const answer = { kind: 'otherPerson', personId } as const;
  await answerRow(context, { batchId, ordinal: 1, expectedVersion: same.row.version, rules, answer });
  const chosen = await look(1);
  assert.equal(chosen.row.personId, personId);
  assert.deepEqual(
    chosen.row.questionCodes.filter((code) => code === 'alreadyInLedger' || code.startsWith('coupon')),
    ['alreadyInLedger'],
    'one dose, told twice',
  );
});
