/** The three answers of the office: done, a person must look, cannot have happened. */
export type Answer = 'accepted' | 'questioned' | 'refused';

/** What a finding does to the answer: `refuse` and `question` decide it, `note` is advice. */
export type FindingSeverity = 'refuse' | 'question' | 'note';

/**
 * One thing that is wrong or worth knowing. Its sentence for staff stands in the room's `findings.csv` under
 * `code` and is filled with `params` at the border (screen, file), so that a pure file holds no prose.
 */
export interface Finding {
  readonly code: string;
  readonly severity: FindingSeverity;
  /** The input field it speaks of, in the sender's or the form's name; null when it speaks of the whole. */
  readonly field: string | null;
  readonly params: Readonly<Record<string, string | number>>;
  /** The article, rule row or document it rests on; null for form faults. */
  readonly basis: string | null;
}

/** The outcome of a decision with all its findings at once; `value` is absent when refused. */
export type Decision<T> =
  | { readonly answer: 'accepted' | 'questioned'; readonly value: T; readonly findings: readonly Finding[] }
  | { readonly answer: 'refused'; readonly findings: readonly Finding[] };

/** The answer that a list of findings gives: refused over questioned over accepted. */
export function answerOf(findings: readonly Finding[]): Answer {
  if (findings.some((finding) => finding.severity === 'refuse')) return 'refused';
  if (findings.some((finding) => finding.severity === 'question')) return 'questioned';
  return 'accepted';
}

/** A decision from what was found and the value it would give. */
export function decide<T>(findings: readonly Finding[], value: T): Decision<T> {
  const answer = answerOf(findings);
  return answer === 'refused' ? { answer, findings } : { answer, value, findings };
}

/** Makes a finding; params and basis may be left out. */
export function finding(
  code: string,
  severity: FindingSeverity,
  field: string | null,
  params: Readonly<Record<string, string | number>> = {},
  basis: string | null = null,
): Finding {
  return { code, severity, field, params, basis };
}
