import { addDays, type Day } from '#kernel';
import type { DayExpression } from './day-expression.ts';
import { lastDay, type Period } from './read-table.ts';
import type { Branch, Programme, RuleSet, Stage } from './rule-set.ts';
import { concernsPerson, getSeasonFrom } from './spans.ts';
import { dayFor, type Subject, subjectOf } from './subject.ts';
import type { Fact, Judgement, PersonCase, StageForecast } from './types.ts';

/**
 * The first day after `asOf` on which any status or verdict of a judgement may differ though nothing more becomes known
 * of the person; null where no day ever changes it. It is never too late, and may be too early: a cache that judges
 * again on that day is right on every day before it.
 */
export function findNextChange(rules: RuleSet, person: PersonCase, judgement: Judgement): Day | null {
  const { asOf } = person;
  const next = new NextDay(asOf);
  next.consider(changeByRows(rules, person));
  for (const stage of judgement.programmes) considerStage(next, stage);
  for (const { on } of person.doses) next.consider(on);
  for (const fact of person.facts) considerFact(next, fact);
  return next.found === lastDay ? null : next.found;
}

/** Keeps the earliest day after a given one. */
class NextDay {
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

function considerStage(next: NextDay, { eligibleFrom, eligibleTo, standardTo, next: dose }: StageForecast): void {
  next.consider(eligibleFrom);
  next.considerEnd(eligibleTo);
  next.considerEnd(standardTo);
  if (dose === null) return;
  next.consider(dose.earliestOn);
  next.considerEnd(dose.recommendedTo);
  next.considerEnd(dose.latestOn);
}

function considerFact(next: NextDay, fact: Fact): void {
  if ('on' in fact) next.consider(fact.on);
  if ('from' in fact) next.consider(fact.from);
  if ('to' in fact) next.considerEnd(fact.to);
}

interface Calendar {
  readonly asOf: Day;
  readonly days: Map<string, Day>;
}

/** What the rows alone change, by birth date and sex: a population shares few of them. Of one day of asking. */
const calendars = new WeakMap<RuleSet, Calendar>();
const calendarDaysAtMost = 200_000;

function changeByRows(rules: RuleSet, person: PersonCase): Day {
  const { asOf } = person;
  if (person.facts.length > 0) return findChangeByRows(rules, subjectOf(rules, person));
  let calendar = calendars.get(rules);
  if (calendar === undefined || calendar.asOf !== asOf || calendar.days.size >= calendarDaysAtMost) {
    calendar = { asOf, days: new Map() };
    calendars.set(rules, calendar);
  }
  const key = `${person.bornOn} ${person.sex}`;
  let day = calendar.days.get(key);
  if (day === undefined) {
    day = findChangeByRows(rules, subjectOf(rules, { ...person, doses: [] }));
    calendar.days.set(key, day);
  }
  return day;
}

/** The next day that a row names for the person, whatever was given: first days, and days after last days. */
function findChangeByRows(rules: RuleSet, subject: Subject): Day {
  const next = new NextDay(subject.asOf);
  for (const programme of rules.programmes) {
    // Whether a programme's products are in use also decides the path through others of its family.
    for (const { inUse } of programme.productClasses) next.considerPeriod(inUse);
    const stages = programme.stages.filter((stage) => stage.windows.some((window) => concernsPerson(subject, window)));
    if (stages.length === 0) continue;
    for (const stage of stages) considerRowsOfStage(next, subject, stage);
    for (const branch of programme.branches) considerBranch(next, subject, branch);
    for (const { inForce, cap } of programme.exceptions) {
      next.considerPeriod(inForce);
      considerLast(next, subject, cap);
    }
    if (programme.recurs === 'season') considerSeasons(next, subject, programme, stages);
  }
  return next.found;
}

function considerRowsOfStage(next: NextDay, subject: Subject, stage: Stage): void {
  for (const window of stage.windows) {
    if (!concernsPerson(subject, window)) continue;
    next.considerPeriod(window.inForce);
    considerFirst(next, subject, window.opens);
    considerLast(next, subject, window.closes);
  }
  for (const standard of stage.standards) {
    next.considerPeriod(standard.inForce);
    considerLast(next, subject, standard.closes);
  }
  for (const exclusion of stage.exclusions) {
    next.considerPeriod(exclusion.inForce);
    considerFirst(next, subject, exclusion.from);
    considerLast(next, subject, exclusion.to);
  }
}

function considerBranch(next: NextDay, subject: Subject, branch: Branch): void {
  if (subject.bornOn < branch.born.from || subject.bornOn > branch.born.to) return;
  next.considerPeriod(branch.inForce);
  considerFirst(next, subject, branch.firstFrom);
  considerLast(next, subject, branch.firstTo);
  for (const rule of branch.stages.flat(2)) {
    next.considerPeriod(rule.inForce);
    considerFirst(next, subject, rule.notBefore);
    considerLast(next, subject, rule.notAfter);
  }
}

/** Who is or will within a year be of the age of a seasonal programme meets the beginning and end of its seasons. */
function considerSeasons(next: NextDay, subject: Subject, programme: Programme, stages: readonly Stage[]): void {
  const opens = stages.flatMap(({ windows }) => windows).filter((window) => concernsPerson(subject, window));
  const soon = addDays(subject.asOf, 366);
  if (opens.every((window) => window.opens.origin !== 'due' && dayFor(subject, window.opens) > soon)) return;
  for (const { inForce } of programme.seasons) next.considerPeriod(inForce);
  const season = getSeasonFrom(programme, subject.asOf);
  next.considerPeriod(season);
}

function considerFirst(next: NextDay, subject: Subject, expression: DayExpression | null): void {
  for (const day of daysOf(subject, expression)) next.consider(day);
}

function considerLast(next: NextDay, subject: Subject, expression: DayExpression | null): void {
  for (const day of daysOf(subject, expression)) next.considerEnd(day);
}

function daysOf(subject: Subject, expression: DayExpression | null): readonly Day[] {
  if (expression === null) return [];
  if (expression.origin !== 'due') return [dayFor(subject, expression)];
  return subject.dueOns.map((dueOn) => dayFor(subject, expression, dueOn));
}
