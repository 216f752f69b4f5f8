import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadableInput } from './errors.ts';
import {
  hasIndividualNumber,
  hasWrittenIndividualNumber,
  refuseNumberInText,
  strikeWrittenIndividualNumbers,
  withoutIndividualNumbers,
} from './individual-numbers-in-text.ts';

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

test('ファイルの文の中の個人番号は、離れて書いても見つけ、検査用数字の合わないものとほかの番号は通す', () => {
  for (const text of ['母の番号 123456789018', '１２３４－５６７８－９０１８', '番号1234 5678 9018を確認']) {
    assert.equal(hasWrittenIndividualNumber(text), true, text);
  }
  for (const text of ['123456789017', '発行番号 1234567890181', '1234-5678-9018-1', '電話 0299-39-0327', '']) {
    assert.equal(hasWrittenIndividualNumber(text), false, text);
  }
});

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

test('文の中の個人番号だけが、区切りを残して * になり、ほかの数字と文字は動かない', () => {
  const cases = [
    ['母 123456789018、電話 0299-39-0327', '母 ************、電話 0299-39-0327'],
    ['１２３４－５６７８－９０１８ 確認', '****－****－**** 確認'],
    ['1234 5678 9018 と 123456789017', '**** **** **** と 123456789017'],
    ['①23456789018 ㈱', '************ ㈱'],
    ['神\u{20BB7}野 123456789018 ｶﾞ', '神\u{20BB7}野 ************ ｶﾞ'],
    ['発行番号 1234567890181', '発行番号 1234567890181'],
  ] as const;
  for (const [text, expected] of cases) assert.equal(strikeWrittenIndividualNumbers(text), expected);
});
