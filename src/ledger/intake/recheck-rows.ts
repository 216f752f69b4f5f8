import { loadLayout } from '#common-base/linkage';
import { type BatchId, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { checkRows, loadPageKnowledge, type PageKnowledge } from './check-rows.ts';
import { type IntakeKnowledge, loadIntakeKnowledge } from './intake-knowledge.ts';
import {
  applyRecheck,
  type BatchHead,
  type GroupedRow,
  type HeldRow,
  noteRulesOfCheck,
  openArrivals,
  openRows,
  recountBatch,
  stageJudgements,
} from './store.ts';
import type { ArrivedRow, CheckedRow } from './types.ts';

/** Which rows are looked at again: the whole batch, or those of some people and some rows. */
export type RecheckScope = { readonly personIds: readonly PersonId[]; readonly ordinals: readonly number[] } | null;

/**
 * Checks rows of a batch again with the world as it is now; where something changed, an answer given before is
 * taken back. Answers how many rows changed. The caller holds the lock on the batch.
 */
export async function recheckRows(tx: Tx, batch: BatchHead, rules: RuleSet, scope: RecheckScope): Promise<number> {
  const layout = await loadLayout(tx, batch.layoutName);
  const knowledge = await loadIntakeKnowledge(tx, rules, parseIsoDay(batch.asOf), layout);
  await checkAll(tx, batch.batchId, knowledge, openRows(tx, batch.batchId, scope));
  const changed = await applyRecheck(tx, batch.batchId);
  await recountBatch(tx, batch.batchId);
  if (scope === null) await noteRulesOfCheck(tx, batch.batchId, rules.version);
  return changed;
}

/** Checks the rows of a new batch: those held in memory, else the staged ones. */
export async function checkArrivals(
  tx: Tx,
  batchId: BatchId,
  knowledge: IntakeKnowledge,
  held: readonly HeldRow[] | null,
  onChecked: (rows: readonly CheckedRow[]) => Promise<void>,
): Promise<void> {
  await checkAll(tx, batchId, knowledge, held === null ? openArrivals(tx, batchId) : pagesOf(held), onChecked);
}

const rowsPerPage = 1000;

/** Those of one person together, in the order of the file. */
function* pagesOf(held: readonly HeldRow[]): Generator<GroupedRow[]> {
  const ordered = held.toSorted((a, b) => compareTexts(a.groupKey ?? '', b.groupKey ?? '') || a.ordinal - b.ordinal);
  for (let from = 0; from < ordered.length; from += rowsPerPage) {
    yield ordered.slice(from, from + rowsPerPage).map(({ groupKey, fieldsText, ...row }) => ({
      groupKey,
      row: { ...row, fields: JSON.parse(fieldsText) as ArrivedRow['fields'], chosenPersonId: null },
    }));
  }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** So many rows of one person or number are judged together at most; a file with more is no clinic's month. */
const rowsPerPersonMax = 500;

interface LoadedPage {
  readonly rows: readonly ArrivedRow[];
  readonly known: PageKnowledge;
}

/**
 * Checks page after page: while one is judged here, the database writes the one before and looks up the next. It
 * gets its work one piece after the other.
 */
async function checkAll(
  tx: Tx,
  batchId: BatchId,
  knowledge: IntakeKnowledge,
  pages: AsyncIterable<GroupedRow[]> | Iterable<GroupedRow[]>,
  onChecked: (rows: readonly CheckedRow[]) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const inTurn = oneAfterTheOther();
  const people = wholePeople(pages);
  const loadNext = (): Promise<LoadedPage | null> =>
    inTurn(async () => {
      const page = await people.next();
      if (page.done === true) return null;
      return { rows: page.value, known: await loadPageKnowledge(tx, batchId, page.value) };
    });
  let next = loadNext();
  let writing = Promise.resolve();
  for (let page = await next; page !== null; page = await next) {
    next = loadNext();
    const checked = await checkRows(page.rows, page.known, knowledge);
    // At most one page waits to be written, so that memory stays flat.
    await writing;
    writing = inTurn(async () => {
      await stageJudgements(tx, batchId, checked);
      await onChecked(checked);
    });
  }
  await writing;
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

/** Pages cut so that the rows of one person are never in two of them. */
async function* wholePeople(
  pages: AsyncIterable<GroupedRow[]> | Iterable<GroupedRow[]>,
): AsyncGenerator<readonly ArrivedRow[]> {
  let held: GroupedRow[] = [];
  for await (const page of pages) {
    held.push(...page);
    // The last person of a page may go on in the next one.
    const lastKey = held.at(-1)?.groupKey ?? null;
    let cut = held.length;
    while (lastKey !== null && cut > 0 && held[cut - 1]?.groupKey === lastKey) cut -= 1;
    if (held.length - cut > rowsPerPersonMax) cut = held.length;
    if (cut > 0) yield held.slice(0, cut).map(({ row }) => row);
    held = held.slice(cut);
  }
  if (held.length > 0) yield held.map(({ row }) => row);
}
