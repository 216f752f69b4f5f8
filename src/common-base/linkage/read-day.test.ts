import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDay, readPartialDay } from './read-day.ts';
import type { DayForm } from './types.ts';

const all: readonly DayForm[] = ['compact', 'iso', 'slash', 'eraDigits', 'wareki'];

const whole: readonly (readonly [string, string | undefined])[] = [
  ['20260228', '2026-02-28'],
  ['20260229', undefined],
  ['20261032', undefined],
  ['20240229', '2024-02-29'],
  ['2026-10-01', '2026-10-01'],
  ['2026/1/9', '2026-01-09'],
  ['3250825', '1950-08-25'],
  ['5010501', '2019-05-01'],
  ['5010430', undefined],
  ['令和8年11月21日', '2026-11-21'],
  ['令和元年5月1日', '2019-05-01'],
  ['S64.1.7', '1989-01-07'],
  ['昭250825', '1950-08-25'],
  ['平成32年1月1日', '2020-01-01'],
  ['', undefined],
  ['abc', undefined],
  ['0000-00-00', undefined],
];
for (const [written, expected] of whole) {
  test(`日付 ${written} → ${expected ?? '読めない'}`, () => assert.equal(readDay(written, all)?.text, expected));
}

test('元号の終わりを過ぎた年は読んで印を付ける', () => {
  assert.equal(readDay('平成32年1月1日', ['wareki'])?.isPastEraEnd, true);
  assert.equal(readDay('平成31年4月30日', ['wareki'])?.isPastEraEnd, false);
});

test('許していない書き方は読まない', () => {
  assert.equal(readDay('2026-10-01', ['compact']), undefined);
  assert.equal(readDay('20261001', ['iso', 'wareki']), undefined);
});

const partial: readonly (readonly [string, string | undefined])[] = [
  ['19500825', '1950-08-25'],
  ['19500800', '1950-08'],
  ['19500000', '1950'],
  ['19509999', '1950'],
  ['1950', '1950'],
  ['195008', '1950-08'],
  ['19500025', undefined],
  ['19501300', undefined],
  ['00000000', undefined],
  ['1950-08', '1950-08'],
  ['1950/8', '1950-08'],
  ['昭和25年不詳', '1950'],
  ['昭和25年8月不詳', '1950-08'],
  ['昭和25年', '1950'],
  ['昭和元年', '1926'],
  ['S25.00.00', '1950'],
  ['S25.08.00', '1950-08'],
  ['3250000', '1950'],
  ['3250800', '1950-08'],
  ['昭和0年', undefined],
];
for (const [written, expected] of partial) {
  test(`一部不詳の日付 ${written} → ${expected ?? '読めない'}`, () =>
    assert.equal(readPartialDay(written, all)?.text, expected));
}
