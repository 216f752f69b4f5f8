import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from './day.ts';
import { findJapaneseEraDay, formatJapaneseEra } from './japanese-era.ts';

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
