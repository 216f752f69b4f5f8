import type { PersonId } from '#kernel';

/** The page for looking people up; what is looked for is sent by POST and never stands in the address. */
export const personSearchPath = '/persons';

/** The page of one person; the number is our own meaningless key. */
export function personPath(personId: PersonId): string {
  return `/persons/${personId}`;
}

/** Residents who did not stand in a whole file. */
export const absencesPath = '/persons/absences';

/** Where a protected person's place is asked for; by POST only. */
export function protectedPlacePath(personId: PersonId): string {
  return `${personPath(personId)}/address`;
}
