import { listAllLinkedRecords } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  digestFeed,
  type FeedRow,
  type FeedSource,
  type ImportResult,
  type LayoutInUse,
  loadLayoutInUse,
  readAhead,
  readFeed,
} from '#common-base/linkage';
import type { BatchId, Day } from '#kernel';
import { storeFile } from '#platform/files';
import { type RunHandle, withRun } from '#platform/jobs';
import { type Tx, withMunicipality, withSecondLook } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { arrivedRow } from './arrived-row.ts';
import { checkPages } from './check-pages.ts';
import { ownNumberFields } from './decide-shared-numbers.ts';
import { countRows, gatherPeople, type PrincipalNumbers } from './gather-people.ts';
import { loadIntakeKnowledge } from './intake-knowledge.ts';
import { usualLayoutName } from './list-record-layouts.ts';
import { NewRows } from './new-rows.ts';
import { setFigures } from './row-counts-store.ts';
import { findBatchOfFile, insertBatch, keepReceipt, lockFile } from './store.ts';
import type { ArrivedRow } from './types.ts';

/** The figures of a batch taken in; the same file again answers the first time's figures. */
export interface IntakeResult extends ImportResult {
  readonly batchId: BatchId;
  readonly committed: number;
}

/** How a file of clinic records is taken in. */
export interface ReceiveOptions {
  readonly rules: RuleSet;
  readonly asOf: Day;
  readonly layoutName?: string;
  readonly sender?: string;
  /** The run that shows this work already; the reception begins one of its own where none is given. */
  readonly run?: RunHandle;
  /** At most so many rows wait in memory for the other rows of their person. */
  readonly rowsWaitingMax?: number;
}

/**
 * Takes in a file of clinic records: keeps its bytes, reads it by its layout, checks and matches every row together
 * with the ledger. Nothing enters the ledger. One transaction: the whole batch or nothing.
 */
export async function receiveBatch(
  context: ActionContext,
  source: FeedSource,
  options: ReceiveOptions,
): Promise<IntakeResult> {
  requirePermission(context.actor, 'intake.receive');
  const { actor, db } = context;
  const startedAt = performance.now();
  const { digest } = await digestFeed(source);
  const known = await withMunicipality(db, actor.lgCode, (tx) => findRepeated(tx, digest));
  if (known !== undefined) return known;
  const run = { kind: 'intake.receive', label: '予診票データの受付', startedBy: actor.staffId };
  const { layoutName = usualLayoutName } = options;
  const receive = async (handle: RunHandle): Promise<IntakeResult> => {
    const inUse = await withMunicipality(db, actor.lgCode, (tx) => loadLayoutInUse(tx, layoutName));
    return withMunicipality(db, actor.lgCode, async (tx) => {
      await lockFile(tx, digest);
      const repeated = await findRepeated(tx, digest);
      if (repeated !== undefined) return repeated;
      const reception = { ...options, layoutName, inUse, digest, startedAt, handle };
      return receiveInto(tx, context, source, reception);
    });
  };
  if (options.run !== undefined) return receive(options.run);
  return withRun(db, actor.lgCode, run, async (handle) => {
    const value = await receive(handle);
    return { value, result: { batch: value.batchId, rows: value.rows } };
  });
}

async function findRepeated(tx: Tx, digest: string): Promise<IntakeResult | undefined> {
  const known = await findBatchOfFile(tx, digest);
  if (known === undefined) return undefined;
  return { ...known.receipt, batchId: known.batchId, committed: known.committed, repeated: true };
}

/** About 90 MB of packed rows: the month of a city of a million waits whole, a million rows are read five times. */
const rowsWaitingMaxUsual = 200_000;
/** Rows of a page: small, so that little is left to do alone at the beginning and the end of a file. */
const rowsPerChunk = 1000;
const rowsPerReport = 5000;

