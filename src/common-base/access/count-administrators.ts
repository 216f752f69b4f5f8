import { isUsable } from './staff-store.ts';
import type { StaffMember } from './types.ts';

/** The usable accounts of administrators on a day (`YYYY-MM-DD`): how many, and the names of those with other duties. */
export function countAdministrators(
  staff: readonly StaffMember[],
  today: string,
): { readonly all: number; readonly daily: readonly string[] } {
  const usable = staff.filter((each) => each.roles.includes('administrator') && isUsable(each, today));
  const both = usable.filter(({ roles }) => roles.length > 1);
  return { all: usable.length, daily: both.map(({ accountName }) => accountName) };
}
