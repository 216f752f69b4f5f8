import type { Day } from '#kernel';
import { listReportableReactions, type ReportableReaction, type RuleSet } from '#schedule';
import { type ReportKind, reportKinds } from './types.ts';

/** The words of a report's categories: kinds of errors, or every symptom of the law with those that no law lists. */
export function categoriesOf(kind: ReportKind, rules: RuleSet): Readonly<Record<string, string>> {
  const fixed = reportKinds[kind].categories;
  if (kind !== 'adverseReaction') return fixed;
  const symptoms = rules.reportableReactions.map(({ symptom, name }) => [symptom, name] as const);
  return { ...Object.fromEntries(symptoms), ...fixed };
}

/**
 * The symptoms that must be reported after a dose, as the law in force on its day lists them; a 任意接種 has none: it is
 * reported by another law.
 */
export function reactionsOf(
  rules: RuleSet,
  dose: { readonly programme: string | null; readonly vaccinatedOn: Day; readonly vaccinationClass: string } | null,
): readonly ReportableReaction[] {
  if (dose === null || dose.vaccinationClass === 'voluntary') return [];
  return listReportableReactions(rules.reportableReactions, { programme: dose.programme, on: dose.vaccinatedOn });
}
