import { type Day, dayParts, getDay } from './day.ts';

/** The fiscal year (年度) of a day, named by its first year: April 1 to March 31. */
export function fiscalYear(day: Day): number {
  const { year, month } = dayParts(day);
  return month >= 4 ? year : year - 1;
}

/** April 1 of the fiscal year. */
export function fiscalYearStartOn(year: number): Day {
  return getDay(year, 4, 1);
}

/** March 31 that ends the fiscal year. */
export function fiscalYearEndOn(year: number): Day {
  return getDay(year + 1, 3, 31);
}
