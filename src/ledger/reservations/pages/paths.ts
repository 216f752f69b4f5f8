import { type Day, formatIsoDay } from '#kernel';

/** The reservations of a day. */
export const reservationsPath = '/reservations';

/** The people who asked to come first. */
export const prioritiesPath = `${reservationsPath}/priorities`;

/** The reservations of that day. */
export function dayPath(on: Day): string {
  return `${reservationsPath}?on=${formatIsoDay(on)}`;
}
