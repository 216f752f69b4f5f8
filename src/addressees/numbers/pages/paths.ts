import { personPath } from '#addressees/persons';
import type { PersonId } from '#kernel';

/** The guarded page of one person's individual number; numbers are sent by POST and never stand in an address. */
export function individualNumberPath(personId: PersonId): string {
  return `${personPath(personId)}/individual-number`;
}

/** Asking for a person's code (符号). */
export function linkCodePath(personId: PersonId): string {
  return `${individualNumberPath(personId)}/link-code`;
}

/** 中間サーバーとのやりとり: whether the lines stand, and 追跡調査. */
export const relaysPath = '/numbers/relays';

/** 住基ネットでの本人確認 of one person: the subject fixed by two, and what was answered. */
export function registerConfirmationPath(personId: PersonId): string {
  return `${personPath(personId)}/register-confirmation`;
}

/** The work list of differences between the office and the national register. */
export const registerDifferencesPath = '/numbers/register-differences';

/** Typing a person's individual number by hand, by two people. */
export function numberEntryPath(personId: PersonId): string {
  return `${individualNumberPath(personId)}/entry`;
}
