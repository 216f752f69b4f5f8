import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { makeCalendar } from './make-calendar.ts';

const calendarOf = (today: string, months?: number): string[] => {
  const { monthFrom, monthTo, asOf, monthName } = makeCalendar(parseIsoDay(today), months);
  return [formatIsoDay(monthFrom), formatIsoDay(monthTo), formatIsoDay(asOf), monthName];
};

test('接種の月は今日の前の月、異動は今月の初日', () => {
  assert.deepEqual(calendarOf('2026-11-21'), ['2026-10-01', '2026-10-31', '2026-11-01', '2026-10']);
  assert.deepEqual(calendarOf('2026-11-01'), ['2026-10-01', '2026-10-31', '2026-11-01', '2026-10']);
  assert.deepEqual(calendarOf('2027-01-31'), ['2026-12-01', '2026-12-31', '2027-01-01', '2026-12']);
  assert.deepEqual(calendarOf('2028-03-01'), ['2028-02-01', '2028-02-29', '2028-03-01', '2028-02']);
});

test('遅れている月も、先月までの続いた月', () => {
  assert.deepEqual(calendarOf('2026-11-21', 2), ['2026-09-01', '2026-10-31', '2026-11-01', '2026-10']);
  assert.deepEqual(calendarOf('2026-11-21', 11), ['2025-12-01', '2026-10-31', '2026-11-01', '2026-10']);
  assert.deepEqual(calendarOf('2027-01-31', 12), ['2026-01-01', '2026-12-31', '2027-01-01', '2026-12']);
  assert.deepEqual(calendarOf('2027-01-31', 13), ['2025-12-01', '2026-12-31', '2027-01-01', '2026-12']);
});
