import type { Day } from '#kernel';
import { type CaseOfPerson, createOpenStagesJudge, type GivenDose, type OpenStages, type RuleSet } from '#schedule';

/** Makes a judge of the people of one day; doses of products that the rules do not know are left out. */
export function createStagesJudge(rules: RuleSet, asOf: Day): (person: CaseOfPerson) => OpenStages {
  const judge = createOpenStagesJudge(rules, asOf);
  return (person) => {
    const doses = listKnownDoses(rules, person.doses);
    return judge(doses === person.doses ? person : { ...person, doses });
  };
}

/** The doses of products that the rules know: a product that no row names any more cannot be judged. */
export function listKnownDoses(rules: RuleSet, doses: readonly GivenDose[]): readonly GivenDose[] {
  const isKnown = ({ product }: GivenDose): boolean => rules.products.has(product);
  return doses.every(isKnown) ? doses : doses.filter(isKnown);
}
