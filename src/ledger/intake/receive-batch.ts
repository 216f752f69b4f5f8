import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { digestFeed, type FeedSource, type ImportResult, loadLayout, readFeed } from '#common-base/linkage';
import type { BatchId, Day } from '#kernel';
import { storeFile } from '#platform/files';
import { type RunHandle, withRun } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadIntakeKnowledge } from './intake-knowledge.ts';
import { checkArrivals } from './recheck-rows.ts';
import {
  clearStaging,
  findBatchOfFile,
  type HeldRow,
  insertBatch,
  insertCheckedRows,
  keepReceipt,
  lockFile,
  recountBatch,
  stageArrivals,
} from './store.ts';

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
  /** A month of so many rows is checked from memory; a longer file is read back from its staging table. */
  readonly rowsHeldMax?: number;
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
  const receive = (handle: RunHandle): Promise<IntakeResult> =>
    withMunicipality(db, actor.lgCode, async (tx) => {
      await lockFile(tx, digest);
      return (
        (await findRepeated(tx, digest)) ?? receiveInto(tx, context, source, { ...options, digest, startedAt, handle })
      );
    });
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

const rowsHeldMaxUsual = 60_000;
const rowsPerReport = 5000;

interface Reception extends ReceiveOptions {
  readonly digest: string;
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
  const { digest, startedAt, handle } = options;
  const { layoutName = 'clinic-records', rowsHeldMax = rowsHeldMaxUsual } = options;
  const layout = await loadLayout(tx, layoutName);
  const knowledge = await loadIntakeKnowledge(tx, options.rules, options.asOf, layout);
  const file = await storeFile(tx, { name: source.name, mediaType: 'text/csv' }, source.open());
  if (file.digest !== digest) throw new Error('the file changed while it was read');
  const batchId = await insertBatch(tx, {
    fileId: file.fileId,
    digest,
    fileName: source.name,
    layoutName,
    sender: options.sender ?? null,
    asOf: options.asOf,
    rulesVersion: options.rules.version,
    staffId: actor.staffId,
    staffName: actor.staffName,
  });
  const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
  let held: HeldRow[] | null = [];
  for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode, rowsPerChunk: 4000 })) {
    const arrived = await stageArrivals(tx, batchId, rows);
    if (held !== null) held = held.length + arrived.length > rowsHeldMax ? null : held.concat(arrived);
    figures.rows += rows.length;
    figures.unmappedCharacters += rows.reduce((sum, row) => sum + row.unmappedCharacters, 0);
    await handle.report({ message: `${figures.rows} 行を読みました` });
  }
  let checked = 0;
  let reported = 0;
  await checkArrivals(tx, batchId, knowledge, held, async (rows) => {
    const ordinals = rows.map(({ ordinal }) => ordinal);
    await insertCheckedRows(tx, batchId, ordinals);
    for (const row of rows) figures[row.answer] += 1;
    checked += rows.length;
    context.onProgress?.(checked, figures.rows);
    if (checked < reported + rowsPerReport && checked < figures.rows) return;
    reported = checked;
    await handle.report({ done: checked, total: figures.rows });
  });
  await clearStaging(tx, batchId);
  await recountBatch(tx, batchId);
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  const receipt = { ...figures, seconds };
  await keepReceipt(tx, batchId, receipt);
  const details = { batch: batchId, rules: options.rules.version, ...figures };
  const actId = await recordAct(tx, actor, { act: 'intake.received', details });
  await recordPersonsTouched(
    tx,
    actId,
    'SELECT person_id FROM intake_rows WHERE lg_code = $1 AND batch_id = $2 AND person_id IS NOT NULL',
    [tx.lgCode, batchId],
  );
  return { ...receipt, batchId, committed: 0 };
}
