import type { PersonOnRecord, ResidencyPeriod } from './types.ts';

/**
 * What is known of one person through all linked records: the record's own name, number and birth, with every period as
 * resident, the death and the protection that any of the records tells. Cancelled records tell nothing. A record that
 * says 住登外 adds no period.
 */
export function mergeRecords(person: PersonOnRecord, records: readonly PersonOnRecord[]): PersonOnRecord {
  const speaking = [person, ...records.filter((record) => record.personId !== person.personId)].filter(
    (record) => record.personId === person.personId || !record.isCancelled,
  );
  const periods = speaking.filter((record) => !record.isNonRegistered).flatMap((record) => record.residencies);
  return {
    ...person,
    diedOn: person.diedOn ?? speaking.find((record) => record.diedOn !== null)?.diedOn ?? null,
    residencies: periods.length === 0 ? person.residencies : distinctPeriods(periods),
    isProtected: speaking.some((record) => record.isProtected),
  };
}

/** Oldest first, each once; a period without a first day comes before all others. */
function distinctPeriods(periods: readonly ResidencyPeriod[]): ResidencyPeriod[] {
  const byDays = new Map(periods.map((period) => [`${period.becameOn} ${period.ceasedOn}`, period]));
  return [...byDays.values()].toSorted((a, b) => firstDay(a) - firstDay(b));
}

/** Before every real day where the first is not known. */
function firstDay(period: ResidencyPeriod): number {
  return period.becameOn ?? Number.MIN_SAFE_INTEGER;
}
