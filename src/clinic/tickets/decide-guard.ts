/** How many wrong guesses stop whom for how long; times in minutes. */
interface GuardLimit {
  readonly failuresMax: number;
  readonly windowMinutes: number;
  readonly lockMinutes: number;
}

/** What is counted: the person who types, the institution, the form whose birth date is guessed. */
export type GuardKind = 'staff' | 'institution' | 'form';

/**
 * A typing mistake must not stop a reception; a machine that tries birth dates must get nowhere: a known number with its
 * some 25,000 likely birth dates would take more than half a year.
 */
const guardLimits: Readonly<Record<GuardKind, GuardLimit>> = {
  staff: { failuresMax: 10, windowMinutes: 15, lockMinutes: 15 },
  institution: { failuresMax: 50, windowMinutes: 15, lockMinutes: 15 },
  form: { failuresMax: 5, windowMinutes: 60, lockMinutes: 60 },
};

/** The count of one subject; null where nothing was counted yet. */
export interface GuardState {
  readonly failures: number;
  readonly firstFailedAt: Date;
  readonly lockedUntil: Date | null;
}

/** Whether a subject is stopped at an instant. */
export function isStopped(state: GuardState | undefined, at: Date): boolean {
  return state?.lockedUntil !== null && state?.lockedUntil !== undefined && at < state.lockedUntil;
}

/** The count after one more wrong guess; the window begins anew when it is over, and after a stop. */
export function deriveGuardAfterFailure(state: GuardState | undefined, kind: GuardKind, at: Date): GuardState {
  const limit = guardLimits[kind];
  const isOver =
    state === undefined ||
    state.lockedUntil !== null ||
    at.getTime() - state.firstFailedAt.getTime() > limit.windowMinutes * 60_000;
  const failures = isOver ? 1 : state.failures + 1;
  const firstFailedAt = isOver ? at : state.firstFailedAt;
  const isFull = failures >= limit.failuresMax;
  return { failures, firstFailedAt, lockedUntil: isFull ? new Date(at.getTime() + limit.lockMinutes * 60_000) : null };
}
