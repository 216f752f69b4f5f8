import type { Day } from '#kernel';
import type { CountedBundle } from './types.ts';

/** Where a bundle stands, the first that holds. */
export type BundleState = 'late' | 'expected' | 'differs' | 'toEnter' | 'entering' | 'inReview' | 'returned' | 'done';

/**
 * What a bundle waits for: paper that is late or not yet due, a difference between announced and counted or between
 * counted and entered or claimed and entered, the keyboard, the review in intake, rows that go back to their sender. `done`
 * once every form counted is in the ledger or was refused for good; a noted reason settles differences and returned rows.
 */
export function decideBundleState(bundle: CountedBundle, today: Day): BundleState {
  if (bundle.receivedCount === null) return bundle.dueOn !== null && bundle.dueOn < today ? 'late' : 'expected';
  const isExplained = bundle.differenceNote !== null;
  const isShort = bundle.expectedCount !== null && bundle.expectedCount !== bundle.receivedCount;
  if (isShort && !isExplained) return 'differs';
  if (bundle.batchId === null) return bundle.keyed === 0 ? 'toEnter' : 'entering';
  if (!isExplained && (bundle.entered !== bundle.receivedCount || differsFromClaim(bundle))) return 'differs';
  if (bundle.committed + bundle.settled + bundle.returned < bundle.entered) return 'inReview';
  return bundle.returned > 0 && !isExplained ? 'returned' : 'done';
}

/** Whether the claim counts other doses or interviews than stand in intake; without a claim nothing differs. */
export function differsFromClaim(bundle: CountedBundle): boolean {
  const { claimedDoses, claimedScreenings, enteredDoses, enteredScreenings } = bundle;
  const differs = (claimed: number | null, entered: number | null): boolean =>
    claimed !== null && entered !== null && claimed !== entered;
  return differs(claimedDoses, enteredDoses) || differs(claimedScreenings, enteredScreenings);
}
