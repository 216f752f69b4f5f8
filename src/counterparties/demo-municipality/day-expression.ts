import {
  addDays,
  afterClearDays,
  afterMonths,
  type Day,
  dayParts,
  fiscalYear,
  fiscalYearEndOn,
  fiscalYearStartOn,
  getDay,
  reachesMonthsOn,
  reachesYearsOn,
  schoolEntryOn,
} from '#kernel';

/** A day that depends on the day of birth. */
export type DayOfLife = (bornOn: Day) => Day;

/** A day that depends on an earlier dose. */
export type DayAfter = (previousOn: Day) => Day;

/**
 * Reads how a profile names a day of life: `birth`, `d42` days, `m2` and `y65` the day that age is reached, `fy13s`
 * and `fy13e` first and last day of the fiscal year of that age, `school-1y` and `school-1d` before school entry.
 */
export function parseDayOfLife(text: string): DayOfLife {
  if (text === 'birth') return (bornOn) => bornOn;
  const plain = /^(d|m|y)(\d+)$/u.exec(text);
  const n = Number(plain?.[2]);
  if (plain?.[1] === 'd') return (bornOn) => addDays(bornOn, n);
  if (plain?.[1] === 'm') return (bornOn) => reachesMonthsOn(bornOn, n);
  if (plain?.[1] === 'y') return (bornOn) => reachesYearsOn(bornOn, n);
  const fiscal = /^fy(\d+)(s|e)$/u.exec(text);
  if (fiscal !== null) {
    const edge = fiscal[2] === 's' ? fiscalYearStartOn : fiscalYearEndOn;
    return (bornOn) => edge(fiscalYear(reachesYearsOn(bornOn, Number(fiscal[1]))));
  }
  if (text === 'school-1d') return (bornOn) => addDays(schoolEntryOn(bornOn), -1);
  if (text === 'school-1y') return (bornOn) => getDay(dayParts(schoolEntryOn(bornOn)).year - 1, 4, 1);
  throw new Error(`not a day of life: ${text}`);
}

/** Reads an interval of a profile: `27d` clear days or `6m` months. */
export function parseDayAfter(text: string): DayAfter {
  const match = /^(\d+)(d|m)$/u.exec(text);
  if (match === null) throw new Error(`not an interval: ${text}`);
  const n = Number(match[1]);
  return match[2] === 'd' ? (day) => afterClearDays(day, n) : (day) => afterMonths(day, n);
}
