import type { Day, Sex } from '#kernel';
import { type DayExpression, evaluateDay } from './day-expression.ts';
import type { RuleSet } from './rule-set.ts';
import type { Fact, PersonCase } from './types.ts';

/** A person under judgement: what is known on `asOf`, and the days of the rules already worked out for them. */
export interface Subject {
  readonly bornOn: Day;
  readonly sex: Sex;
  readonly asOf: Day;
  /** Facts known on `asOf`. */
  readonly facts: readonly Fact[];
  /** Diseases the person had, as bits, with the day. */
  readonly hadDiseases: readonly { readonly bit: number; readonly on: Day }[];
  /** Expected days of delivery, earliest first. */
  readonly dueOns: readonly Day[];
  /** Days by the slot of their expression; `unknownDay` until asked for. Shared by all born on the same day. */
  readonly days: Int32Array;
}

const unknownDay = -2_147_483_648;
const noFacts: readonly Fact[] = [];
const noDays: readonly Day[] = [];
const noDiseases: Subject['hadDiseases'] = [];

/** Prepares a person for judging; facts after `asOf` are not known yet and fall away. */
export function subjectOf(rules: RuleSet, person: PersonCase): Subject {
  const facts = person.facts.length === 0 ? noFacts : person.facts.filter((fact) => knownOn(fact) <= person.asOf);
  return {
    bornOn: person.bornOn,
    sex: person.sex,
    asOf: person.asOf,
    facts,
    hadDiseases: facts.length === 0 ? noDiseases : diseasesHad(rules, facts),
    dueOns: facts.length === 0 ? noDays : pregnancies(facts),
    days: calendarOf(rules, person.bornOn),
  };
}

/** Days of the rules by birth date: in a population many people share one, and each day is worked out once for all. */
const calendars = new WeakMap<RuleSet, Map<Day, Int32Array>>();

/** About 25 MB; a population is judged in any order, so that all birth dates of a century should find their place. */
const calendarsAtMost = 50_000;

function calendarOf(rules: RuleSet, bornOn: Day): Int32Array {
  let byBirth = calendars.get(rules);
  if (byBirth === undefined) calendars.set(rules, (byBirth = new Map<Day, Int32Array>()));
  const known = byBirth.get(bornOn);
  if (known !== undefined) return known;
  if (byBirth.size >= calendarsAtMost) byBirth.clear();
  const days = new Int32Array(rules.expressionCount).fill(unknownDay);
  byBirth.set(bornOn, days);
  return days;
}

/** The person's day for an expression of the rules; `dueOn` where it counts from a pregnancy. */
export function dayFor(subject: Subject, expression: DayExpression, dueOn: Day | null = null): Day {
  if (expression.origin === 'due') return evaluateDay(expression, subject.bornOn, dueOn);
  const known = subject.days[expression.slot] ?? unknownDay;
  if (known !== unknownDay) return known as Day;
  const day = evaluateDay(expression, subject.bornOn, null);
  subject.days[expression.slot] = day;
  return day;
}

/** The day from which a fact is known; a fact without a day is known always. */
function knownOn(fact: Fact): number {
  if ('on' in fact) return fact.on;
  return 'from' in fact ? fact.from : -Infinity;
}

function pregnancies(facts: readonly Fact[]): readonly Day[] {
  return facts.flatMap((fact) => (fact.kind === 'pregnancy' ? [fact.dueOn] : [])).toSorted((a, b) => a - b);
}

function diseasesHad(rules: RuleSet, facts: readonly Fact[]): Subject['hadDiseases'] {
  return facts.flatMap((fact) =>
    fact.kind === 'hadDisease' ? [{ bit: rules.diseases.get(fact.disease) ?? 0, on: fact.on }] : [],
  );
}
