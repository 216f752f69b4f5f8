import { afterMonths, day, fiscal, fiscalFirst, fiscalLast, years } from './calendar.ts';
import type { Question, Reading } from './course.ts';
import { dueDays, isDisabledAt60, isJudged } from './read-facts.ts';

const within = (on: number, from: number, to: number): boolean => on >= from && on <= to;

/** The season that holds a day, by its first day: October to January, or to March; null outside. */
export function seasonOf(on: number, lastMonth: 1 | 3): number | null {
  const year = fiscal(on);
  return within(on, day(year, 10, 1), day(year + 1, lastMonth, 31)) ? day(year, 10, 1) : null;
}

/** 1.4 FLU and COVID: from 65, once a season; the high dose from 75. */
export function readSeasonal({ patient, course, shot: { on, product } }: Question): Reading {
  const season = seasonOf(on, product === 'covid19' ? 3 : 1);
  const age = product === 'flu-hd' ? 75 : 65;
  if (season !== null && course.counted.some((shot) => shot.stage === `seasonal ${season}`)) return null;
  return {
    stage: `seasonal ${season ?? on}`,
    isInWindow:
      season !== null && (on >= years(patient.born, age) || (product !== 'flu-hd' && isDisabledAt60(patient, on))),
    isKept: true,
  };
}

/** 1.4 PCV20-ELD and PPSV23 before it: exactly 65, and until 2024-03-31 in every fifth year from 65 to 100. */
export function readPneumococcalOlder({ patient, course, shot: { on } }: Question): Reading {
  const { born } = patient;
  if (course.counted.length > 0) return null;
  const isStep =
    on <= day(2024, 3, 31) &&
    [65, 70, 75, 80, 85, 90, 95, 100].some((age) => within(on, fiscalFirst(born, age), fiscalLast(born, age)));
  const isVeryOld =
    (born <= day(1914, 4, 1) && on <= day(2015, 3, 31)) ||
    (born <= day(1919, 4, 1) && within(on, day(2019, 4, 1), day(2020, 3, 31)));
  const is65 = on >= day(2024, 4, 1) && within(on, years(born, 65), years(born, 66));
  return { stage: 'single', isInWindow: isStep || isVeryOld || is65 || isDisabledAt60(patient, on), isKept: true };
}

/** 1.4 ZOSTER: the fiscal year of 65, and until 2030-03-31 every fifth year to 100, in the first year all above. */
export function readZoster({ patient, course, shot: { on, product } }: Question): Reading {
  const { born } = patient;
  const total = (course.first?.product ?? product) === 'zoster-live' ? 1 : 2;
  if (course.counted.length >= total) return null;
  const isYear = (age: number): boolean => within(on, fiscalFirst(born, age), fiscalLast(born, age));
  const isInWindow =
    isYear(65) ||
    (on <= day(2030, 3, 31) && [70, 75, 80, 85, 90, 95, 100].some(isYear)) ||
    (on <= day(2026, 3, 31) && born <= day(1925, 4, 1)) ||
    isDisabledAt60(patient, on, true);
  const twoMonths = (previous: number): number => afterMonths(previous, 2);
  const oneMonth = (previous: number): number => afterMonths(previous, 1);
  const after =
    total === 2 && product === 'zoster-rzv' && isJudged(patient, 'zoster', course, on) ? oneMonth : twoMonths;
  return { stage: 'primary', isInWindow, isKept: course.keeps(on, after, twoMonths) };
}

/**
 * 1.2 RSV-M: from 28 weeks 0 days to 36 weeks 6 days, the due day being 40 weeks 0 days; once for each child. Another
 * child can have reached 28 weeks no sooner than 28 weeks after the first one's 28th: nearer due days are one child's.
 */
export function readMaternal({ patient, course, shot: { on } }: Question): Reading {
  const days = dueDays(patient);
  const due = days.find((each) => within(on, each - 84, each - 22));
  let child = days[0];
  for (const each of days)
    if (child !== undefined && due !== undefined && each <= due && each - child >= 196) child = each;
  const stage = `single ${due === undefined ? '' : child}`;
  if (course.in(stage) > 0) return null;
  return { stage, isInWindow: patient.isFemale && due !== undefined, isKept: true };
}
