import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { isGtin, readGs1 } from './read-gs1.ts';

const today = parseIsoDay('2026-11-21');
/** Of the range for use inside a place (20): no real package has it. */
const gtin = '20000000000011';

function read(text: string): unknown {
  const found = readGs1(text, today);
  if (typeof found === 'string') return found;
  const expiresOn = found.expiresOn === null ? null : formatIsoDay(found.expiresOn);
  return [found.gtin, expiresOn, found.lotNumber];
}

test('GTINの検証番号: 規格の例と、手で計算した番号', () => {
  // GS1 General Specifications 7.9: 0 9501101 53000 → 3 (GTIN-13 9501101530003 with a leading zero).
  assert.ok(isGtin('09501101530003'));
  // 2·3 + 1·3 (the 13th digit) = 9, so the check digit is 1.
  assert.ok(isGtin(gtin));
  assert.ok(!isGtin('20000000000012') && !isGtin('2000000000001') && !isGtin('2000000000001x'));
});

test('読取機が送る形: 記号の識別子、GS区切り、順番の違い', () => {
  const expected = [gtin, '2027-06-30', 'AB-12/3'];
  for (const text of [
    `01${gtin}1727063010AB-12/3`,
    `]C101${gtin}1727063010AB-12/3`,
    `]d2\u001D01${gtin}10AB-12/3\u001D17270630`,
    `01${gtin}10AB-12/3\u001D17270630`,
    `01${gtin}10AB-12/3\u241D17270630`,
    `01${gtin}10AB-12/3|17270630`,
    `01${gtin}10AB-12/3{GS}17270630`,
    `]d2~01${gtin}10AB-12/3<gs>17270630`,
    `01${gtin}10AB-12/3^]17270630`,
    `(01)${gtin}(17)270630(10)AB-12/3`,
    `(17)270630 (10)AB-12/3 (01)${gtin}`,
  ]) {
    assert.deepEqual(read(text), expected, text);
  }
  assert.deepEqual(read(`01${gtin}1727063010LOT\u001D21S1`), [gtin, '2027-06-30', 'LOT']);
  assert.deepEqual(read('10ONLY-LOT'), [null, null, 'ONLY-LOT']);
});

test('期限の日が00なら月の末日。二月と閏年も', () => {
  assert.deepEqual(read('17270200'), [null, '2027-02-28', null]);
  assert.deepEqual(read('17280200'), [null, '2028-02-29', null]);
  assert.deepEqual(read('17260430'), [null, '2026-04-30', null]);
});

test('二桁の年は49年前から50年先まで', () => {
  assert.deepEqual(read('17760101'), [null, '2076-01-01', null]);
  assert.deepEqual(read('17770101'), [null, '1977-01-01', null]);
});

test('読めないものは、何がだめかを言って断る', () => {
  assert.equal(read(''), 'notGs1');
  // A form's number is the lot of a package to nobody: identifier 10 and nine digits would be one.
  assert.deepEqual(read('100000000016'), [null, null, '0000000016']);
  assert.equal(read('https://example.jp'), 'notGs1');
  assert.equal(read('01200000000000'), 'notGs1');
  assert.equal(read('0120000000000012'), 'gtinWrong');
  assert.equal(read('17271301'), 'expiryWrong');
  assert.equal(read('17270231'), 'expiryWrong');
  assert.equal(read('10ABC\u001D10DEF'), 'repeated');
  assert.equal(read(`10${'A'.repeat(21)}`), 'lotWrong');
  assert.equal(read('10ロット'), 'lotWrong');
  assert.equal(read('(01)20000000000011 (10'), 'notGs1');
  // The separator behind the lot did not arrive: lot AB-12 and (17) 2027-06-30 ran into one.
  assert.equal(read(`01${gtin}10AB-1217270630`), 'separatorLost');
  // No day, a day far off, or a last day beside it: such a lot is a lot.
  assert.deepEqual(read('10AB-1217270631'), [null, null, 'AB-1217270631']);
  assert.deepEqual(read('10AB-1217450630'), [null, null, 'AB-1217450630']);
  assert.deepEqual(read('1727063010AB-1217270630'), [null, '2027-06-30', 'AB-1217270630']);
});

test('区切りが一つも届かず、ロットの終わりがシリアル番号（21）や数量（30）とも読めるときは、そう言う', () => {
  const doubted = (text: string) => {
    const found = readGs1(text, today);
    return typeof found !== 'string' && [found.lotNumber, found.mayHoldMore];
  };
  // Lot A12 with serial number 0001, lot AB with a count of 10: run into one, they could be lots as they stand.
  assert.deepEqual(doubted(`01${gtin}1727063010A12210001`), ['A12210001', true]);
  assert.deepEqual(doubted(`01${gtin}1727063010AB3010`), ['AB3010', true]);
  for (const [text, lot] of [
    // Separators arrive, or brackets stand for them: what they end is the lot.
    [`01${gtin}1727063010A12210001\u001D`, 'A12210001'],
    [`\u001D01${gtin}1727063010AB3010`, 'AB3010'],
    [`(01)${gtin}(17)270630(10)AB3010`, 'AB3010'],
    // Nothing before the identifier, nothing behind it, no digits or too many: no other element can stand there.
    [`01${gtin}172706301021A`, '21A'],
    [`01${gtin}1727063010FA5721`, 'FA5721'],
    [`01${gtin}1727063010AB30X`, 'AB30X'],
    [`01${gtin}1727063010AB30123456789`, 'AB30123456789'],
  ] as const) {
    assert.deepEqual(doubted(text), [lot, false], text);
  }
});

test('どんな文字が来ても落ちない', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const found = readGs1(text, today);
      assert.ok(typeof found === 'string' || 'lotNumber' in found);
    }),
  );
  // What is put together is read back, whatever the lot.
  const lot = fc.stringMatching(/^[A-Za-z0-9/-]{1,20}$/u);
  fc.assert(
    fc.property(lot, (text) => assert.deepEqual(read(`01${gtin}17270630\u001D10${text}`), [gtin, '2027-06-30', text])),
  );
});
