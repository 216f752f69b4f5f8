import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { foldName } from './fold-name.ts';

test('異体字のある氏名が同じ検索キーになる', () => {
  for (const [a, b] of [
    ['髙橋', '高橋'],
    ['宮﨑', '宮崎'],
    ['渡邉', '渡辺'],
    ['渡邊', '渡辺'],
    ['\u{20bb7}田', '吉田'],
    ['邊\u{e0101}見', '辺見'],
    ['葛\u{e0100}城', '葛城'],
    ['齋藤', '斎藤'],
    ['廣澤', '広沢'],
    ['濵田', '浜田'],
    ['濱田', '浜田'],
    ['神\u{fa19}', '神神'],
    ['\u{fa10}本', '塚本'],
    ['佐々木', '佐佐木'],
    ['桧山', '檜山'],
    ['さくら', 'サクラ'],
    ['ＮＧＵＹＥＮ　ＶＡＮ', 'Nguyen Van'],
    ["O'CONNOR", 'OCONNOR'],
    ['雲雀ヶ丘', '雲雀ケ丘'],
    ['SILVA JOÃO', 'Silva Joao'],
    ['Đặng Thị Ơn', 'DANG THI ON'],
  ]) {
    assert.equal(foldName(a ?? ''), foldName(b ?? ''), `${a} / ${b}`);
  }
});

test('別の字は別のままである', () => {
  for (const [a, b] of [
    ['斎藤', '斉藤'],
    ['太田', '大田'],
    ['己', '已'],
    ['土屋', '士屋'],
    ['荻', '萩'],
    ['が', 'か'],
  ]) {
    assert.notEqual(foldName(a ?? ''), foldName(b ?? ''));
  }
});

test('検索キーをもう一度畳んでも変わらない', () => {
  const name = fc.string({ unit: fc.constantFrom(...'髙邉邊々渡ヶが﨑塚Ａ a・　さ') });
  fc.assert(fc.property(name, (text) => foldName(foldName(text)) === foldName(text)));
});
