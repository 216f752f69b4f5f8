import { findNextPresenceChange, isHereOn, type JudgingFacts } from '#addressees/persons';
import type { Day } from '#kernel';
import { type Fact, findNextChange, type GivenDose, type Judgement, judge, listStages, type RuleSet } from '#schedule';

/** What a forecast keeps of one person. Stages as `programme/stage`. */
export interface ForecastAnswer {
  readonly isHere: boolean;
  readonly due: readonly string[];
  readonly overdue: readonly string[];
  /** The first day on which the answer may differ though nothing new becomes known; null when no day changes it. */
  readonly nextChangeOn: Day | null;
}

/** Asks the rules about people of one day, one after another. */
export type Forecaster = (person: JudgingFacts, doses: readonly GivenDose[], told: readonly Fact[]) => ForecastAnswer;

const noStages: readonly string[] = [];
const sharedAtMost = 100_000;

/**
 * Makes a forecaster for a day. Whoever has no dose and no other fact on record is answered like everybody of the same
 * birth date and sex, and judged once for all of them.
 */
export function createForecaster(rules: RuleSet, asOf: Day): Forecaster {
  const names = listStages(rules).map(({ programme, stage }) => `${programme}/${stage}`);
  const shared = new Map<string, Omit<ForecastAnswer, 'isHere'>>();
  const ask = (
    person: JudgingFacts,
    bornOn: Day,
    doses: readonly GivenDose[],
    facts: readonly Fact[],
  ): Omit<ForecastAnswer, 'isHere'> => {
    const personCase = { bornOn, sex: person.sex, asOf, facts, doses: listKnownDoses(rules, doses) };
    const judgement = judge(rules, personCase);
    return { ...openStages(judgement, names), nextChangeOn: findNextChange(rules, personCase, judgement) };
  };
  const answer = (
    person: JudgingFacts,
    doses: readonly GivenDose[],
    told: readonly Fact[],
  ): Omit<ForecastAnswer, 'isHere'> => {
    const { bornOn } = person;
    if (bornOn === null) return { due: noStages, overdue: noStages, nextChangeOn: null };
    if (doses.length > 0 || told.length > 0) return ask(person, bornOn, doses, told);
    const key = `${bornOn} ${person.sex}`;
    const known = shared.get(key);
    if (known !== undefined) return known;
    if (shared.size >= sharedAtMost) shared.clear();
    const fresh = ask(person, bornOn, doses, told);
    shared.set(key, fresh);
    return fresh;
  };
  return (person, doses, told) => {
    const movesOn = findNextPresenceChange(person, asOf);
    if (!isHereOn(person, asOf)) return { isHere: false, due: noStages, overdue: noStages, nextChangeOn: movesOn };
    const { due, overdue, nextChangeOn } = answer(person, doses, told);
    return { isHere: true, due, overdue, nextChangeOn: earlier(nextChangeOn, movesOn) };
  };
}

/** The doses of products that the rules know: a product that no row names any more cannot be judged. */
export function listKnownDoses(rules: RuleSet, doses: readonly GivenDose[]): readonly GivenDose[] {
  const isKnown = ({ product }: GivenDose): boolean => rules.products.has(product);
  return doses.every(isKnown) ? doses : doses.filter(isKnown);
}

function openStages(
  { programmes }: Judgement,
  names: readonly string[],
): { readonly due: readonly string[]; readonly overdue: readonly string[] } {
  let due: string[] | undefined;
  let overdue: string[] | undefined;
  for (let i = 0; i < programmes.length; i += 1) {
    const status = programmes[i]?.status;
    if (status === 'due') (due ??= []).push(names[i] ?? '');
    else if (status === 'overdue') (overdue ??= []).push(names[i] ?? '');
  }
  return { due: due ?? noStages, overdue: overdue ?? noStages };
}

function earlier(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
