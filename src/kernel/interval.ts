import { addDays, type Day, dayParts, daysInMonth, getDay } from './day.ts';

/**
 * First day that leaves n clear days after a day (n日以上の間隔をおいて): both ends are excluded, so that
 * 27 clear days lead to the same weekday four weeks later.
 */
export function afterClearDays(day: Day, clearDays: number): Day {
  return addDays(day, clearDays + 1);
}

/**
 * First day after an interval of n months (n月以上の間隔をおいて): the same-numbered day n months later; where
 * that month has no such day, the first of the following month.
 * @spec 予防接種の間隔の解釈 (ministry's answer, source S10 of the domain notes)
 */
export function afterMonths(day: Day, months: number): Day {
  const { year, month, dayOfMonth } = dayParts(day);
  const index = year * 12 + (month - 1) + months;
  const targetYear = Math.floor(index / 12);
  const targetMonth = (index % 12) + 1;
  if (dayOfMonth <= daysInMonth(targetYear, targetMonth)) return getDay(targetYear, targetMonth, dayOfMonth);
  return getDay(Math.floor((index + 1) / 12), ((index + 1) % 12) + 1, 1);
}

/**
 * First day after n months and a half (n月半): the n-month day, then half of that month's length:
 * 14 days in a month of 28, 15 in one of 29 or 30, 16 in one of 31.
 * @spec 予防接種の間隔の解釈 (source S10 of the domain notes)
 */
export function afterMonthsAndHalf(day: Day, months: number): Day {
  const whole = afterMonths(day, months);
  const { year, month } = dayParts(whole);
  const length = daysInMonth(year, month);
  return addDays(whole, length === 28 ? 14 : length === 31 ? 16 : 15);
}
