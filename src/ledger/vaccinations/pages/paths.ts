import { personPath } from '#addressees/persons';
import type { EntryId, PersonId } from '#kernel';

/** Every entry of one person with its corrections and retractions (異動リスト of the person). */
export function recordsPath(personId: PersonId): string {
  return `${personPath(personId)}/records`;
}

/** One record: what it tells, and the forms that correct it or take it back. */
export function recordPath(personId: PersonId, entryId: EntryId): string {
  return `${recordsPath(personId)}/${entryId}`;
}

/** Corrections and retractions of all people in a span of days (異動リスト). */
export const changesPath = '/records/changes';
