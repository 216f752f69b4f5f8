import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadableInput } from './errors.ts';
import { refuseNumberInText } from './number-in-text.ts';

test('12けたの数字は、全角でも、4けたずつでも、検査用数字が合わなくても断る', () => {
  for (const text of [
    '123456789018',
    '本人確認 123456789018 のため',
    '１２３４５６７８９０１８',
    '１２３４ ５６７８ ９０１８ の確認',
    '1234-5678-9018',
    '1234‐5678‐9018',
    '番号は123456789012です',
  ]) {
    assert.throws(() => refuseNumberInText(text), UnreadableInput, text);
  }
});

test('電話、日付、宛名番号、13けたの法人番号や発行番号は断らない', () => {
  for (const text of [
    '0299-39-0327 に電話、2026-11-21 に確認',
    '宛名番号 0000000123 の照会',
    '法人番号 1234567890123',
    '発行番号 1234 5678 9012 3456 の紛失',
    '発行番号 1234 5678 9012 3 の紛失',
    '2026年11月21日 10時30分',
    '',
  ]) {
    refuseNumberInText(text);
  }
});
