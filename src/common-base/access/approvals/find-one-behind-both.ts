import { type Finding, finding, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { isSamePerson } from '../staff-store.ts';
import { haveOneHand } from './store.ts';

/** Days (a weekend long, so that the person meets it) in which whoever added an account, gave it a new password or took its factors away counts as a hand behind it. */
const daysHeld = 3;

/**
 * Why two accounts are not two people at this moment, whichever of them asks and which approves: one person has both, or
 * one could have signed in with both; undefined where they are two.
 */
export async function findOneBehindBoth(
  tx: Tx,
  asking: StaffId,
  deciding: StaffId,
  at: Date,
): Promise<Finding | undefined> {
  if (await isSamePerson(tx, asking, deciding)) return finding('approvalOwn', 'refuse', null);
  const since = new Date(at.getTime() - daysHeld * 86_400_000);
  if (!(await haveOneHand(tx, asking, deciding, since))) return undefined;
  return finding('approvalAccountReset', 'refuse', null, { days: daysHeld });
}
