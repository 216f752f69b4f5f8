import { deriveForecast } from './derive-forecast.ts';
import { evaluate } from './judge-doses.ts';
import type { RuleSet } from './rule-set.ts';
import type { Judgement, PersonCase } from './types.ts';

/** Judges every given dose by the rules of its own day, and tells for every stage where the person stands. */
export function judge(rules: RuleSet, person: PersonCase): Judgement {
  const evaluation = evaluate(rules, person);
  return { doses: evaluation.doses, programmes: deriveForecast(rules, evaluation) };
}
