import type { RuleSet } from './rule-set.ts';

/** The diseases of the rules with their Japanese names, in the order of `diseases.csv`. */
export function listDiseases(rules: RuleSet): readonly { readonly disease: string; readonly name: string }[] {
  return rules.rows
    .filter((row) => row.table === 'diseases')
    .map((row) => ({ disease: row.cells.get('disease') ?? '', name: row.cells.get('name') ?? '' }));
}
