import type { Finding } from '#kernel';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import type { FormError } from '#platform/pages';

/** Findings as the faults of a form: the sentence and what to do, at their fields. */
export async function explainErrors(findings: readonly Finding[]): Promise<FormError[]> {
  const tables = await loadFindingsTables();
  return findings.map((each) => {
    const { field, message, whatToDo } = explainFinding(tables, each);
    return { field, message: `${message}${whatToDo}` };
  });
}
