import { addDays, type Day, earlierDay, laterDay } from '#kernel';
import { standardInterval } from './advise.ts';
import type { DoseOption } from './dose-option.ts';
import { holdsFact } from './fact-condition.ts';
import { dayAfterInterval } from './interval-expression.ts';
import { intervalsEndOn } from './judge-target.ts';
import type { DoseRule, Stage } from './rule-set.ts';
import type { GivenProduct, Series } from './series.ts';
import { dayFor, type Subject } from './subject.ts';
import type { TraceStep } from './types.ts';

/** What the next dose of a stage is asked about. */
export interface NextQuestion {
  readonly subject: Subject;
  readonly series: Series;
  readonly given: readonly GivenProduct[];
  readonly stage: Stage;
  /** Doses of the stage already given. */
  readonly count: number;
  readonly after: 'complete' | 'cut';
  /** First and last day that the window of the stage leaves for these products. */
  readonly from: Day;
  readonly to: Day;
}

/** When a dose may lawfully be given, and what the standard interval recommends. */
export interface LegalDays {
  readonly option: DoseOption;
  readonly earliestOn: Day;
  readonly latestOn: Day;
  readonly recommendedFrom: Day | null;
  readonly recommendedTo: Day | null;
  readonly trace: readonly TraceStep[];
}

/** The lawful days of the next dose by one option; `'tooOld'` when only the dose's own last age stands against it. */
export function findLegalDays(question: NextQuestion, option: DoseOption): LegalDays | 'tooOld' | undefined {
  const { stage, count, subject } = question;
  const rules = option.branch.stages[stage.place]?.[count] ?? [];
  const { bits } = option.products;
  const isNamed = rules.some((rule) => (rule.products & bits) !== 0);
  let best: LegalDays | undefined;
  let isTooOld = false;
  for (const rule of rules) {
    if (isNamed && (rule.products & bits) === 0) continue;
    const floor = ruleFloor(question, rule);
    if (floor === undefined) continue;
    const { on: earliestOn, binding } = settle(question, option, rule, floor);
    if (earliestOn > rule.inForce.to) continue;
    const ageLimit = rule.notAfter === null ? question.to : dayFor(subject, rule.notAfter);
    const latestOn = earlierDay(question.to, ageLimit);
    if (earliestOn > latestOn) {
      if (ageLimit < question.to) isTooOld = true;
    } else if (best === undefined || earliestOn < best.earliestOn) {
      best = legalDays(question, option, rule, { earliestOn, latestOn, binding });
    }
  }
  return best ?? (isTooOld ? 'tooOld' : undefined);
}

function legalDays(
  { series }: NextQuestion,
  option: DoseOption,
  rule: DoseRule,
  days: { earliestOn: Day; latestOn: Day; binding: TraceStep | null },
): LegalDays {
  const standard = standardInterval(series, rule);
  return {
    option,
    earliestOn: days.earliestOn,
    latestOn: days.latestOn,
    recommendedFrom: standard?.from ?? null,
    recommendedTo: standard?.to ?? null,
    trace: days.binding === null ? [rule.trace] : [rule.trace, days.binding],
  };
}

/** The first day on which a row can speak; undefined when its conditions are not met. */
function ruleFloor({ subject, series, after, from }: NextQuestion, rule: DoseRule): Day | undefined {
  if (rule.after !== null && rule.after !== after) return undefined;
  let floor = laterDay(from, rule.inForce.from);
  if (rule.notBefore !== null) floor = laterDay(floor, dayFor(subject, rule.notBefore));
  for (const condition of rule.requires) {
    if (!holdsFact(condition, { on: subject.asOf, facts: subject.facts, countedOn: series.countedOn }))
      return undefined;
    if (condition.kind === 'doctorJudgedNecessary') floor = laterDay(floor, judgedOn(subject, condition.programme));
  }
  return floor;
}

function judgedOn(subject: Subject, programme: string): Day {
  let first = subject.asOf;
  for (const fact of subject.facts) {
    if (fact.kind === 'doctorJudgedNecessary' && fact.programme === programme) first = earlierDay(first, fact.on);
  }
  return first;
}

/** Moves a day on until every interval and every rule between vaccines is kept; names the rule that moved it last. */
function settle(
  question: NextQuestion,
  option: DoseOption,
  rule: DoseRule,
  floor: Day,
): { readonly on: Day; readonly binding: TraceStep | null } {
  let on = laterDay(floor, intervalsEndOn(question.series, rule.minimums).earliestOn);
  let binding: TraceStep | null = null;
  for (let tries = 0; tries < 8; tries += 1) {
    const cross = crossEndOn(question, option, on);
    const free = cross?.on ?? exclusionEndOn(question, option, on);
    if (free <= on) break;
    if (cross !== undefined) binding = cross.trace;
    on = free;
  }
  return { on, binding };
}

/** The day on which the rules between vaccines let a dose be given, with the rule that holds it longest. */
function crossEndOn(
  { given, series }: NextQuestion,
  { products }: DoseOption,
  on: Day,
): { readonly on: Day; readonly trace: TraceStep } | undefined {
  let end: { readonly on: Day; readonly trace: TraceStep } | undefined;
  for (const rule of products.crossRules) {
    if (on > rule.inForce.to) continue;
    for (let i = given.length - 1; i >= 0; i -= 1) {
      const earlier = given[i];
      if (earlier === undefined || earlier.on + rule.daysAtMost < on) break;
      // The dose asked about comes after what is known: the rule must be in force on the first such day.
      const from = laterDay(on, addDays(earlier.on, 1));
      if (from < rule.inForce.from || from > rule.inForce.to || !rule.previous.has(earlier.product)) continue;
      if (rule.isOtherProgrammesOnly && earlier.product.uses[0]?.programme === series.programme) continue;
      const until = earlierDay(dayAfterInterval(earlier.on, rule.minimum), addDays(rule.inForce.to, 1));
      if (until > (end?.on ?? on)) end = { on: until, trace: rule.trace };
    }
  }
  return end;
}

/** The day after the days on which a row takes the person out for a time (a pregnancy), once those days have begun. */
function exclusionEndOn({ subject, stage }: NextQuestion, { products }: DoseOption, on: Day): Day {
  let end = on;
  for (const exclusion of stage.exclusions) {
    const { from, to } = exclusion;
    if (from === null || to === null || (exclusion.products & products.bits) === 0) continue;
    for (const dueOn of subject.dueOns) {
      const lastOut = earlierDay(dayFor(subject, to, dueOn), exclusion.inForce.to);
      const firstOut = laterDay(dayFor(subject, from, dueOn), exclusion.inForce.from);
      if (firstOut <= laterDay(end, subject.asOf) && lastOut >= end) end = addDays(lastOut, 1);
    }
  }
  return end;
}
