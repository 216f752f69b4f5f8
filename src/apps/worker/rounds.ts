import type { LgCode } from '#kernel';
import type { Job, RepeatedTask } from '#platform/jobs';

/** A municipality that has something to speak with another system, or may hear something from it. */
export interface RoundWork {
  readonly lgCode: LgCode;
  /** Something waits here to go out: nothing is gained by patience. */
  readonly isWaiting: boolean;
}

/** Rounds with another system, for all municipalities of an installation. */
export interface Rounds<Work extends RoundWork> {
  readonly name: string;
  /** With whom there is something to speak: one question for the whole installation, whatever the number. */
  readonly list: (context: Pick<Job, 'db'>) => Promise<readonly Work[]>;
  /** One round; answers whether anything went out or came in. What it throws is logged, and the next try waits longer. */
  readonly run: (context: Pick<Job, 'db' | 'signal' | 'log'>, work: Work) => Promise<boolean>;
  /** How many turns of five seconds, at most, what waits on the other side is not asked for. */
  readonly restMax: number;
}

const everyMs = 5000;
/** So many at once: one that answers slowly holds nobody back, and the database keeps its hands for people. */
const atOnce = 6;

interface Patience {
  /** Turns to sit out after the last round, and how many of them are left. */
  readonly rest: number;
  readonly left: number;
  readonly hasFailed: boolean;
}

/** The turns to sit out after a round: none where something happened, else twice those before. Pure. */
export function nextRest(rest: number, hasHappened: boolean, restMax: number): number {
  return hasHappened ? 0 : Math.min(Math.max(rest * 2, 1), restMax);
}

/**
 * Goes round all municipalities every five seconds, some at once. Whoever has nothing to say and heard nothing is asked
 * less and less often; one that fails waits like a quiet one, and holds no other back.
 */
export function createRounds<Work extends RoundWork>(rounds: Rounds<Work>): RepeatedTask {
  const patience = new Map<LgCode, Patience>();
  /** Counts a turn; answers whether it is the municipality's. What waits here goes at once, unless the last try failed. */
  const isDue = ({ lgCode, isWaiting }: Work): boolean => {
    const known = patience.get(lgCode);
    if (known === undefined || known.left === 0 || (isWaiting && !known.hasFailed)) return true;
    patience.set(lgCode, { ...known, left: known.left - 1 });
    return false;
  };
  return {
    name: rounds.name,
    everyMs,
    async run({ db, log, signal }) {
      const due = (await rounds.list({ db })).filter(isDue);
      const next = due.values();
      const work = async (): Promise<void> => {
        for (const each of next) {
          if (signal.aborted) return;
          const { lgCode } = each;
          let hasFailed = false;
          const hasHappened = await rounds.run({ db, log, signal }, each).catch((error: unknown) => {
            log.warn({ err: error, lgCode }, 'a round with another system failed; trying again');
            hasFailed = true;
            return false;
          });
          const rest = nextRest(patience.get(lgCode)?.rest ?? 0, hasHappened, rounds.restMax);
          patience.set(lgCode, { rest, left: rest, hasFailed });
        }
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, due.length) }, work));
    },
  };
}
