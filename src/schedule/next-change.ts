import { addDays, type Day, type Sex } from '#kernel';
import { type DayExpression, type DistanceFromBirth, distanceFromBirth } from './day-expression.ts';
import { lastDay, type Period } from './read-table.ts';
import type { Programme, RuleSet, Stage, Window } from './rule-set.ts';
import { concernsPerson, getSeasonFrom } from './spans.ts';
import { dayFor, type Subject, subjectOf } from './subject.ts';
import type { Fact, Judgement, PersonCase, StageForecast } from './types.ts';

/**
 * The first day after `asOf` on which any status or verdict of a judgement may differ though nothing more becomes known
 * of the person; null where no day ever changes it. It is never too late, and may be too early: a cache that judges
 * again on that day is right on every day before it.
 */
export function findNextChange(rules: RuleSet, person: PersonCase, judgement: Judgement): Day | null {
  const next = new NextDay(person.asOf);
  considerPerson(next, rules, person);
  for (const stage of judgement.programmes) considerStage(next, stage);
  return next.found === lastDay ? null : next.found;
}

/** The days that the rows name for the person, and those of what is known of them. */
export function considerPerson(next: NextDay, rules: RuleSet, person: PersonCase): void {
  next.consider(changeByRows(rules, person));
  for (const { on } of person.doses) next.consider(on);
  for (const fact of person.facts) considerFact(next, fact);
}

/** Keeps the earliest day after a given one; the last day of all until there is one. */
export class NextDay {
  found: Day = lastDay;
  private readonly asOf: Day;

  constructor(asOf: Day) {
    this.asOf = asOf;
  }

  consider(day: Day | null): void {
    if (day !== null && day > this.asOf && day < this.found) this.found = day;
  }

  /** The first day on which something is over. */
  considerEnd(day: Day | null): void {
    if (day !== null) this.consider(addDays(day, 1));
  }

  considerPeriod({ from, to }: Period): void {
    this.consider(from);
    this.considerEnd(to);
  }
}

/** What an answer says beside the days of the rows: the end of a grant, and the intervals from the doses given. */
export function considerStage(next: NextDay, { eligibleTo, next: dose }: StageForecast): void {
  next.considerEnd(eligibleTo);
  if (dose === null) return;
  next.consider(dose.earliestOn);
  next.considerEnd(dose.recommendedTo);
}

function considerFact(next: NextDay, fact: Fact): void {
  if ('on' in fact) next.consider(fact.on);
  if ('from' in fact) next.consider(fact.from);
  if ('to' in fact) next.considerEnd(fact.to);
}

/** A day that a row names, as the first or the last of something. */
interface RowDay {
  readonly expression: DayExpression;
  readonly isLast: boolean;
  /** How far from birth the change may lie; undefined where it is not counted from birth. */
  readonly distance: DistanceFromBirth | undefined;
}

/** The days that some rows name, for the people whom these rows concern. */
interface RowDays {
  readonly concerns: (subject: Subject) => boolean;
  readonly days: readonly RowDay[];
  /** The earliest day after `asOf` that is the same for everybody. */
  readonly fixed: Day;
}

/** The rows' days for one day of asking, and what they come to by birth date and sex: a population shares few of those. */
interface Calendar {
  readonly asOf: Day;
  readonly rows: readonly RowDays[];
  readonly known: Readonly<Record<Sex, Map<Day, Day>>>;
}

const calendars = new WeakMap<RuleSet, Calendar>();
const knownAtMost = 100_000;

function changeByRows(rules: RuleSet, person: PersonCase): Day {
  const { asOf, bornOn, sex } = person;
  let calendar = calendars.get(rules);
  if (calendar === undefined || calendar.asOf !== asOf) {
    const known = { male: new Map<Day, Day>(), female: new Map<Day, Day>(), unknown: new Map<Day, Day>() };
    calendar = { asOf, rows: listRowDays(rules, asOf), known };
    calendars.set(rules, calendar);
  }
  if (person.facts.length > 0) return findChangeByRows(calendar, subjectOf(rules, person));
  const known = calendar.known[sex];
  let day = known.get(bornOn);
  if (day === undefined) {
    if (known.size >= knownAtMost) known.clear();
    day = findChangeByRows(calendar, subjectOf(rules, person));
    known.set(bornOn, day);
  }
  return day;
}

/** The next day that a row names for the person, whatever was given: first days, and days after last days. */
function findChangeByRows({ asOf, rows }: Calendar, subject: Subject): Day {
  const next = new NextDay(asOf);
  const age = asOf - subject.bornOn;
  for (const { concerns, days, fixed } of rows) {
    if (!concerns(subject)) continue;
    next.consider(fixed);
    const rest = next.found - subject.bornOn;
    for (const { expression, isLast, distance } of days) {
      // Most days lie long ago or far ahead, which is seen without working them out.
      if (distance !== undefined && (distance.most <= age || distance.least > rest)) continue;
      for (const day of daysOf(subject, expression)) {
        if (isLast) next.considerEnd(day);
        else next.consider(day);
      }
    }
  }
  return next.found;
}

