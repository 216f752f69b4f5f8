import { addDays, type Day, dayParts, getDay } from '#kernel';
import type { Calendar } from './types.ts';

/** The clinic month is the month before today's; the changes come on the first of today's month. */
export function makeCalendar(today: Day): Calendar {
  const { year, month } = dayParts(today);
  const asOf = getDay(year, month, 1);
  const monthTo = addDays(asOf, -1);
  const last = dayParts(monthTo);
  return {
    asOf,
    monthFrom: getDay(last.year, last.month, 1),
    monthTo,
    monthName: `${last.year}-${String(last.month).padStart(2, '0')}`,
  };
}
