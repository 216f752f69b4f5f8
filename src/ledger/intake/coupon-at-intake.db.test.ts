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
import { commitBatch } from './commit-batch.ts';
import { listRows } from './list-batches.ts';
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
