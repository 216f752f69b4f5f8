import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCouponCode } from './read-coupon-code.ts';

test('券番号10桁と、OCRライン・QRの18桁を読む', () => {
  const alone = { couponNumber: '0000001234', couponKind: null, doseNumber: null, lgCode: null };
  assert.deepEqual(readCouponCode('0000001234'), alone);
  const line = { couponNumber: '0000001234', couponKind: '2', doseNumber: 3, lgCode: '131016' };
  for (const text of ['231310160000001234', '2 3 131016 0000001234', '２３１３１０１６００００００１２３４']) {
    assert.deepEqual(readCouponCode(text), line, text);
  }
  assert.equal(readCouponCode('201310160000001234')?.doseNumber, null, 'a 券 without a dose number');
});

test('桁の足りない・余る番号と、数字でないものは読まない', () => {
  for (const text of [
    '',
    '123456789',
    '12345678901',
    '23131016000000123',
    '2313101600000012345',
    '2X1310160000001234',
  ]) {
    assert.equal(readCouponCode(text), undefined, text);
  }
});
