import type { Day, PersonId } from '#kernel';
import { isResidentOn } from './derive-residence.ts';
import type { ResidencyPeriod } from './types.ts';

/** The facts that say whether a person is one of the municipality's own on a day. */
export interface PresenceFacts {
  readonly personId: PersonId;
  /** Where records of one person are linked, the one that stands for all; null for everybody else. */
  readonly principalId: PersonId | null;
  readonly residencies: readonly ResidencyPeriod[];
  readonly diedOn: Day | null;
  readonly isNonRegistered: boolean;
  readonly isCancelled: boolean;
}

/** Whether the person is a resident (or kept as 住登外者) and alive on the day; of linked records one stands for all. */
export function isHereOn(person: PresenceFacts, on: Day): boolean {
  if (!standsForItself(person)) return false;
  if (person.isCancelled || (person.diedOn !== null && person.diedOn <= on)) return false;
  // A 住登外者 never became one; whoever was registered for a time is kept until it is over.
  if (person.isNonRegistered) return person.residencies.every(({ ceasedOn }) => ceasedOn === null || ceasedOn > on);
  return isResidentOn(person.residencies, on);
}

/** The next day on which that answer may differ by what is known now: an announced move, a death recorded ahead. */
export function findNextPresenceChange(person: PresenceFacts, on: Day): Day | null {
  if (person.isCancelled || !standsForItself(person)) return null;
  let next: Day | null = null;
  const consider = (day: Day | null): void => {
    if (day !== null && day > on && (next === null || day < next)) next = day;
  };
  consider(person.diedOn);
  for (const { becameOn, ceasedOn } of person.residencies) {
    consider(becameOn);
    consider(ceasedOn);
  }
  return next;
}

function standsForItself({ personId, principalId }: PresenceFacts): boolean {
  return principalId === null || principalId === personId;
}
