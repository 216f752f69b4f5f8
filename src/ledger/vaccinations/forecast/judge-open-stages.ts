import type { Day } from '#kernel';
import { findNextChange, type GivenDose, judge, type RuleSet } from '#schedule';
import type { CaseOfPerson } from './people-columns.ts';

/** What the rules say of one person on a day: stages by their place in the order of the rules. */
export interface OpenStages {
  readonly due: readonly number[];
  readonly overdue: readonly number[];
  /** The first day on which the answer may differ though nothing new becomes known; null when no day changes it. */
  readonly nextChangeOn: Day | null;
}

/** Asks the rules about people of one day, one after another. */
export type StagesJudge = (person: CaseOfPerson) => OpenStages;

const noStages: readonly number[] = [];
const sharedAtMost = 100_000;

/**
 * Makes a judge for a day. Whoever has no dose and no other fact on record is answered like everybody of the same
 * birth date and sex, and judged once for all of them.
 */
export function createStagesJudge(rules: RuleSet, asOf: Day): StagesJudge {
  const shared = {
    female: new Map<Day, OpenStages>(),
    male: new Map<Day, OpenStages>(),
    unknown: new Map<Day, OpenStages>(),
  };
  return (person) => {
    const { bornOn, sex, doses, facts } = person;
    if (doses.length > 0 || facts.length > 0) return judgeStages(rules, asOf, person);
    const known = shared[sex].get(bornOn);
    if (known !== undefined) return known;
    if (shared[sex].size >= sharedAtMost) shared[sex].clear();
    const fresh = judgeStages(rules, asOf, person);
    shared[sex].set(bornOn, fresh);
    return fresh;
  };
}

/** The doses of products that the rules know: a product that no row names any more cannot be judged. */
export function listKnownDoses(rules: RuleSet, doses: readonly GivenDose[]): readonly GivenDose[] {
  const isKnown = ({ product }: GivenDose): boolean => rules.products.has(product);
  return doses.every(isKnown) ? doses : doses.filter(isKnown);
}

function judgeStages(rules: RuleSet, asOf: Day, { bornOn, sex, doses, facts }: CaseOfPerson): OpenStages {
  const personCase = { bornOn, sex, asOf, facts, doses: listKnownDoses(rules, doses) };
  const judgement = judge(rules, personCase);
  let due: number[] | undefined;
  let overdue: number[] | undefined;
  const { programmes } = judgement;
  for (let i = 0; i < programmes.length; i += 1) {
    const status = programmes[i]?.status;
    if (status === 'due') (due ??= []).push(i);
    else if (status === 'overdue') (overdue ??= []).push(i);
  }
  const nextChangeOn = findNextChange(rules, personCase, judgement);
  return { due: due ?? noStages, overdue: overdue ?? noStages, nextChangeOn };
}
