import type { Day, Sex } from '#kernel';
import { BirthTable, notYet } from './birth-table.ts';
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
  /** Days by `daysFrom` and the slot of their expression; `notYet` until asked for. Shared by all born that day. */
  readonly days: Int32Array;
  readonly daysFrom: number;
}

const noFacts: readonly Fact[] = [];
const noDays: readonly Day[] = [];
const noDiseases: Subject['hadDiseases'] = [];

/** Prepares a person for judging; facts after `asOf` are not known yet and fall away. */
export function subjectOf(rules: RuleSet, person: PersonCase): Subject {
  const facts = person.facts.length === 0 ? noFacts : person.facts.filter((fact) => knownOn(fact) <= person.asOf);
  const calendar = calendarsOf(rules);
  const row = calendar.rowOf(person.bornOn);
  return {
    bornOn: person.bornOn,
    sex: person.sex,
    asOf: person.asOf,
    facts,
    hadDiseases: facts.length === 0 ? noDiseases : diseasesHad(rules, facts),
    dueOns: facts.length === 0 ? noDays : pregnancies(facts),
    days: calendar.pageOf(row),
    daysFrom: calendar.placeOf(row),
  };
}

/** Days of the rules by birth date: in a population many people share one, and each day is worked out once for all. */
const calendars = new WeakMap<RuleSet, BirthTable>();

function calendarsOf(rules: RuleSet): BirthTable {
  const known = calendars.get(rules);
  if (known !== undefined) return known;
  const made = new BirthTable(rules.expressionCount);
  calendars.set(rules, made);
  return made;
}

/** The person's day for an expression of the rules; `dueOn` where it counts from a pregnancy. */
export function dayFor(subject: Subject, expression: DayExpression, dueOn: Day | null = null): Day {
  if (expression.origin === 'due') return evaluateDay(expression, subject.bornOn, dueOn);
  const place = subject.daysFrom + expression.slot;
  const known = subject.days[place] ?? notYet;
  if (known !== notYet) return known as Day;
  const day = evaluateDay(expression, subject.bornOn, null);
  subject.days[place] = day;
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
