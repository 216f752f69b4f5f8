import { type Finding, finding, type StaffId } from '#kernel';
import { formatInstant } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import { isSamePerson, isUsable, listStaff, permissionsOfStaff } from '../staff-store.ts';
import { findOneHandSince } from './store.ts';

/** Days (a weekend long, so that the person meets it) in which whoever added an account, gave it a new password or took its factors away counts as a hand behind it. */
const daysHeld = 3;
const millisecondsHeld = daysHeld * 86_400_000;

/**
 * Why two accounts are not two people at this moment, whichever of them asks and which approves: one person has both, or
 * one could have signed in with both (told with the minute from which they are two); undefined where they are two.
 */
export async function findOneBehindBoth(
  tx: Tx,
  asking: StaffId,
  deciding: StaffId,
  at: Date,
): Promise<Finding | undefined> {
  if (await isSamePerson(tx, asking, deciding)) return finding('approvalOwn', 'refuse', null);
  const since = await findOneHandSince(tx, asking, deciding, new Date(at.getTime() - millisecondsHeld));
  if (since === undefined) return undefined;
  // The first whole minute that is not before the end, so that whoever comes then is not refused once more.
  const until = Math.ceil((since.getTime() + millisecondsHeld) / 60_000) * 60_000;
  return finding('approvalAccountReset', 'refuse', null, { days: daysHeld, until: formatInstant(new Date(until)) });
}

/**
 * Whether anybody could decide at this moment what somebody asks: a usable account of an approver behind which nobody
 * stands who also stands behind the asking one. In an office that begins, that is none until the command made one.
 */
export async function hasApproverFor(
  tx: Tx,
  asking: StaffId,
  now: { readonly at: Date; readonly today: string },
): Promise<boolean> {
  for (const staff of await listStaff(tx)) {
    if (!isUsable(staff, now.today) || !permissionsOfStaff(staff, now.today).has('permissions.approve')) continue;
    if ((await findOneBehindBoth(tx, asking, staff.staffId, now.at)) === undefined) return true;
  }
  return false;
}
