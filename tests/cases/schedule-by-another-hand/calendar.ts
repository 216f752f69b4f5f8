// A calendar of its own, on the built-in Date alone: days are counted from 1970-01-01, months are 1 to 12.

const dayLength = 86_400_000;

/** The day of a date; months beyond 12 run into the next years. */
export function day(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / dayLength;
}

/** Year, month and date of a day. */
export function date(of: number): { year: number; month: number; date: number } {
  const at = new Date(of * dayLength);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() };
}

function hasDay(year: number, month: number, dateOfMonth: number): boolean {
  return date(day(year, month, dateOfMonth)).date === dateOfMonth;
}

/** 生後n月に至った日: the day before the same number; the last of a month that has no such number. */
export function months(born: number, n: number): number {
  const { year, month, date: number } = date(born);
  return hasDay(year, month + n, number) ? day(year, month + n, number) - 1 : day(year, month + n + 1, 1) - 1;
}

/** n歳に達した日: the day before the birthday; one born on February 29 has it on March 1 in a common year. */
export function years(born: number, n: number): number {
  const { year, month, date: number } = date(born);
  return day(year + n, month, number) - 1;
}

/** The year in which the fiscal year of a day begins. */
export function fiscal(of: number): number {
  const { year, month } = date(of);
  return month < 4 ? year - 1 : year;
}

/** First day of the fiscal year in which the age is reached. */
export function fiscalFirst(born: number, age: number): number {
  return day(fiscal(years(born, age)), 4, 1);
}

/** Last day of the fiscal year in which the age is reached. */
export function fiscalLast(born: number, age: number): number {
  return day(fiscal(years(born, age)) + 1, 3, 31);
}

/** The first April 1 on or after the sixth birthday. */
export function school(born: number): number {
  const sixth = years(born, 6) + 1;
  const { year } = date(sixth);
  return sixth <= day(year, 4, 1) ? day(year, 4, 1) : day(year + 1, 4, 1);
}

/** n日以上の間隔をおいて: n whole days between. */
export function afterDays(previous: number, n: number): number {
  return previous + n + 1;
}

/** n月以上の間隔をおいて: the same number n months on, or the first of the month after where there is none. */
export function afterMonths(previous: number, n: number): number {
  const { year, month, date: number } = date(previous);
  return hasDay(year, month + n, number) ? day(year, month + n, number) : day(year, month + n + 1, 1);
}

/** n月半以上: half of the month that the whole months lead to (28 → 14, 29 and 30 → 15, 31 → 16). */
export function afterMonthsAndHalf(previous: number, n: number): number {
  const whole = afterMonths(previous, n);
  const { year, month } = date(whole);
  const length = day(year, month + 1, 1) - day(year, month, 1);
  return whole + Math.ceil(length / 2);
}
