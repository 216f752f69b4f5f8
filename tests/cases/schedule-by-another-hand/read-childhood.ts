import {
  afterDays,
  afterMonths,
  afterMonthsAndHalf,
  day,
  fiscalFirst,
  fiscalLast,
  months,
  school,
  years,
} from './calendar.ts';
import type { Question, Reading } from './course.ts';
import { isGranted, isJudged, isRubellaTest } from './read-facts.ts';

type Interval = (previous: number) => number;

const days =
  (n: number): Interval =>
  (previous) =>
    afterDays(previous, n);
const wholeMonths =
  (n: number): Interval =>
  (previous) =>
    afterMonths(previous, n);
const within = (on: number, from: number, to: number): boolean => on >= from && on <= to;

/** 1.2 HEPB: birth to the first birthday; 27 days, and 139 days from the first. */
export function readHepatitisB({ patient: { born }, course, shot: { on } }: Question): Reading {
  const n = course.in('primary') + 1;
  if (n > 3) return null;
  const isFar = n < 3 || course.first === undefined || on >= afterDays(course.first.on, 139);
  return {
    stage: 'primary',
    isInWindow: born >= day(2016, 4, 1) && within(on, born, years(born, 1)),
    isKept: isFar && course.keeps(on, n === 2 ? days(27) : null, days(27)),
  };
}

/** 1.2 ROTA: 6 weeks to 24 weeks twice, or to 32 weeks three times, also where the kinds were mixed; 27 days. */
export function readRotavirus({ patient: { born }, course, shot: { on, product } }: Question): Reading {
  const isFirstKindTwice = course.counted.length === 2 && course.counted.every((shot) => shot.product === 'rv1');
  if (course.in('primary') >= (isFirstKindTwice ? 2 : 3)) return null;
  return {
    stage: 'primary',
    isInWindow: born >= day(2020, 8, 1) && within(on, born + 42, born + (product === 'rv1' ? 168 : 224)),
    isKept: course.keeps(on, days(27), days(27)),
  };
}

/** 1.3b PCV: by the age at the first dose. */
export function readPneumococcal({ patient: { born }, course, shot: { on } }: Question): Reading {
  const first = course.first?.on ?? on;
  const given = course.in('primary');
  const isOpen = within(on, months(born, 2), months(born, 60));
  const primary = (after: Interval): Reading => ({
    stage: 'primary',
    isInWindow: isOpen,
    isKept: course.keeps(on, after, days(27)),
  });
  if (first > months(born, 24)) return given >= 1 ? null : primary(days(27));
  if (first > months(born, 12)) return given >= 2 ? null : primary(days(60));
  const wanted = first > months(born, 7) ? 2 : 3;
  const second = course.counted[1]?.on;
  const isOver =
    given >= wanted ||
    (given > 0 && on > months(born, 24)) ||
    (given === 2 && second !== undefined && second > months(born, 12));
  if (!isOver) return primary(days(27));
  if (course.in('booster') > 0) return null;
  return {
    stage: 'booster',
    isInWindow: within(on, months(born, 12), months(born, 60)),
    isKept: course.keeps(on, days(60), days(27)),
  };
}

/** 1.3a Hib alone: by the age at the first dose; the first course ends at 12 months. */
export function readHib({ patient, course, shot: { on } }: Question): Reading {
  const { born } = patient;
  const shortest = isJudged(patient, 'hib', course, on) ? days(20) : days(27);
  const first = course.first?.on ?? on;
  const given = course.in('primary');
  const isInWindow = within(on, months(born, 2), months(born, 60));
  const primary: Reading = { stage: 'primary', isInWindow, isKept: course.keeps(on, shortest, days(27)) };
  if (first > months(born, 12)) return given >= 1 ? null : primary;
  const isDone = given >= (first > months(born, 7) ? 2 : 3);
  const isCut = !isDone && given > 0 && on > months(born, 12);
  if (!isDone && !isCut) return primary;
  if (course.in('booster') > 0) return null;
  const after = isCut ? shortest : wholeMonths(7);
  return { stage: 'booster', isInWindow, isKept: course.keeps(on, after, days(27)) };
}

/** 1.2 5IN1, 4IN1, DPT, IPV: three and one; from 3 months before 2023-04-01 but for the five-in-one. */
export function readThreeAndOne({ patient: { born }, course, shot: { on, product } }: Question): Reading {
  const isOral = product === 'opv';
  const isEarly = product !== '5in1' && (isOral || on < day(2023, 4, 1));
  const isInWindow = within(on, months(born, isEarly ? 3 : 2), months(born, 90));
  const [one, two] = [...course.counted.map((shot) => shot.product), product];
  const isOralTwice = one === 'opv' && two === 'opv';
  const given = course.in('primary');
  if (isOralTwice) {
    if (given >= 2) return null;
    return { stage: 'primary', isInWindow, isKept: course.keeps(on, days(41), days(20)) };
  }
  if (given < 3) return { stage: 'primary', isInWindow, isKept: course.keeps(on, days(20), days(20)) };
  // There was no booster with the oral vaccine: nothing is left to give.
  if (isOral || course.in('booster') > 0) return null;
  return { stage: 'booster', isInWindow, isKept: course.keeps(on, wholeMonths(6), days(20)) };
}

