import { type Day, parseIsoDay } from '#kernel';

/** The one source of time: rooms receive it as an argument, so that a test or a late run can choose it. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still at an ISO 8601 instant such as `2026-11-21T09:00:00+09:00`. */
export function fixedClock(iso: string): Clock {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) throw new RangeError(`not an instant: ${iso}`);
  return { now: () => new Date(instant) };
}

const tokyoOffsetMs = 9 * 60 * 60 * 1000;

/** The calendar day in Japan at this instant (Asia/Tokyo is UTC+9 all year, without summer time since 1951). */
export function todayInTokyo(clock: Clock): Day {
  return parseIsoDay(new Date(clock.now().getTime() + tokyoOffsetMs).toISOString().slice(0, 10));
}
