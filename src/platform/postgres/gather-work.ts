import type { LgCode } from '#kernel';
import type { Database, Tx } from './types.ts';
import { withMunicipality } from './with-municipality.ts';

/** What became of one piece of work among others. */
export type Settled<A> =
  | { readonly kind: 'done'; readonly answer: A }
  /** It was refused and has written nothing; its neighbours go on. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** It must see what a neighbour writes: it goes again, in a transaction of its own. */
  | { readonly kind: 'alone' };

/** Does work whose answer holds for ever: told only after the commit. */
type Worker<W, A> = (lgCode: LgCode, work: W) => Promise<A>;

interface Waiting<W, A> {
  readonly work: W;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

interface Line<W, A> {
  readonly waiting: Waiting<W, A>[];
  lanes: number;
}

/** The most pieces of work of one transaction: what they lock is free again within some hundredths of a second. */
const togetherMax = 32;
/** Transactions of one municipality at a time: while one is written, the other's requests are read. */
const lanesMax = 2;

/**
 * Does in one transaction what many requests ask at the same moment, each acknowledged after the commit: one flush of the
 * disk and one way to the database serve them all. Who comes alone goes at once. `doTogether` locks in one order and
 * settles each by itself; where the transaction fails, each goes again in one of its own, so that nobody bears another's
 * fault. Work must be safe to do again: a commit whose answer was lost may have happened.
 */
export function gatherWork<W, A>(
  db: Database,
  doTogether: (tx: Tx, all: readonly W[]) => Promise<readonly Settled<A>[]>,
): Worker<W, A> {
  const lines = new Map<LgCode, Line<W, A>>();
  const runLane = async (lgCode: LgCode, line: Line<W, A>): Promise<void> => {
    line.lanes += 1;
    while (line.waiting.length > 0) await settle(db, lgCode, line.waiting.splice(0, togetherMax), doTogether);
    line.lanes -= 1;
    if (line.lanes === 0) lines.delete(lgCode);
  };
  return (lgCode, work) =>
    new Promise((resolve, reject) => {
      const line = lines.get(lgCode) ?? { waiting: [], lanes: 0 };
      lines.set(lgCode, line);
      line.waiting.push({ work, resolve, reject });
      if (line.lanes < lanesMax) void runLane(lgCode, line);
    });
}

/** Answers everybody, come what may: never rejects. */
async function settle<W, A>(
  db: Database,
  lgCode: LgCode,
  together: readonly Waiting<W, A>[],
  doTogether: (tx: Tx, all: readonly W[]) => Promise<readonly Settled<A>[]>,
): Promise<void> {
  const isAlone = together.length === 1;
  let hasBegun = false;
  let settled: readonly Settled<A>[];
  try {
    settled = await withMunicipality(db, lgCode, (tx) => {
      hasBegun = true;
      return doTogether(
        tx,
        together.map(({ work }) => work),
      );
    });
  } catch (error) {
    // Where no connection was had nobody's work is at fault, and nobody would have one sooner alone.
    settled = together.map(() => (isAlone || !hasBegun ? { kind: 'failed', error } : { kind: 'alone' }));
  }
  const again = together.filter((each, i) => {
    const what = settled[i] ?? { kind: 'failed', error: new Error('a piece of work was not settled') };
    if (what.kind === 'done') each.resolve(what.answer);
    else if (what.kind === 'failed') each.reject(what.error);
    else if (isAlone) each.reject(new Error('work that is alone waits for nobody'));
    return what.kind === 'alone' && !isAlone;
  });
  await Promise.all(again.map((each) => settle(db, lgCode, [each], doTogether)));
}
