import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { kanaWords, longVowelSpellings, normalizeKana } from './normalize-kana.ts';

const same: readonly (readonly [string, ...string[]])[] = [
  ['ｻﾄｳ ﾊﾅｺ', 'サトウ　ハナコ', 'さとう　はなこ', 'サトウハナコ'],
  ['ヴァン', 'バン', 'ｳﾞｧﾝ', 'ばん', 'ヴアン', 'ｳﾞｱﾝ'],
  ['ヴ', 'ブ'],
  ['キャッチ', 'キヤツチ', 'きゃっち'],
  ['オーノ', 'オノ'],
  ['ショーン・パトリック', 'シヨンパトリツク'],
  ['ミヅキ', 'ミズキ'],
  ['チヂワ', 'チジワ'],
  ['ヱミ', 'エミ'],
  ['カヲル', 'カオル'],
  ['ﾊﾟｸ ｼﾞﾕﾝ', 'パク　ジュン'],
];

test('書き方の違うカナが同じ検索キーになる', () => {
  for (const [first, ...others] of same) {
    for (const other of others) assert.equal(normalizeKana(other), normalizeKana(first), `${first} / ${other}`);
  }
});

test('違う名前は違うままである', () => {
  for (const [a, b] of [
    ['ハシモト', 'ハジモト'],
    ['ユウコ', 'ユキコ'],
    ['サイトウ', 'サトウ'],
    ['パク', 'バク'],
  ]) {
    assert.notEqual(normalizeKana(a ?? ''), normalizeKana(b ?? ''));
  }
});

test('検索キーをもう一度正規化しても変わらない', () => {
  const kana = fc.string({ unit: fc.constantFrom(...'アァイヴガｶﾞーぁゔ　 ・ヅヲンA-a゛ﾟ') });
  fc.assert(fc.property(kana, (text) => normalizeKana(normalizeKana(text)) === normalizeKana(text)));
});

test('姓と名と中黒で語に分かれる', () => {
  assert.deepEqual(kanaWords('オコナー　ショーン・パトリック'), ['オコナ', 'シヨン', 'パトリツク']);
  assert.deepEqual(kanaWords('　'), []);
});

test('長音はのばした音の書き方でも探される', () => {
  assert.deepEqual(longVowelSpellings('オーノ'), ['オーノ', 'オオノ', 'オウノ']);
  assert.deepEqual(longVowelSpellings('ユーコ'), ['ユーコ', 'ユウコ']);
  assert.deepEqual(longVowelSpellings('ケーコ'), ['ケーコ', 'ケエコ', 'ケイコ']);
  assert.deepEqual(longVowelSpellings('ｵｰﾉ'), ['オーノ', 'オオノ', 'オウノ']);
  assert.deepEqual(longVowelSpellings('おーの'), ['おーの', 'おオの', 'おウの']);
  assert.deepEqual(longVowelSpellings('オオノ'), ['オオノ']);
  assert.deepEqual(longVowelSpellings('ー'), ['ー']);
});
