import type { Answer, StaffId } from '#kernel';
import type { QuestionCount, RowDecision } from './types.ts';

/** Rows of a batch that are alike in what was found, what was answered and who is to answer, and how many they are. */
export interface RowGroup {
  readonly answer: Answer;
  readonly questionCodes: readonly string[];
  readonly decision: RowDecision | null;
  /** A check after the first changed the rows and nobody has answered since. */
  readonly isChanged: boolean;
  readonly assignedTo: StaffId | null;
  readonly assignedToName: string | null;
  readonly rows: number;
}

/** What of a batch's rows is asked for; all conditions hold together. */
export interface RowStanding {
  readonly answer?: Answer;
  /** Rows with this question. */
  readonly code?: string;
  /** Questioned and not answered. */
  readonly isOpen?: boolean;
  readonly decision?: RowDecision;
  /** Changed by a later check, and waiting for an answer since. */
  readonly isChanged?: boolean;
  /** Rows of this member of staff; null: rows of nobody. */
  readonly assignedTo?: StaffId | null;
}

/** How many open rows somebody has; null: those of nobody. */
export interface AssignedCount {
  readonly staffId: StaffId | null;
  readonly name: string | null;
  readonly count: number;
}

/** How many rows of a batch stand as asked. */
export function countStanding(groups: readonly RowGroup[], asked: RowStanding): number {
  return sumOf(groups.filter((group) => isAsked(group, asked)));
}

/** How many open rows have each kind of question; most first. */
export function deriveQuestionCounts(groups: readonly RowGroup[]): QuestionCount[] {
  const counts = new Map<string, number>();
  for (const { questionCodes, rows } of openGroups(groups)) {
    for (const code of questionCodes) counts.set(code, (counts.get(code) ?? 0) + rows);
  }
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((one, other) => other.count - one.count || compare(one.code, other.code));
}

/** How many open rows have exactly the same questions: what can be answered together; most first. */
export function deriveQuestionGroups(
  groups: readonly RowGroup[],
): { readonly codes: readonly string[]; readonly count: number }[] {
  const alike = Map.groupBy(openGroups(groups), ({ questionCodes }) => questionCodes.join(' '));
  return [...alike.values()]
    .map((same) => ({ codes: same[0]?.questionCodes ?? [], count: sumOf(same) }))
    .sort((one, other) => other.count - one.count || compare(one.codes.join(' '), other.codes.join(' ')));
}

/** The open rows by whose they are; nobody's first, then by name. */
export function deriveAssigned(groups: readonly RowGroup[]): AssignedCount[] {
  const byStaff = Map.groupBy(openGroups(groups), ({ assignedTo }) => assignedTo);
  return [...byStaff]
    .map(([staffId, own]) => ({ staffId, name: own[0]?.assignedToName ?? null, count: sumOf(own) }))
    .sort((one, other) => compare(one.name ?? '', other.name ?? '') || (one.staffId ?? 0) - (other.staffId ?? 0));
}

function openGroups(groups: readonly RowGroup[]): RowGroup[] {
  return groups.filter((group) => isAsked(group, { isOpen: true }));
}

function isAsked(group: RowGroup, asked: RowStanding): boolean {
  const isOpen = group.answer === 'questioned' && group.decision === null;
  const isChanged = group.isChanged && group.decision === null && group.answer !== 'accepted';
  return (
    (asked.answer === undefined || asked.answer === group.answer) &&
    (asked.code === undefined || group.questionCodes.includes(asked.code)) &&
    (asked.isOpen === undefined || asked.isOpen === isOpen) &&
    (asked.decision === undefined || asked.decision === group.decision) &&
    (asked.isChanged === undefined || asked.isChanged === isChanged) &&
    (asked.assignedTo === undefined || asked.assignedTo === group.assignedTo)
  );
}

function sumOf(groups: readonly RowGroup[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
