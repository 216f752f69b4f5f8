import { addDays, type Day, dayParts, getDay } from '#kernel';
import type { Calendar } from './types.ts';

/**
 * The clinic month is the month before today's; the changes come on the first of today's month. An office that is behind
 * by more months (two and more) has them all in one file.
 */
export function makeCalendar(today: Day, months = 1): Calendar {
  const { year, month } = dayParts(today);
  const asOf = getDay(year, month, 1);
  const monthTo = addDays(asOf, -1);
  const last = dayParts(monthTo);
  const first = last.year * 12 + last.month - months;
  return {
    asOf,
    monthFrom: getDay(Math.floor(first / 12), (first % 12) + 1, 1),
    monthTo,
    monthName: `${last.year}-${String(last.month).padStart(2, '0')}`,
  };
}
