import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasIndividualNumber, withoutIndividualNumbers } from './index.ts';

test('個人番号は、区切りや全角でも、長い数字の中でも見つかり、消される', () => {
  const cases = [
    ['123456789018', '（個人番号）'],
    ['本人 1234-5678-9018 確認', '本人 （個人番号） 確認'],
    ['１２３４　５６７８　９０１８', '（個人番号）'],
    ['１２３４－５６７８－９０１８', '（個人番号）'],
    ['0123456789018', '（個人番号）'],
    ['a123456789018b', 'a（個人番号）b'],
  ] as const;
  for (const [text, expected] of cases) {
    assert.equal(hasIndividualNumber(text), true, text);
    assert.equal(withoutIndividualNumbers(text), expected);
  }
});

test('検査用数字の合わない数字、短い数字、電話番号や日付は、そのまま残る', () => {
  for (const text of ['123456789017', '12345678901', '03-1234-5678', '2026-11-21 10:00', '４５０－９０', '']) {
    assert.equal(hasIndividualNumber(text), false, text);
    assert.equal(withoutIndividualNumbers(text), text);
  }
});
