import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, getDay, type LgCode, type PersonId } from '#kernel';
import { decideHistoryCoupon, type HistoryCouponCase } from './decide-history-coupon.ts';

const dose = { vaccinatedOn: getDay(2021, 6, 1), doseNumber: 1 };
const known: HistoryCouponCase = {
  ...{ lgCode: '131016' as LgCode, personId: 1 as PersonId, records: [], otherBearer: undefined },
};
const told = (findings: readonly Finding[]) => findings.map(({ code, severity }) => `${severity} ${code}`);

test('だれの接種かに関わらない疑いは、台帳に入れて報告に載せる', () => {
  assert.deepEqual(decideHistoryCoupon('0000001234', dose, known), []);
  assert.deepEqual(decideHistoryCoupon(null, dose, known), []);
  assert.deepEqual(told(decideHistoryCoupon('1234', dose, known)), [
    'note couponUnreadable',
    'note historyCouponEntered',
  ]);
  // 札幌市 011002; the second dose's coupon for a first dose.
  assert.deepEqual(told(decideHistoryCoupon('220110020000001234', dose, known)), [
    ...['note couponOfOtherMunicipality', 'note couponDoseDiffers', 'note historyCouponEntered'],
  ]);
});

test('だれの接種かに関わる疑いがあれば、ほかの疑いも合わせて断る', () => {
  const otherBearer = { addresseeNumber: '0000000002', ordinal: 7 };
  const [shared, ...rest] = decideHistoryCoupon('220110020000001234', dose, { ...known, otherBearer }).toReversed();
  assert.deepEqual(shared?.code, 'historyCouponRefused');
  assert.deepEqual(told(rest), [
    ...['refuse couponSharedInFile', 'refuse couponDoseDiffers', 'refuse couponOfOtherMunicipality'],
  ]);
  assert.deepEqual(rest[0]?.params, { row: 7 });
});
