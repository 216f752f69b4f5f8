import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Day } from './day.ts';
import {
  addDays,
  dayParts,
  findCompactDay,
  findDay,
  findIsoDay,
  formatCompactDay,
  formatIsoDay,
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
