import { type Day, parseIsoDay } from '#kernel';

/** The only source of the present instant; everything that decides takes it as an argument. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that always shows one instant, for tests and for judging as of another day. */
export function fixedClock(instant: string): Clock {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) throw new RangeError(`not an instant: ${instant}`);
  return { now: () => new Date(at) };
}

/** The calendar day it is in Japan (Asia/Tokyo, UTC+9 all year since 1952). */
export function todayInTokyo(clock: Clock): Day {
  const tokyo = new Date(clock.now().getTime() + 9 * 3_600_000);
  return parseIsoDay(tokyo.toISOString().slice(0, 10));
}

/** The instant at which a day begins in Japan. */
export function startOfDayInTokyo(day: Day): Date {
  return new Date(day * 86_400_000 - 9 * 3_600_000);
}
