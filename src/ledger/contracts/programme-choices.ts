import type { Choice } from '#platform/pages';
import { listStages, type RuleSet } from '#schedule';

/** The programmes of the rules as choices of a form, in their order. */
export function programmeChoices(rules: RuleSet): readonly Choice[] {
  const names = new Map(listStages(rules).map(({ programme, programmeName }) => [programme, programmeName]));
  return [...names].map(([value, label]) => ({ value, label }));
}
