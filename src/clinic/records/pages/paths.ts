import { ticketPath } from '#clinic/tickets';
import { wordOfReference } from '#messages';

/** Today's records of one's own institution. */
export const recordsPath = '/records';

/** One record. */
export function recordPath(recordId: string): string {
  return `${recordsPath}/${wordOfReference(recordId)}`;
}

/** Where the check before the injection is asked. */
export function checkPath(openingId: string): string {
  return `${ticketPath(openingId)}/check`;
}

/** Where an outcome is recorded. */
export function recordingPath(openingId: string): string {
  return `${ticketPath(openingId)}/record`;
}
