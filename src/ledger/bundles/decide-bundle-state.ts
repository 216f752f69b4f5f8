import type { Day } from '#kernel';
import type { CountedBundle } from './types.ts';

/** Where a bundle stands, the first that holds. */
export type BundleState = 'late' | 'expected' | 'differs' | 'toEnter' | 'entering' | 'inReview' | 'done';

/**
 * What a bundle waits for: paper that is late or not yet due, a difference between announced and counted or between
 * counted and entered or claimed and entered, the keyboard, the review in intake; `done` once every form counted is in the ledger.
 */
export function decideBundleState(bundle: CountedBundle, today: Day): BundleState {
  if (bundle.receivedCount === null) return bundle.dueOn !== null && bundle.dueOn < today ? 'late' : 'expected';
  if (bundle.expectedCount !== null && bundle.expectedCount !== bundle.receivedCount) return 'differs';
  if (bundle.batchId === null) return bundle.keyed === 0 ? 'toEnter' : 'entering';
  if (bundle.entered !== bundle.receivedCount || differsFromClaim(bundle)) return 'differs';
  return bundle.committed < bundle.entered ? 'inReview' : 'done';
}

/** Whether the claim counts other doses or interviews than stand in intake; without a claim nothing differs. */
export function differsFromClaim(bundle: CountedBundle): boolean {
  const { claimedDoses, claimedScreenings, enteredDoses, enteredScreenings } = bundle;
  const differs = (claimed: number | null, entered: number | null): boolean =>
    claimed !== null && entered !== null && claimed !== entered;
  return differs(claimedDoses, enteredDoses) || differs(claimedScreenings, enteredScreenings);
}
