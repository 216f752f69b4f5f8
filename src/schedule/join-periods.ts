import { laterDay } from '#kernel';
import type { Period } from './read-table.ts';

/** Periods in the order of their first days, joined where they touch; those without a day fall away. */
export function joinPeriods(periods: readonly Period[]): readonly Period[] {
  const result: Period[] = [];
  for (const period of periods.filter(({ from, to }) => from <= to).toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || period.from > last.to + 1) result.push(period);
    else result[result.length - 1] = { from: last.from, to: laterDay(last.to, period.to) };
  }
  return result;
}
