import type { Day, Sex } from '#kernel';
import type { ProgrammePlan } from './forecast-plan.ts';
import { lastDay } from './read-table.ts';
import type { RuleSet } from './rule-set.ts';
import type { GivenProduct } from './series.ts';
import type { Subject } from './subject.ts';
import type { StageForecast } from './types.ts';

/**
 * What everybody of one birth date (and sex, where a window asks it) is told of a programme in which nothing was given,
 * as long as nothing else is known of them: worked out for the first of them, the same for the others.
 */
export interface UntouchedAnswer {
  readonly stages: readonly StageForecast[];
  /** The first day tried for a next dose: what binds others no longer then changes nothing. `lastDay` where none was. */
  readonly boundFrom: Day;
}

/** By the programme's index. */
export type UntouchedAnswers = (UntouchedAnswer | undefined)[];

/** The answers for one birth date: those that hold for both sexes, and those that do not. */
interface AnswersOfBirth {
  readonly all: UntouchedAnswers;
  readonly ofSex: UntouchedAnswers;
}

/** Kept for the last day asked about: a population is judged on one day. */
interface Kept {
  readonly asOf: Day;
  readonly all: Map<Day, UntouchedAnswers>;
  readonly ofSex: Readonly<Record<Sex, Map<Day, AnswersOfBirth>>>;
}

/** A century and more of birth dates; a bound, so that a register of wrong ones fills no memory. */
const birthsAtMost = 50_000;

const keptOf = new WeakMap<RuleSet, Kept>();

/** The answers already worked out for people born like this one; what is missing is put in by who asks. */
export function answersOfBirth(rules: RuleSet, { asOf, bornOn, sex }: Subject): AnswersOfBirth {
  let kept = keptOf.get(rules);
  if (kept?.asOf !== asOf || kept.all.size > birthsAtMost) {
    kept = { asOf, all: new Map(), ofSex: { female: new Map(), male: new Map(), unknown: new Map() } };
    keptOf.set(rules, kept);
  }
  const known = kept.ofSex[sex].get(bornOn);
  if (known !== undefined) return known;
  let all = kept.all.get(bornOn);
  if (all === undefined) kept.all.set(bornOn, (all = rules.programmes.map(() => undefined)));
  const answers = { all, ofSex: rules.programmes.map(() => undefined) };
  kept.ofSex[sex].set(bornOn, answers);
  return answers;
}

/** Whether a dose of another programme may hold the next dose back on or after the day from which days were asked. */
export function mayBeBound({ crossRules }: ProgrammePlan, given: readonly GivenProduct[], from: Day): boolean {
  if (from === lastDay) return false;
  for (const rule of crossRules) {
    if (rule.inForce.to < from) continue;
    for (let i = given.length - 1; i >= 0; i -= 1) {
      const earlier = given[i];
      if (earlier === undefined || earlier.on + rule.daysAtMost < from) break;
      if (rule.previous.has(earlier.product)) return true;
    }
  }
  return false;
}
