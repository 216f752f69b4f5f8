import { personPath } from '#addressees/persons';
import type { PersonId } from '#kernel';

/** The guarded page of one person's individual number; numbers are sent by POST and never stand in an address. */
export function individualNumberPath(personId: PersonId): string {
  return `${personPath(personId)}/individual-number`;
}
