import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFormNumber, isFormNumber, readFormNumber } from '#formats';
import { formNumberOf } from './form-number.ts';

test('発行番号は11桁とLuhnの検証番号', () => {
  // By hand: 1·2 0 0 0 0 0 0 0 0 0 1·2 → 2 + 2 = 4, check digit 6.
  assert.equal(formNumberOf(10_000_000_001), '100000000016');
  assert.throws(() => formNumberOf(9_999_999_999), RangeError);
  assert.throws(() => formNumberOf(100_000_000_000), RangeError);
});

test('1桁の読み違いはすべて見つかる', () => {
  const number = formNumberOf(48_213_907_755);
  for (let i = 0; i < 12; i += 1) {
    for (let digit = 0; digit <= 9; digit += 1) {
      const wrong = number.slice(0, i) + digit + number.slice(i + 1);
      assert.equal(isFormNumber(wrong), wrong === number, wrong);
    }
  }
});

test('読取機や手入力の形から番号を取り出す', () => {
  for (const scanned of [
    '100000000016',
    '1000-0000-0016',
    ' １０００－００００－００１６ ',
    'A100000000016A',
    'a100000000016b',
  ]) {
    assert.equal(readFormNumber(scanned), '100000000016', scanned);
  }
  for (const scanned of ['', '100000000017', '1000000000160', '00000000001', 'X100000000016']) {
    assert.equal(readFormNumber(scanned), undefined, scanned);
  }
});

test('人が読む形は4桁ごと', () => {
  assert.equal(formatFormNumber('100000000016'), '1000-0000-0016');
});
