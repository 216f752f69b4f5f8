import { personPath } from '#addressees/persons';
import type { PersonId } from '#kernel';

/** The records of one person: which are linked, which may be, and linking or parting them. */
export function linksPath(personId: PersonId): string {
  return `${personPath(personId)}/links`;
}

/** Two records side by side before they are linked. */
export function comparePath(personId: PersonId, otherId: PersonId): string {
  return `${linksPath(personId)}/${otherId}`;
}

/** Registering somebody who is not in the resident register (住登外者). */
export const registrationPath = '/registrations';

/** What staff added to a record: 送付先, 保護者, 区分, 注意情報. */
export function annotationsPath(personId: PersonId): string {
  return `${personPath(personId)}/annotations`;
}

/** Rows of 番号連携 that wait for a person. */
export const numberQuestionsPath = '/numbers/questions';

/** The periodic check of accuracy and freshness. */
export const accuracyPath = '/accuracy-checks';

/** Asking the worker to count anew. */
export const accuracyCountPath = `${accuracyPath}/count`;
