import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from './day.ts';
import { fiscalYear, fiscalYearEndOn, fiscalYearStartOn } from './fiscal-year.ts';
import { afterClearDays, afterMonths, afterMonthsAndHalf } from './interval.ts';

const on = parseIsoDay;

test('clear days leave both ends out', () => {
  for (const [from, days, wanted] of [
    ['2026-03-25', 27, '2026-04-22'],
    ['2026-04-01', 6, '2026-04-08'],
    ['2026-04-01', 20, '2026-04-22'],
    ['2026-04-01', 0, '2026-04-02'],
    ['2026-01-01', 139, '2026-05-21'],
  ] as const) {
    assert.equal(formatIsoDay(afterClearDays(on(from), days)), wanted);
  }
});

test('months lead to the same number, or to the first of the month after where there is none', () => {
  for (const [from, months, wanted] of [
    ['2026-04-01', 3, '2026-07-01'],
    ['2026-11-30', 3, '2027-03-01'],
    ['2026-01-31', 1, '2026-03-01'],
    ['2026-01-28', 1, '2026-02-28'],
    ['2026-01-29', 1, '2026-03-01'],
    ['2028-01-29', 1, '2028-02-29'],
    ['2026-08-31', 6, '2027-03-01'],
    ['2026-10-31', 1, '2026-12-01'],
    ['2026-10-30', 1, '2026-11-30'],
    ['2026-11-15', 1, '2026-12-15'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-05-20', 12, '2027-05-20'],
  ] as const) {
    assert.equal(formatIsoDay(afterMonths(on(from), months)), wanted, `${from} + ${months}`);
  }
});

test('half a month is half of the month that the whole months lead to: 14, 15, 15 or 16 days', () => {
  for (const [from, months, wanted] of [
    ['2023-04-01', 2, '2023-06-16'],
    ['2026-05-01', 2, '2026-07-17'],
    ['2027-12-01', 2, '2028-02-16'],
    ['2026-12-01', 2, '2027-02-15'],
    ['2026-07-20', 2, '2026-10-05'],
  ] as const) {
    assert.equal(formatIsoDay(afterMonthsAndHalf(on(from), months)), wanted, `${from} + ${months} and a half`);
  }
});

test('a fiscal year runs from April 1 to March 31 and has the number of its first year', () => {
  assert.equal(fiscalYear(on('2026-03-31')), 2025);
  assert.equal(fiscalYear(on('2026-04-01')), 2026);
  assert.equal(fiscalYear(on('2026-12-31')), 2026);
  assert.equal(fiscalYear(on('2027-01-01')), 2026);
  assert.equal(formatIsoDay(fiscalYearStartOn(2026)), '2026-04-01');
  assert.equal(formatIsoDay(fiscalYearEndOn(2026)), '2027-03-31');
});
