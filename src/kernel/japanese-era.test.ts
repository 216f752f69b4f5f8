import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from './day.ts';
import { findJapaneseEraDay, formatJapaneseEra, spellEraCode } from './japanese-era.ts';

const readings: readonly (readonly [string, string | undefined, boolean?])[] = [
  ['R8.11.21', '2026-11-21'],
  ['令8.11.21', '2026-11-21'],
  ['令和８年１１月２１日', '2026-11-21'],
  ['令和元年5月1日', '2019-05-01'],
  ['令和元年4月30日', undefined],
  ['S29-8-25', '1954-08-25'],
  ['昭290825', '1954-08-25'],
  ['昭64.1.7', '1989-01-07'],
  ['昭64.1.8', '1989-01-08', true],
  ['平成32年4月1日', '2020-04-01', true],
  ['平成0年4月1日', undefined],
  ['R8.2.29', undefined],
  ['大正元年7月30日', '1912-07-30'],
  ['20261121', undefined],
  ['昭和元年12月25日', '1926-12-25'],
  ['昭和元年12月24日', undefined],
  ['M1.1.25', '1868-01-25'],
  ['M1.1.24', undefined],
  ['M2.1.1', '1869-01-01'],
];

for (const [text, expected, isPastEraEnd = false] of readings) {
  test(`${text} → ${expected ?? 'no day'}`, () => {
    const found = findJapaneseEraDay(text);
    assert.equal(found === undefined ? undefined : formatIsoDay(found.day), expected);
    if (found !== undefined) assert.equal(found.isPastEraEnd, isPastEraEnd);
  });
}

test('the first year prints 元年, the last day of an era prints the old era', () => {
  assert.equal(formatJapaneseEra(parseIsoDay('2019-05-01')), '令和元年5月1日');
  assert.equal(formatJapaneseEra(parseIsoDay('2019-04-30')), '平成31年4月30日');
  assert.equal(formatJapaneseEra(parseIsoDay('1989-01-07')), '昭和64年1月7日');
  assert.equal(formatJapaneseEra(parseIsoDay('1867-12-31')), '1867年12月31日');
});

test('the seven digits of forms are spelled with the name of their era', () => {
  assert.equal(spellEraCode('5060210'), '令和06.02.10');
  assert.equal(spellEraCode('4310430'), '平成31.04.30');
  assert.equal(spellEraCode('1450730'), '明治45.07.30');
  for (const other of ['0060210', '6060210', '506021', '50602100', '昭290825', '']) {
    assert.equal(spellEraCode(other), undefined, other);
  }
});
