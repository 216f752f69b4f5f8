import type { Change, ChangeCount } from './types.ts';

/** The youngest ages of the groups by which changes are counted: the ages at which the law turns. */
export const ageGroups: readonly number[] = [0, 1, 2, 3, 5, 7, 11, 13, 17, 20, 40, 50, 60, 65, 70, 75, 80, 100];

/** The group of an age in whole years. */
export function ageGroupOf(years: number): number {
  return ageGroups.findLast((from) => from <= years) ?? 0;
}

/** Counts of changes by kind, stage, standing before and after, and age group. */
export class ChangeCounts {
  private readonly counts = new Map<string, ChangeCount>();

  add(change: Change, ageFrom: number, count = 1): void {
    const { kind, programme, stage, before, after } = change;
    const key = [kind, programme, stage, before, after, ageFrom].join(' ');
    const known = this.counts.get(key);
    this.counts.set(key, { ...change, ageFrom, count: (known?.count ?? 0) + count });
  }

  /** Takes in what was counted elsewhere (another page, another thread). */
  addAll(counts: readonly ChangeCount[]): void {
    for (const { ageFrom, count, ...change } of counts) this.add(change, ageFrom, count);
  }

  list(): readonly ChangeCount[] {
    return [...this.counts.values()];
  }
}

/** What a change means to the office; a change may mean several things. */
export const effects = ['due', 'overdue', 'closed', 'wrong', 'noLongerDue', 'noLongerWrong'] as const;

/** One of the ways in which a proposed change of rows touches people. */
export type Effect = (typeof effects)[number];

/**
 * The effects of a change: may be given now (in time or late), becomes overdue, is over; a dose becomes wrong; or the way
 * back. One who becomes due late is counted by both.
 */
export function effectsOf({ kind, before, after }: Pick<Change, 'kind' | 'before' | 'after'>): readonly Effect[] {
  if (kind === 'dose') return after === 'invalid' ? ['wrong'] : before === 'invalid' ? ['noLongerWrong'] : [];
  const isOpen = (standing: string): boolean => standing === 'due' || standing === 'overdue';
  const found: Effect[] = [];
  if (!isOpen(before) && isOpen(after)) found.push('due');
  if (after === 'overdue') found.push('overdue');
  if (after === 'closed') found.push('closed');
  if (isOpen(before) && !isOpen(after)) found.push('noLongerDue');
  return found;
}
