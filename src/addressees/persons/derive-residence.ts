import { ageAsSpoken, type Day, dayParts, formatIsoDay, formatJapaneseEra } from '#kernel';
import type { BirthDatePrecision } from './birth-date.ts';
import type { ResidenceState, ResidencyPeriod } from './types.ts';

/** The facts that say what a person is to the municipality. */
export interface ResidenceFacts {
  readonly isCancelled: boolean;
  readonly isNonRegistered: boolean;
  readonly becameResidentOn: Day | null;
  readonly ceasedResidentOn: Day | null;
  readonly diedOn: Day | null;
}

/** What a person is to this municipality on a day; a death on the day counts, a move on the day too. */
export function deriveResidenceState(person: ResidenceFacts, on: Day): ResidenceState {
  if (person.isCancelled) return 'cancelled';
  if (person.diedOn !== null && person.diedOn <= on) return 'dead';
  if (person.isNonRegistered) return 'nonRegistered';
  if (person.ceasedResidentOn !== null && person.ceasedResidentOn <= on) return 'movedOut';
  if (person.becameResidentOn !== null && person.becameResidentOn > on) return 'notYetResident';
  return 'resident';
}

/**
 * The periods as resident from all versions in the order they were recorded. The register names only the present or
 * last period: a first day at or after the end of the last one begins a new period, any other replaces it (a
 * correction). Oldest first.
 */
export function deriveResidencies(versions: readonly ResidencyPeriod[]): ResidencyPeriod[] {
  const periods: ResidencyPeriod[] = [];
  for (const { becameOn, ceasedOn, ceasedReason } of versions) {
    const last = periods.at(-1);
    if (last !== undefined && !beginsAnew(last, becameOn)) periods.pop();
    periods.push({ becameOn, ceasedOn, ceasedReason });
  }
  return periods;
}

function beginsAnew(last: ResidencyPeriod, becameOn: Day | null): boolean {
  return last.ceasedOn !== null && becameOn !== null && becameOn >= last.ceasedOn && becameOn !== last.becameOn;
}

/** Whether a person was resident on a day; the day of becoming and the day before ceasing are in. */
export function isResidentOn(periods: readonly ResidencyPeriod[], on: Day): boolean {
  return periods.some(
    (period) =>
      (period.becameOn === null || period.becameOn <= on) && (period.ceasedOn === null || period.ceasedOn > on),
  );
}

/** Why residency ended: the register's reason of the change that ended it, 死亡 when a day of death is known. */
export function deriveCeasedReason(
  ceasedOn: Day | null,
  diedOn: Day | null,
  residencyChangeReason: string | null,
): string | null {
  if (ceasedOn === null) return diedOn === null ? null : 'died';
  return diedOn !== null && diedOn <= ceasedOn ? 'died' : residencyChangeReason;
}

/** Age in completed birthdays, null when the birth date is unknown or lies ahead. */
export function deriveAgeYears(bornOn: Day | null, on: Day): number | null {
  return bornOn === null || bornOn > on ? null : ageAsSpoken(bornOn, on).years;
}

/** `1954-08-25(昭和29年8月25日)`; what is unknown is printed as 不詳. */
export function formatBirthDate(bornOn: Day | null, precision: BirthDatePrecision): string {
  if (bornOn === null || precision === 'unknown') return '生年月日不詳';
  const japanese = formatJapaneseEra(bornOn);
  if (precision === 'day') return `${formatIsoDay(bornOn)}(${japanese})`;
  const { year, month } = dayParts(bornOn);
  if (precision === 'month') return `${year}年${month}月(${japanese.replace(/月.*$/u, '月')})日不詳`;
  // Era years that begin within the year are named by their end, as the register does.
  return `${year}年(${japanese.replace(/年.*$/u, '年')})月日不詳`;
}