interface Reception extends ReceiveOptions {
  readonly digest: string;
  readonly layoutName: string;
  readonly inUse: LayoutInUse;
  readonly startedAt: number;
  readonly handle: RunHandle;
}

async function receiveInto(
  tx: Tx,
  context: ActionContext,
  source: FeedSource,
  options: Reception,
): Promise<IntakeResult> {
  const { actor } = context;
  const { digest, startedAt, handle, layoutName, rowsWaitingMax = rowsWaitingMaxUsual } = options;
  const { layout } = options.inUse;
  const principals = await loadPrincipalNumbers(tx);
  // The file is counted here while the database keeps its bytes and gives what rows are held against.
  const onlyKeys = ['addresseeNumber', ...ownNumberFields];
  const counting = countRows(readFeed(source, layout, { rowsPerChunk, onlyKeys }), principals);
  counting.catch(() => undefined);
  const knowledge = await loadIntakeKnowledge(tx, options.rules, options.asOf, layout);
  const file = await storeFile(tx, { name: source.name, mediaType: 'text/csv' }, source.open());
  if (file.digest !== digest) throw new Error('the file changed while it was read');
  const batchId = await insertBatch(tx, {
    fileId: file.fileId,
    digest,
    fileName: source.name,
    layoutName,
    layoutDigest: options.inUse.digest,
    sender: options.sender ?? null,
    asOf: options.asOf,
    rulesVersion: options.rules.version,
    staffId: actor.staffId,
    staffName: actor.staffName,
  });
  const about = { batch: batchId, rules: options.rules.version };
  const actId = await recordAct(tx, actor, { act: 'intake.received', details: about });
  const counts = await counting;
  await handle.report({ done: 0, total: counts.rows, message: `${counts.rows} 行を読みました` });
  const readAgain = (): AsyncIterable<readonly FeedRow[]> =>
    readFeed(source, layout, { lgCode: tx.lgCode, rowsPerChunk });
  const pages = arrivedPages(gatherPeople(readAgain, counts, { rowsWaitingMax }));
  const newRows = new NewRows(tx, batchId, actId);
  const report = progressOf(context, handle, counts.rows);
  await withSecondLook(context.db, tx, (reader) =>
    checkPages({ tx, reader, batchId, shared: counts.shared }, knowledge, pages, async (rows) => {
      const write = await newRows.prepare(rows);
      return async () => {
        await write();
        await report(rows.length);
      };
    }),
  );
  await newRows.finish();
  await setFigures(tx, batchId);
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  const figures = { rows: counts.rows, ...newRows.figures };
  const receipt = { ...figures, seconds };
  await keepReceipt(tx, batchId, receipt);
  await recordAct(tx, actor, { act: 'intake.checked', details: { ...about, ...figures } });
  return { ...receipt, batchId, committed: 0 };
}

async function loadPrincipalNumbers(tx: Tx): Promise<PrincipalNumbers> {
  const records = await listAllLinkedRecords(tx);
  const numbers = new Map(records.map(({ personId, addresseeNumber }) => [personId, addresseeNumber]));
  return new Map(
    records.map(({ addresseeNumber, principalId }) => [addresseeNumber, numbers.get(principalId) ?? addresseeNumber]),
  );
}

/** Tells whoever waits how far the check is, and the screen of runs every some thousand rows. */
function progressOf(context: ActionContext, handle: RunHandle, total: number): (rows: number) => Promise<void> {
  let checked = 0;
  let reported = 0;
  return async (rows) => {
    checked += rows;
    context.onProgress?.(checked, total);
    if (checked < reported + rowsPerReport && checked < total) return;
    reported = checked;
    await handle.report({ done: checked, total });
  };
}

/** The next page is read while the one before is worked on. */
async function* arrivedPages(pages: AsyncGenerator<readonly FeedRow[]>): AsyncGenerator<ArrivedRow[]> {
  for await (const some of readAhead(pages, 1)) {
    for (const rows of some) yield rows.map(arrivedRow);
  }
}
