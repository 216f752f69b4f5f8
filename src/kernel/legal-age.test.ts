import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from './day.ts';
import { fiscalYear } from './fiscal-year.ts';
import { afterClearDays, afterMonths, afterMonthsAndHalf } from './interval.ts';
import { ageAsSpoken, ageInYears, reachesMonthsOn, reachesYearsOn, schoolEntryOn } from './legal-age.ts';

const d = parseIsoDay;

/** Worked examples of the ministry's notice of 2014-03-11 and of the cities that quote it. */
const months: readonly (readonly [string, number, string])[] = [
  ['2013-04-01', 1, '2013-04-30'],
  ['2013-04-01', 3, '2013-06-30'],
  ['2013-04-01', 6, '2013-09-30'],
  ['2013-04-01', 12, '2014-03-31'],
  ['2013-01-31', 1, '2013-02-28'],
  ['2024-02-29', 12, '2025-02-28'],
  ['2024-02-29', 48, '2028-02-28'],
  ['2018-12-31', 2, '2019-02-28'],
  ['2018-12-31', 60, '2023-12-30'],
  ['2018-04-01', 2, '2018-05-31'],
  ['2018-04-01', 60, '2023-03-31'],
  ['2018-04-01', 3, '2018-06-30'],
  ['2018-04-01', 90, '2025-09-30'],
];

for (const [born, n, expected] of months) {
  test(`生後${n}月: ${born} → ${expected}`, () => {
    assert.equal(formatIsoDay(reachesMonthsOn(d(born), n)), expected);
  });
}

test('an age is reached on the day before the birthday, on the 28th for a birth on February 29', () => {
  assert.equal(formatIsoDay(reachesYearsOn(d('1961-05-10'), 65)), '2026-05-09');
  assert.equal(formatIsoDay(reachesYearsOn(d('1960-02-29'), 65)), '2025-02-28');
  assert.equal(formatIsoDay(reachesYearsOn(d('1960-02-29'), 64)), '2024-02-28');
  assert.equal(ageInYears(d('1961-05-10'), d('2026-05-08')), 64);
  assert.equal(ageInYears(d('1961-05-10'), d('2026-05-09')), 65);
  assert.equal(ageInYears(d('2026-05-10'), d('2026-05-10')), 0);
  assert.equal(ageInYears(d('2025-05-10'), d('2026-05-08')), 0);
  assert.equal(ageInYears(d('2025-05-10'), d('2026-05-09')), 1);
  // Born on New Year's Day: a year older on the last day of the year before.
  assert.equal(ageInYears(d('1960-01-01'), d('2024-12-30')), 64);
  assert.equal(ageInYears(d('1960-01-01'), d('2024-12-31')), 65);
});

test('children of April 1 enter school a year before children of April 2', () => {
  assert.equal(formatIsoDay(schoolEntryOn(d('2020-04-01'))), '2026-04-01');
  assert.equal(formatIsoDay(schoolEntryOn(d('2020-04-02'))), '2027-04-01');
  assert.equal(fiscalYear(reachesYearsOn(d('2014-04-01'), 12)), 2025);
  assert.equal(fiscalYear(reachesYearsOn(d('2014-04-02'), 12)), 2026);
});

test('clear days, months and half months as the ministry answers', () => {
  assert.equal(formatIsoDay(afterClearDays(d('2026-03-25'), 27)), '2026-04-22');
  assert.equal(formatIsoDay(afterMonths(d('2026-04-01'), 3)), '2026-07-01');
  assert.equal(formatIsoDay(afterMonths(d('2025-11-30'), 3)), '2026-03-01');
  assert.equal(formatIsoDay(afterMonths(d('2026-01-31'), 1)), '2026-03-01');
  assert.equal(formatIsoDay(afterMonths(d('2026-08-31'), 6)), '2027-03-01');
  assert.equal(formatIsoDay(afterMonthsAndHalf(d('2023-04-01'), 2)), '2023-06-16');
  assert.equal(formatIsoDay(afterMonthsAndHalf(d('2026-05-01'), 2)), '2026-07-17');
  assert.equal(formatIsoDay(afterMonthsAndHalf(d('2027-12-01'), 2)), '2028-02-16');
});

test('age as spoken turns on the birthday', () => {
  assert.deepEqual(ageAsSpoken(d('2026-05-10'), d('2026-10-09')), { years: 0, months: 4 });
  assert.deepEqual(ageAsSpoken(d('2026-05-10'), d('2026-10-10')), { years: 0, months: 5 });
  assert.deepEqual(ageAsSpoken(d('2020-05-10'), d('2026-05-10')), { years: 6, months: 0 });
});
