import { addDays, type Day, type DayParts, dayParts, daysInMonth, findDay, getDay } from './day.ts';

/**
 * The day on which age n is reached (n歳に達した日): the day before the n-th birthday.
 * A birth on February 29 reaches it on the 28th in a common year.
 * @law 年齢計算ニ関スル法律, 民法第143条
 */
export function reachesYearsOn(bornOn: Day, years: number): Day {
  return yearsReachedOn(dayParts(bornOn), years);
}

function yearsReachedOn({ year, month, dayOfMonth }: DayParts, years: number): Day {
  const birthday = findDay(year + years, month, dayOfMonth);
  return birthday === undefined ? getDay(year + years, 2, 28) : addDays(birthday, -1);
}

/**
 * The day on which n months after birth are reached (生後n月に至った日): the day before the same-numbered
 * day n months later; where that month has no such day, its last day.
 * @law 事務連絡 2014-03-11 定期の予防接種における対象者の解釈について
 */
export function reachesMonthsOn(bornOn: Day, months: number): Day {
  const { year, month, dayOfMonth } = dayParts(bornOn);
  const target = monthLater(year, month, months);
  const last = daysInMonth(target.year, target.month);
  if (dayOfMonth > last) return getDay(target.year, target.month, last);
  return addDays(getDay(target.year, target.month, dayOfMonth), -1);
}

/** Completed years of age on a day as the law counts: a year older already on the day before the birthday. */
export function ageInYears(bornOn: Day, on: Day): number {
  const born = dayParts(bornOn);
  const years = dayParts(on).year - born.year;
  // Only who was born on January 1 is a year older still within the year before.
  const most = born.month === 1 && born.dayOfMonth === 1 ? years + 1 : years;
  for (let n = most; n > 0; n -= 1) if (yearsReachedOn(born, n) <= on) return n;
  return 0;
}

/** Age as people say it (満年齢): completed birthdays, and months since the last. */
export function ageAsSpoken(bornOn: Day, on: Day): { readonly years: number; readonly months: number } {
  const born = dayParts(bornOn);
  const at = dayParts(on);
  const months = (at.year - born.year) * 12 + at.month - born.month - (at.dayOfMonth < born.dayOfMonth ? 1 : 0);
  const clamped = Math.max(0, months);
  return { years: Math.floor(clamped / 12), months: clamped % 12 };
}

/**
 * The start of primary school (小学校就学の始期): the first April 1 on or after the sixth birthday, so that
 * a child of April 1 enters a year before a child of April 2.
 * @law 学校教育法第17条
 */
export function schoolEntryOn(bornOn: Day): Day {
  const born = dayParts(bornOn);
  const afterSixOn = addDays(reachesYearsOn(bornOn, 6), 1);
  const april = getDay(born.year + 6, 4, 1);
  return afterSixOn <= april ? april : getDay(born.year + 7, 4, 1);
}

function monthLater(year: number, month: number, months: number): { year: number; month: number } {
  const index = year * 12 + (month - 1) + months;
  return { year: Math.floor(index / 12), month: (index % 12) + 1 };
}
