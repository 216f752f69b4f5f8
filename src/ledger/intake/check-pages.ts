import type { BatchId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { checkRows, loadPageKnowledge, type PageKnowledge } from './check-rows.ts';
import type { SharedNumbers } from './decide-shared-numbers.ts';
import type { IntakeKnowledge } from './intake-knowledge.ts';
import type { ArrivedRow, CheckedRow } from './types.ts';

/** The batch that is checked: who writes it, who looks up (maybe the same), which numbers stand in several of its rows. */
export interface CheckedBatch {
  readonly tx: Tx;
  readonly reader: Tx;
  readonly batchId: BatchId;
  readonly shared: SharedNumbers;
}

interface LoadedPage {
  readonly rows: readonly ArrivedRow[];
  readonly known: PageKnowledge;
}

/** So many pages are looked up ahead, so that neither the judging here nor the database waits for the other. */
const pagesAhead = 2;

/** So many judged pages wait to be written or are: some take the database twice as long as others. */
const pagesBehind = 3;

/**
 * Checks pages of rows, each of which holds whole people: while one is judged here, the database writes the one before
 * and looks up the next ones through `reader`, which may be the transaction that writes. `prepare` makes of a checked
 * page what is written of it, and answers what writes it.
 */
export async function checkPages(
  { tx, reader, batchId, shared }: CheckedBatch,
  knowledge: IntakeKnowledge,
  pages: AsyncGenerator<readonly ArrivedRow[]>,
  prepare: (rows: readonly CheckedRow[]) => Promise<() => Promise<void>>,
): Promise<void> {
  const inTurn = oneAfterTheOther();
  const lookInTurn = reader === tx ? inTurn : oneAfterTheOther();
  const loadNext = (): Promise<LoadedPage | null> =>
    lookInTurn(async () => {
      const page = await pages.next();
      if (page.done === true) return null;
      return { rows: page.value, known: await loadPageKnowledge(reader, batchId, page.value, shared) };
    });
  const ahead = Array.from({ length: pagesAhead }, loadNext);
  const behind: Promise<void>[] = [];
  try {
    for (;;) {
      const page = (await ahead.shift()) ?? null;
      if (page === null) break;
      const checked = await checkRows(page.rows, page.known, knowledge);
      const write = await prepare(checked);
      // Memory stays flat: who is too far ahead waits.
      if (behind.length >= pagesBehind) await behind.shift();
      behind.push(inTurn(write));
      ahead.push(loadNext());
    }
    await Promise.all(behind);
  } finally {
    // Also after a failure nothing may be asked of a connection that is given back.
    await Promise.allSettled([...ahead, ...behind]);
  }
}

/** Runs pieces of work in the order in which they are given, each after the one before; the first failure ends all. */
function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const piece = last.then(work);
    // Whoever gave the work awaits it later; until then its failure must not end the process.
    piece.catch(() => undefined);
    last = piece;
    return piece;
  };
}
