import { findNextChange, judge, type OpenStages, type PersonCase, type RuleSet, type StageStatus } from '#schedule';

/** What a judge for everybody is to tell of a person, taken from the whole judgement of that person alone. */
export function openOf(rules: RuleSet, person: PersonCase): OpenStages {
  const judgement = judge(rules, person);
  const placesOf = (status: StageStatus): number[] =>
    judgement.programmes.flatMap((stage, place) => (stage.status === status ? [place] : []));
  return {
    due: placesOf('due'),
    overdue: placesOf('overdue'),
    nextChangeOn: findNextChange(rules, person, judgement),
  };
}
