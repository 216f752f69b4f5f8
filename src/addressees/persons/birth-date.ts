import {
  addDays,
  type Day,
  dayParts,
  daysInMonth,
  findCompactDay,
  findDay,
  findIsoDay,
  findJapaneseEraDay,
  getDay,
  japaneseEras,
  spellEraCode,
} from '#kernel';

/** How much of a birth date the register knows. */
export type BirthDatePrecision = 'day' | 'month' | 'year' | 'unknown';

/** A birth date as far as it is known; `bornOn` is the first day of the known part, null when nothing is known. */
export interface BirthDate {
  readonly bornOn: Day | null;
  readonly precision: BirthDatePrecision;
}

/** The first and last day that a birth date, given in full or in part, may mean. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** Reads the register's `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; null is an unknown birth date, undefined an unreadable one. */
export function findBirthDate(text: string | null): BirthDate | undefined {
  if (text === null) return { bornOn: null, precision: 'unknown' };
  const day = findIsoDay(text);
  if (day !== undefined) return { bornOn: day, precision: 'day' };
  const match = /^(\d{4})(?:-(\d{2}))?$/u.exec(text);
  if (match === null) return undefined;
  const bornOn = findDay(Number(match[1]), match[2] === undefined ? 1 : Number(match[2]), 1);
  if (bornOn === undefined) return undefined;
  return { bornOn, precision: match[2] === undefined ? 'year' : 'month' };
}

/**
 * Reads what a clerk types for a birth date, whole or in part: 1954-08-25, 1954/8/25, 19540825, 1954年8月, 1954, S29.8.25,
 * 昭和29年8月, 昭和29年, S29, and as 予診票 has it 3290825 (元号コード) or, of the present era, 060210. Undefined when it is
 * no date.
 */
export function findBirthDateRange(text: string): DayRange | undefined {
  const narrow = text.normalize('NFKC').replaceAll(/\s|生(?:まれ)?$/gu, '');
  const whole = findCompactDay(narrow) ?? findJapaneseEraDay(spellDigits(narrow))?.day;
  if (whole !== undefined) return isBirthYear(dayParts(whole).year) ? { from: whole, to: whole } : undefined;
  const western = /^(\d{4})(?:(?:年|[./-])(?:(\d{1,2})(?:(?:月|[./-])(?:(\d{1,2})日?)?)?)?)?$/u.exec(narrow);
  if (western !== null) return rangeOf(Number(western[1]), western[2], western[3]);
  return findEraRange(narrow);
}

/** Digits alone with their era written out: seven begin with its code, six are of the present era. */
function spellDigits(text: string): string {
  const present = /^\d{6}$/u.test(text) ? japaneseEras[0]?.name : undefined;
  return present === undefined ? (spellEraCode(text) ?? text) : `${present}${text}`;
}

/** 昭和29年, 昭29年8月, S29, S29.8, 平成元年: a year or a month of an era. */
function findEraRange(text: string): DayRange | undefined {
  const upper = text.toUpperCase();
  for (const era of japaneseEras) {
    const head = [era.name, era.short, era.letter].find((candidate) => upper.startsWith(candidate));
    if (head === undefined) continue;
    const rest = upper.slice(head.length).replace(/^元/u, '1');
    const match = /^(\d{1,2})(?:(?:年|[./-])(?:(\d{1,2})(?:月|[./-])?)?)?$/u.exec(rest);
    if (match === null || Number(match[1]) === 0) return undefined;
    const range = rangeOf(dayParts(era.firstOn).year + Number(match[1]) - 1, match[2], undefined);
    return range === undefined || range.to < era.firstOn ? undefined : range;
  }
  return undefined;
}

function rangeOf(year: number, month: string | undefined, dayOfMonth: string | undefined): DayRange | undefined {
  if (!isBirthYear(year)) return undefined;
  if (month === undefined) return { from: getDay(year, 1, 1), to: getDay(year, 12, 31) };
  if (findDay(year, Number(month), 1) === undefined) return undefined;
  if (dayOfMonth === undefined) {
    const from = getDay(year, Number(month), 1);
    return { from, to: addDays(from, daysInMonth(year, Number(month)) - 1) };
  }
  const day = findDay(year, Number(month), Number(dayOfMonth));
  return day === undefined ? undefined : { from: day, to: day };
}

function isBirthYear(year: number): boolean {
  return year >= 1868 && year <= 2199;
}