/** 1.2 BCG: birth to the first birthday, once; until 2013-03-31 to six months. */
export function readBcg({ patient: { born }, course, shot: { on } }: Question): Reading {
  if (course.in('single') > 0) return null;
  const last = on < day(2013, 4, 1) ? months(born, 6) : years(born, 1);
  return { stage: 'single', isInWindow: within(on, born, last), isKept: true };
}

/** 1.2 DT2: from 11 to 13, once. */
export function readDiphtheriaTetanus2({ patient: { born }, course, shot: { on } }: Question): Reading {
  if (course.in('stage-2') > 0) return null;
  return {
    stage: 'stage-2',
    isInWindow: within(on, years(born, 11), years(born, 13)),
    isKept: course.keeps(on, null, days(20)),
  };
}

/** 1.2 VAR: 12 to 36 months, twice, 3 months; from 2014-10-01 to 2015-03-31 once from the day after 36 to 60 months. */
export function readVaricella({ patient: { born }, course, shot: { on } }: Question): Reading {
  const isOpen = within(on, months(born, 12), months(born, 36));
  const isYearOfStart = within(on, day(2014, 10, 1), day(2015, 3, 31));
  const isLate = isYearOfStart && on > months(born, 36) && on <= months(born, 60);
  const given = course.in('primary');
  // Who came too late for the two doses, and who had the one of that year, is done with one.
  const first = course.first?.on ?? on;
  const isLateAtFirst = within(first, months(born, 36) + 1, day(2015, 3, 31));
  const isOnce =
    within(day(2014, 10, 1), months(born, 36) + 1, months(born, 60)) || (isLateAtFirst && first >= day(2014, 10, 1));
  if (given >= (isOnce ? 1 : 2)) return null;
  return {
    stage: 'primary',
    isInWindow: isOpen || (isLate && given === 0),
    isKept: course.keeps(on, wholeMonths(3), wholeMonths(3)),
  };
}

/** 1.2 JE1, JE2 and 1.3d the two special cohorts. */
export function readEncephalitis({ patient, course, shot: { on, product } }: Question): Reading {
  const { born } = patient;
  const isGivenUp = isGranted(patient, 'japanese-encephalitis', on);
  // The cohort began with those born on 1995-06-01; from 2013-04-01 with those of 1995-04-02.
  const isFirstCohort = within(born, day(1995, 4, 2), day(2007, 4, 1)) && on >= day(2011, 5, 20);
  const isLetIn = isFirstCohort && (born >= day(1995, 6, 1) || on >= day(2013, 4, 1));
  const isSecondCohort =
    within(born, day(2007, 4, 2), day(2009, 10, 1)) && within(on, day(2010, 8, 27), day(2022, 9, 30));
  // From the ordinance of 2010-08-27: what is left of a first stage begun by 2010-03-31, also at nine to thirteen.
  const isLeftOver =
    within(on, day(2010, 8, 27), day(2011, 5, 19)) &&
    course.counted.some((shot) => within(shot.on, day(1995, 4, 1), day(2010, 3, 31)));
  const isInFirst =
    isGivenUp ||
    (isLeftOver && within(on, years(born, 9), years(born, 13))) ||
    within(on, months(born, 6), months(born, 90)) ||
    (isLetIn && within(on, years(born, 4), years(born, 20))) ||
    (isSecondCohort && within(on, years(born, 9), years(born, 13)));
  // The cell culture vaccine was for the first stage only until then.
  const mayBeSecond = product === 'je-mouse-brain' || on >= day(2010, 8, 27);
  const isInSecond = isGivenUp || (mayBeSecond && within(on, years(born, 9), years(born, isLetIn ? 20 : 13)));
  // Who was given nothing before the exception keeps the ordinary six months; the rest of a course begun keeps six days.
  const firstOn = course.first?.on ?? on;
  const isRest = isFirstCohort ? firstOn < day(2011, 5, 20) : isSecondCohort && firstOn <= day(2010, 3, 31);
  const again = days(6);
  const stages = [
    { stage: 'stage-1-primary', isDone: course.in('stage-1-primary') >= 2, isInWindow: isInFirst, after: days(6) },
    {
      stage: 'stage-1-booster',
      isDone: course.in('stage-1-booster') >= 1,
      isInWindow: isInFirst,
      after: isRest || (isLeftOver && born >= day(1995, 4, 2)) ? days(6) : wholeMonths(6),
    },
    {
      stage: 'stage-2',
      isDone: course.in('stage-2') >= 1,
      isInWindow: isInSecond,
      after: isFirstCohort ? days(6) : null,
    },
  ].filter(({ isDone }) => !isDone);
  const chosen = stages.find(({ isInWindow }) => isInWindow) ?? stages[0];
  if (chosen === undefined) return null;
  // The first of two primary doses has no interval before it but what a lost dose binds.
  const isFirstOfStage = chosen.stage === 'stage-1-primary' && course.in('stage-1-primary') === 0;
  return { ...chosen, isKept: course.keeps(on, isFirstOfStage ? null : chosen.after, again) };
}

