import { wordOfReference } from '#messages';

/** Where a form's number is given: the clinic's first page. */
export const receptionPath = '/';

/** Where the number is sent. */
export const openPath = '/tickets/open';

/** The page of a form in hand. The address holds a word drawn by chance, never the form's number. */
export function ticketPath(openingId: string): string {
  return `/tickets/${wordOfReference(openingId)}`;
}
