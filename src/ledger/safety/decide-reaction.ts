import { addDays, afterMonths, type Day } from '#kernel';
import type { ReactionPeriod, ReportableReaction } from '#schedule';

/**
 * What the law says of a symptom after a dose (予防接種法施行規則第5条):
 * - `reportable` within the period of its row, `afterPeriod` later than that
 * - `needsTime` a period of hours or minutes, which the days alone do not tell
 * - `byPhysician` to be reported where a physician sees a close relation
 * - `unread` the row names the symptom, but nobody has read its period yet
 * - `notListed` no row of the programme names the symptom
 * - `beforeDose` the symptom is told as earlier than the dose: one of the two is wrong
 * - `voluntary` the dose was none of the law's, so that another law asks for reports
 */
export type ReactionDuty =
  | 'reportable'
  | 'afterPeriod'
  | 'needsTime'
  | 'byPhysician'
  | 'unread'
  | 'notListed'
  | 'beforeDose'
  | 'voluntary';

/** An instant as a report tells it: a day, and minutes after midnight where the time is known. */
export interface ToldInstant {
  readonly on: Day;
  readonly minute: number | null;
}

/** The duty, with the row that decided it; no row speaks of what is not listed or was voluntary. */
export interface ReactionVerdict {
  readonly duty: ReactionDuty;
  readonly row: ReportableReaction | null;
}

const minutesOfDay = 24 * 60;

/**
 * Whether a symptom falls under what must be reported. `rows` are those of the dose's programme and day. A period of
 * days, months or years does not count the day of the dose (民法第140条): seven days after 15 April end on the 22nd.
 */
export function decideReaction(
  rows: readonly ReportableReaction[],
  told: {
    readonly symptom: string;
    readonly isVoluntary: boolean;
    readonly given: ToldInstant;
    readonly occurred: ToldInstant;
  },
): ReactionVerdict {
  if (isEarlier(told.occurred, told.given)) return { duty: 'beforeDose', row: null };
  if (told.isVoluntary) return { duty: 'voluntary', row: null };
  const row = rows.find(({ symptom }) => symptom === told.symptom);
  if (row === undefined) return { duty: 'notListed', row: null };
  return { duty: dutyOf(row.within, told), row };
}

/** Whether an instant is surely before another: on an earlier day, or at an earlier time of the same day. */
export function isEarlier(one: ToldInstant, other: ToldInstant): boolean {
  if (one.on !== other.on) return one.on < other.on;
  return one.minute !== null && other.minute !== null && one.minute < other.minute;
}

/** The last day of a period that is counted in days, months or years; null for every other period. */
export function lastDayWithin(within: ReactionPeriod, givenOn: Day): Day | null {
  if (within.unit === 'day') return addDays(givenOn, within.count);
  if (within.unit !== 'month' && within.unit !== 'year') return null;
  const months = within.unit === 'year' ? within.count * 12 : within.count;
  return addDays(afterMonths(addDays(givenOn, 1), months), -1);
}

function dutyOf(
  within: ReactionPeriod,
  told: { readonly given: ToldInstant; readonly occurred: ToldInstant },
): ReactionDuty {
  switch (within.unit) {
    case 'physician':
      return 'byPhysician';
    case 'unread':
      return 'unread';
    case 'minute':
      return dutyInMinutes(within.count, told);
    case 'hour':
      return dutyInMinutes(within.count * 60, told);
    default: {
      const last = lastDayWithin(within, told.given.on);
      return last !== null && told.occurred.on <= last ? 'reportable' : 'afterPeriod';
    }
  }
}

/** Of times that are not known, the nearest and the farthest are tried: where both agree, the times do not matter. */
function dutyInMinutes(
  limit: number,
  { given, occurred }: { readonly given: ToldInstant; readonly occurred: ToldInstant },
): ReactionDuty {
  const days = (occurred.on - given.on) * minutesOfDay;
  const shortest = days + (occurred.minute ?? 0) - (given.minute ?? minutesOfDay - 1);
  const longest = days + (occurred.minute ?? minutesOfDay - 1) - (given.minute ?? 0);
  if (longest <= limit) return 'reportable';
  return shortest > limit ? 'afterPeriod' : 'needsTime';
}
