import { dayParts, type Finding, type FindingSeverity, findIsoDay } from '#kernel';

/** What staff read of a finding: the sentence and what to do, filled with its params. */
export interface ExplainedFinding {
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly field: string | null;
  readonly message: string;
  readonly whatToDo: string;
  readonly basis: string | null;
}

/** The sentence and the advice of one code, with {param} places; the title, of questions alone, has none. */
export interface FindingText {
  readonly title: string;
  readonly message: string;
  readonly whatToDo: string;
}

/** The sentences of every code of the house. */
export type FindingsTables = ReadonlyMap<string, FindingText>;

/** A finding as a sentence; one whose code no table knows is a programmer's error. */
export function explainFinding(tables: FindingsTables, finding: Finding): ExplainedFinding {
  const text = tables.get(finding.code);
  if (text === undefined) throw new Error(`no sentence for the finding ${finding.code}`);
  const { code, severity, field, basis } = finding;
  return { code, severity, field, basis, message: fill(text.message, finding), whatToDo: fill(text.whatToDo, finding) };
}

/** A kind of question in a few words, for lists and filters; a code without a title is a programmer's error. */
export function titleOfFinding(tables: FindingsTables, code: string): string {
  const title = tables.get(code)?.title ?? '';
  if (title === '') throw new Error(`no title for the finding ${code}`);
  return title;
}

/** The sentence with the sender's column before it, unless it names the column itself: 生年月日: 日付として読めない…. */
export function sentenceOf({ field, message }: Pick<ExplainedFinding, 'field' | 'message'>): string {
  return field === null || message.includes(field) ? message : `${field}: ${message}`;
}

function fill(text: string, finding: Finding): string {
  return text.replaceAll(/\{(\w+)\}/gu, (place, name: string) => inWords(finding.params[name] ?? place));
}

/** Days stand in params as ISO text and are read as 2026年11月5日. */
function inWords(value: string | number): string {
  const day = typeof value === 'string' ? findIsoDay(value) : undefined;
  if (day === undefined) return String(value);
  const { year, month, dayOfMonth } = dayParts(day);
  return `${year}年${month}月${dayOfMonth}日`;
}
