import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Day } from './day.ts';
import {
  addDays,
  dayParts,
  daysInMonth,
  earlierDay,
  findCompactDay,
  findDay,
  findIsoDay,
  formatCompactDay,
  formatIsoDay,
  getDay,
  laterDay,
  parseIsoDay,
  weekday,
} from './day.ts';

test('days that do not exist are not days', () => {
  assert.equal(findDay(2026, 2, 29), undefined);
  assert.equal(findIsoDay('2026-13-01'), undefined);
  assert.equal(findIsoDay('2026-00-10'), undefined);
  assert.equal(findCompactDay('20260431'), undefined);
  assert.equal(findCompactDay('2026043'), undefined);
  assert.equal(findCompactDay('2026O430'), undefined);
  assert.equal(findIsoDay('2026/04/30'), undefined);
});

test('1970-01-01 is day 0 and a Thursday', () => {
  assert.equal(findIsoDay('1970-01-01'), 0);
  assert.equal(weekday(0 as Day), 4);
  assert.equal(formatIsoDay(-1 as Day), '1969-12-31');
});

test('every day agrees with Temporal, forwards and backwards', () => {
  fc.assert(
    fc.property(fc.integer({ min: -300_000, max: 300_000 }), fc.integer({ min: -5000, max: 5000 }), (n, move) => {
      const day = n as Day;
      const plain = Temporal.PlainDate.from('1970-01-01').add({ days: n });
      const { year, month, dayOfMonth } = dayParts(day);
      assert.deepEqual([year, month, dayOfMonth], [plain.year, plain.month, plain.day]);
      assert.equal(weekday(day), plain.dayOfWeek);
      assert.equal(findIsoDay(formatIsoDay(day)), day);
      assert.equal(findCompactDay(formatCompactDay(day)), day);
      assert.equal(formatIsoDay(addDays(day, move)), plain.add({ days: move }).toString());
    }),
  );
});

test('a century is no leap year unless 400 divides it', () => {
  assert.equal(findDay(1900, 2, 29), undefined);
  assert.equal(findDay(2100, 2, 29), undefined);
  assert.notEqual(findDay(2000, 2, 29), undefined);
  assert.notEqual(findDay(2004, 2, 29), undefined);
  assert.equal(findDay(2001, 2, 29), undefined);
});

test('years run from 1 to 9999, months from 1 to 12, and only whole numbers are days', () => {
  for (const [year, month, dayOfMonth] of [
    [1, 1, 1],
    [9999, 12, 31],
  ] as const) {
    assert.notEqual(findDay(year, month, dayOfMonth), undefined);
  }
  for (const [year, month, dayOfMonth] of [
    [0, 1, 1],
    [10_000, 1, 1],
    [2026, 0, 1],
    [2026, 13, 1],
    [2026, 1, 0],
    [2026, 1, 32],
    [2026, 4, 31],
    [2026.5, 1, 1],
    [2026, 1.5, 1],
    [2026, 1, 1.5],
  ] as const) {
    assert.equal(findDay(year, month, dayOfMonth), undefined, `${year}-${month}-${dayOfMonth}`);
  }
});

test('a day that must exist is an error where it does not', () => {
  assert.throws(() => getDay(2026, 2, 29), RangeError);
  assert.throws(() => parseIsoDay('2026-02-29'), RangeError);
  assert.equal(formatIsoDay(getDay(2024, 2, 29)), '2024-02-29');
  assert.equal(formatCompactDay(parseIsoDay('0987-06-05')), '09870605');
});

test('of two days the earlier and the later', () => {
  const [first, second] = [getDay(2026, 4, 1), getDay(2026, 4, 2)];
  assert.equal(earlierDay(first, second), first);
  assert.equal(earlierDay(second, first), first);
  assert.equal(laterDay(first, second), second);
  assert.equal(laterDay(second, first), second);
});

test('months have 28 to 31 days', () => {
  const lengths = Array.from({ length: 12 }, (_, i) => daysInMonth(2026, i + 1));
  assert.deepEqual(lengths, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  assert.equal(daysInMonth(2028, 2), 29);
});
