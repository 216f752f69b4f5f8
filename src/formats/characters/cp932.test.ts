import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCp932, encodeCp932, isInCp932 } from './cp932.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('波ダッシュ、マイナスなど二つの書き方がある記号は同じ位置に入る', () => {
  assert.equal(hex(encodeCp932('〜～').bytes), '81608160');
  assert.equal(hex(encodeCp932('−－').bytes), '817c817c');
  assert.equal(hex(encodeCp932('‖∥—―¢￠£￡¬￢').bytes), '81618161815c815c81918191819281928 1ca81ca'.replace(' ', ''));
  assert.deepEqual(encodeCp932('〜～−－‖').unmappable, []);
});

test('NEC特殊文字・IBM拡張文字はWindowsと同じ位置に入る', () => {
  assert.equal(hex(encodeCp932('髙﨑①㈱№℡∵≒').bytes), 'fbfcfab18740878a8782878481e681e0');
  assert.equal(hex(encodeCp932('ⅰⅠ￤＇').bytes), 'fa408754fa55fa56');
});

test('ない文字は〓にして場所を知らせ、?にはしない', () => {
  const { bytes, unmappable } = encodeCp932('𠮷田と辻\u{E0100}と?');
  assert.equal(decodeCp932(bytes), '〓田と辻〓と?');
  assert.deepEqual(unmappable, [
    { character: '𠮷', index: 0 },
    { character: '\u{E0100}', index: 5 },
  ]);
  assert.equal(isInCp932('𠮷'.codePointAt(0) ?? 0), false);
  assert.equal(isInCp932('髙'.codePointAt(0) ?? 0), true);
});

test('半角カナ、円記号、制御文字はそのまま往復する', () => {
  const text = 'ｱｲｳﾞﾟ\\~\u001A\u001C\u007F\t';
  assert.equal(decodeCp932(encodeCp932(text).bytes), text);
});

test('読めないバイトは断る', () => {
  for (const bytes of [[0x80], [0xa0], [0xfd], [0x81], [0x81, 0x20], [0x85, 0x9f]]) {
    assert.throws(() => decodeCp932(Uint8Array.from(bytes)), TypeError, String(bytes));
  }
});

test('CP932にある文字だけなら復号して元に戻る(性質)', () => {
  const alphabet = fc.constantFrom(...'あアｱ漢字髙﨑①㈱～－∥ABC,"\r\n0123〓\uE000\uE757');
  fc.assert(
    fc.property(fc.array(alphabet), (characters) => {
      const text = characters.join('');
      const { bytes, unmappable } = encodeCp932(text);
      assert.deepEqual(unmappable, []);
      assert.equal(decodeCp932(bytes), text);
    }),
  );
});

test('CP932のすべての位置は、復号して符号化し直しても同じ文字になる', () => {
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    for (let trail = 0x40; trail <= 0xfc; trail += 1) {
      let text: string;
      try {
        text = decodeCp932(Uint8Array.of(lead, trail));
      } catch {
        continue; // no character there
      }
      if (text.length === 1) assert.equal(decodeCp932(encodeCp932(text).bytes), text, `${lead} ${trail}`);
    }
  }
});