/** 1.3c HPV: two doses when begun by the 15th birthday, else three; the products of before and the catch-up. */
export function readPapilloma({ patient: { born, isFemale }, course, shot: { on, product } }: Question): Reading {
  const first = course.first ?? { product, on };
  const isCaughtUp = course.counted.some((shot) => within(shot.on, day(2022, 4, 1), day(2025, 3, 31)));
  const isInWindow =
    isFemale &&
    (within(on, fiscalFirst(born, 12), fiscalLast(born, 16)) ||
      (within(born, day(1997, 4, 2), day(2008, 4, 1)) && within(on, day(2022, 4, 1), day(2025, 3, 31))) ||
      (within(born, day(1997, 4, 2), day(2009, 4, 1)) && isCaughtUp && within(on, day(2025, 4, 1), day(2026, 3, 31))));
  const isTwo = first.product === 'hpv9' && first.on <= years(born, 15) && !course.isThreeDoses;
  const n = course.in('primary') + 1;
  if (n > (isTwo ? 2 : 3)) return null;
  const again = wholeMonths(1);
  const isSecondKept = course.keeps(on, wholeMonths(1), again);
  if (n < 3) return { stage: 'primary', isInWindow, isKept: n === 1 ? course.keeps(on, null, again) : isSecondKept };
  if (first.product === 'hpv2' && product === 'hpv2') {
    const isFar = on >= afterMonths(first.on, 5);
    return {
      stage: 'primary',
      isInWindow,
      isKept: isFar && course.keeps(on, (day) => afterMonthsAndHalf(day, 2), again),
    };
  }
  return { stage: 'primary', isInWindow, isKept: course.keeps(on, wholeMonths(3), again) };
}

/** The five stages of measles and rubella with the days on which the text opens them; null before they exist. */
export function measlesStages(
  patient: Question['patient'],
  on: number,
  product: string,
): readonly { readonly stage: string; readonly isInWindow: boolean }[] {
  const { born, isFemale, facts } = patient;
  const isGivenUp = isGranted(patient, 'measles-rubella', on);
  // 1.3e: until 2027-03-31 for want of vaccine.
  const isShort =
    within(on, day(2025, 4, 1), day(2027, 3, 31)) &&
    facts.some((fact) => fact.kind === 'supplyShortage' && fact.programme === 'measles-rubella');
  const isTwice = on >= day(2006, 6, 2);
  const isCatchUp = within(on, day(2008, 4, 1), day(2013, 3, 31));
  const isMan = !isFemale && within(born, day(1962, 4, 2), day(1979, 4, 1));
  const isFirst = within(on, months(born, 12), months(born, isTwice ? 24 : 90));
  const isFirstShort = isShort && within(born, day(2022, 4, 2), day(2023, 4, 1));
  const stages = [{ stage: 'stage-1', isInWindow: isFirst || isFirstShort || isGivenUp }];
  const start = school(born);
  const yearBefore = day(new Date(start * 86_400_000).getUTCFullYear() - 1, 4, 1);
  const isSecondShort = isShort && within(born, day(2018, 4, 2), day(2019, 4, 1));
  if (isTwice) {
    stages.push({ stage: 'stage-2', isInWindow: within(on, yearBefore, start - 1) || isSecondShort || isGivenUp });
  }
  if (isCatchUp) {
    stages.push({ stage: 'stage-3', isInWindow: within(on, fiscalFirst(born, 13), fiscalLast(born, 13)) });
    // From 2011-05-20 to the end of that fiscal year those who turned 17 in it as well.
    const isEarly =
      within(on, day(2011, 5, 20), day(2012, 3, 31)) && within(on, fiscalFirst(born, 17), fiscalLast(born, 17));
    const isInWindow = isEarly || within(on, fiscalFirst(born, 18), fiscalLast(born, 18));
    stages.push({ stage: 'stage-4', isInWindow });
  }
  if (isMan && within(on, day(2019, 2, 1), day(2027, 3, 31))) {
    const isTested = facts.some((fact) => isRubellaTest(fact, 'insufficient', Math.min(on, day(2025, 3, 31))));
    const isOpen = on <= day(2025, 3, 31) || (isShort && isTested);
    stages.push({ stage: 'stage-5', isInWindow: product !== 'measles' && isOpen });
  }
  return stages;
}