function daysOf(subject: Subject, expression: DayExpression): readonly Day[] {
  if (expression.origin !== 'due') return [dayFor(subject, expression)];
  return subject.dueOns.map((dueOn) => dayFor(subject, expression, dueOn));
}

function listRowDays(rules: RuleSet, asOf: Day): readonly RowDays[] {
  // Whether a programme's products are in use also decides the path through others of its family.
  const inUse = new RowDaysDraft(asOf);
  for (const { productClasses } of rules.programmes) for (const each of productClasses) inUse.addPeriod(each.inUse);
  return [
    inUse.finish(() => true),
    ...rules.programmes.flatMap((programme) => [...listStageDays(programme, asOf), ...listCourseDays(programme, asOf)]),
  ];
}

class RowDaysDraft {
  private readonly next: NextDay;
  private readonly firsts = new Set<DayExpression>();
  private readonly lasts = new Set<DayExpression>();

  constructor(asOf: Day) {
    this.next = new NextDay(asOf);
  }

  addPeriod(period: Period): void {
    this.next.considerPeriod(period);
  }

  addFirst(expression: DayExpression | null): void {
    if (expression !== null) this.firsts.add(expression);
  }

  addLast(expression: DayExpression | null): void {
    if (expression !== null) this.lasts.add(expression);
  }

  finish(concerns: RowDays['concerns']): RowDays {
    const days = [
      ...[...this.firsts].map((each) => rowDay(each, false)),
      ...[...this.lasts].map((each) => rowDay(each, true)),
    ];
    return { concerns, days, fixed: this.next.found };
  }
}

/** The change after a last day comes one day later. */
function rowDay(expression: DayExpression, isLast: boolean): RowDay {
  const distance = distanceFromBirth(expression);
  if (distance === undefined || !isLast) return { expression, isLast, distance };
  return { expression, isLast, distance: { least: distance.least, most: distance.most + 1 } };
}

/** The windows of a programme, each for whom it concerns, and what stands beside them in their stage. */
function listStageDays({ stages }: Programme, asOf: Day): RowDays[] {
  return stages.flatMap((stage) => {
    const beside = new RowDaysDraft(asOf);
    for (const { inForce, closes } of stage.standards) {
      beside.addPeriod(inForce);
      beside.addLast(closes);
    }
    for (const { inForce, from, to } of stage.exclusions) {
      beside.addPeriod(inForce);
      beside.addFirst(from);
      beside.addLast(to);
    }
    return [
      beside.finish((subject) => concernsStage(subject, stage)),
      ...stage.windows.map((each) => ofWindow(each, asOf)),
    ];
  });
}

function ofWindow(window: Window, asOf: Day): RowDays {
  const draft = new RowDaysDraft(asOf);
  draft.addPeriod(window.inForce);
  draft.addFirst(window.opens);
  draft.addLast(window.closes);
  return draft.finish((subject) => concernsPerson(subject, window));
}

/** The branches and doses of a programme, its exceptions and seasons. */
function listCourseDays(programme: Programme, asOf: Day): RowDays[] {
  const { stages } = programme;
  const concerns = (subject: Subject): boolean => stages.some((stage) => concernsStage(subject, stage));
  const branches = programme.branches.map((branch) => {
    const draft = new RowDaysDraft(asOf);
    draft.addPeriod(branch.inForce);
    draft.addFirst(branch.firstFrom);
    draft.addLast(branch.firstTo);
    for (const { inForce, notBefore, notAfter } of branch.stages.flat(2)) {
      draft.addPeriod(inForce);
      draft.addFirst(notBefore);
      draft.addLast(notAfter);
    }
    const { from, to } = branch.born;
    return draft.finish((subject) => subject.bornOn >= from && subject.bornOn <= to && concerns(subject));
  });
  const exceptions = new RowDaysDraft(asOf);
  for (const { inForce, cap } of programme.exceptions) {
    exceptions.addPeriod(inForce);
    exceptions.addLast(cap);
  }
  return [...branches, exceptions.finish(concerns), ...listSeasonDays(programme, asOf)];
}

/** Who is or will within a year be of the age of a seasonal programme meets the beginning and end of its seasons. */
function listSeasonDays(programme: Programme, asOf: Day): RowDays[] {
  if (programme.recurs !== 'season') return [];
  const draft = new RowDaysDraft(asOf);
  for (const { inForce } of programme.seasons) draft.addPeriod(inForce);
  draft.addPeriod(getSeasonFrom(programme, asOf));
  const soon = addDays(asOf, 366);
  const windows = programme.stages.flatMap((stage) => stage.windows);
  const isNear = (subject: Subject, window: Window): boolean =>
    concernsPerson(subject, window) && (window.opens.origin === 'due' || dayFor(subject, window.opens) <= soon);
  return [draft.finish((subject) => windows.some((window) => isNear(subject, window)))];
}

function concernsStage(subject: Subject, { windows }: Stage): boolean {
  return windows.some((window) => concernsPerson(subject, window));
}
