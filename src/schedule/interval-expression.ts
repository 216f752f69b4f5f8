import { addDays, afterClearDays, afterMonths, afterMonthsAndHalf, type Day } from '#kernel';

/** From which dose an interval runs: the previous one that counts (前回) or the first one (1回目). */
export type Anchor = 'previous' | 'first';

/**
 * An interval in the law's own units: `27日` leaves 27 clear days, `6月` leads to the same-numbered day,
 * `2月半` adds half of that month; `7月未満` (as an end) is the day before.
 */
export interface Interval {
  readonly text: string;
  readonly unit: 'clearDays' | 'months' | 'monthsAndHalf';
  readonly amount: number;
  readonly anchor: Anchor;
  readonly isExclusive: boolean;
}

/** The recommended interval of a dose: from and to, either may be open. */
export interface StandardInterval {
  readonly from: Interval | null;
  readonly to: Interval | null;
  /** As advice names it: `20日〜56日`. */
  readonly text: string;
}

/** The first day that keeps an interval from a day (as the end of a span: the last day within it). */
export function dayAfterInterval(day: Day, interval: Interval): Day {
  return addDays(wholeInterval(day, interval), interval.isExclusive ? -1 : 0);
}

/** Reads `27日`, `139日@1回目`, `2月半`, `7月未満`; undefined for anything else. */
export function findInterval(text: string): Interval | undefined {
  const match = /^(\d{1,4})(日|月半|月|年)(未満)?(?:@(前回|1回目))?$/u.exec(text);
  if (match === null) return undefined;
  const count = Number(match[1]);
  const unit = match[2] === '日' ? 'clearDays' : match[2] === '月半' ? 'monthsAndHalf' : 'months';
  return {
    text: `${match[1]}${match[2]}`,
    unit,
    amount: match[2] === '年' ? count * 12 : count,
    anchor: match[4] === '1回目' ? 'first' : 'previous',
    isExclusive: match[3] !== undefined,
  };
}

/** Reads `20日..56日`, `6月..`, `6月@1回目..`; undefined for anything else. */
export function findStandardInterval(text: string): StandardInterval | undefined {
  const parts = text.split('..');
  if (parts.length !== 2) return undefined;
  const [from, to] = parts.map((part) => (part === '' ? null : findInterval(part)));
  if (from === undefined || to === undefined || (from === null && to === null)) return undefined;
  return { from, to, text: `${from?.text ?? ''}〜${to?.text ?? ''}` };
}

function wholeInterval(day: Day, { unit, amount }: Interval): Day {
  if (unit === 'clearDays') return afterClearDays(day, amount);
  return unit === 'months' ? afterMonths(day, amount) : afterMonthsAndHalf(day, amount);
}
