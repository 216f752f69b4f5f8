/** A calendar day without time zone: days since 1970-01-01. Months are 1 to 12. */
export type Day = number & { readonly __kind: 'Day' };

/** Year, month (1 to 12) and day of month of a calendar day. */
export interface DayParts {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
}

/** The day of a proleptic Gregorian date, or undefined if no such day exists (2026-02-29). */
export function findDay(year: number, month: number, dayOfMonth: number): Day | undefined {
  if (!Number.isInteger(year) || !Number.isInteger(month) || !Number.isInteger(dayOfMonth)) return undefined;
  if (year < 1 || year > 9999 || month < 1 || month > 12) return undefined;
  if (dayOfMonth < 1 || dayOfMonth > daysInMonth(year, month)) return undefined;
  return daysFromCivil(year, month, dayOfMonth);
}

/** The day of a date that is known to exist; a date that does not is a programmer's error. */
export function getDay(year: number, month: number, dayOfMonth: number): Day {
  const day = findDay(year, month, dayOfMonth);
  if (day === undefined) throw new RangeError(`no such day: ${year}-${month}-${dayOfMonth}`);
  return day;
}

/** Reads `YYYY-MM-DD`; undefined for anything else, also for days that do not exist. */
export function findIsoDay(text: string): Day | undefined {
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  return findDay(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
}

/** Reads `YYYY-MM-DD` that the program itself wrote; throws on anything else. */
export function parseIsoDay(text: string): Day {
  const day = findIsoDay(text);
  if (day === undefined) throw new RangeError(`not a day as YYYY-MM-DD: ${text}`);
  return day;
}

/** Reads `YYYYMMDD`, the form of most municipal files; undefined for anything else. */
export function findCompactDay(text: string): Day | undefined {
  if (text.length !== 8) return undefined;
  return findDay(digits(text, 0, 4), digits(text, 4, 6), digits(text, 6, 8));
}

/** `YYYY-MM-DD`. */
export function formatIsoDay(day: Day): string {
  const { year, month, dayOfMonth } = dayParts(day);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
}

/** `YYYYMMDD`. */
export function formatCompactDay(day: Day): string {
  const { year, month, dayOfMonth } = dayParts(day);
  return `${String(year).padStart(4, '0')}${two(month)}${two(dayOfMonth)}`;
}

/** Year, month and day of month (Howard Hinnant's civil-from-days arithmetic). */
export function dayParts(day: Day): DayParts {
  const shifted = day + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth };
}

/** The day n days later (earlier when n is negative). */
export function addDays(day: Day, n: number): Day {
  return (day + n) as Day;
}

/** Monday 1 to Sunday 7. */
export function weekday(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** Number of days in a month of the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The earlier of two days. */
export function earlierDay(a: Day, b: Day): Day {
  return a < b ? a : b;
}

/** The later of two days. */
export function laterDay(a: Day, b: Day): Day {
  return a > b ? a : b;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysFromCivil(year: number, month: number, dayOfMonth: number): Day {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146097 + dayOfEra - 719468) as Day;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
