import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  addFeedRunRows,
  beginFeedRun,
  digestFeed,
  type FeedRow,
  type FeedRunStart,
  type FeedSource,
  failFeedRun,
  findFeedRun,
  findOpenFeedRun,
  finishFeedRun,
  type ImportResult,
  isDeadlock,
  keepFeedRunProgress,
  type Layout,
  loadLayout,
  nameFields,
  readAhead,
  readFeed,
} from '#common-base/linkage';
import { Conflict, type Day, type PersonId, UnreadableInput } from '#kernel';
import { loadVaccineMap } from '#ledger/products';
import { type Tx, withMunicipality } from '#platform/postgres';
import { announceAct, appendUnderAct } from './append-entries.ts';
import { readCouponsOfFile, type SharedCoupons } from './coupons-of-file.ts';
import { decideHistoryRows } from './decide-history-rows.ts';
import type { CouponHolders } from './history-coupons.ts';

/** The figures of an import of a legacy ledger: every row read was entered, or known before, or refused. */
export interface HistoryResult extends ImportResult {
  /** Rows that became entries; null for an import of before this was counted. */
  readonly entered: number | null;
  /** Rows whose record the ledger held already; null likewise. */
  readonly alreadyInLedger: number | null;
}

/** How a legacy ledger is taken in. */
export interface HistoryOptions {
  readonly layoutName?: string;
  readonly asOf: Day;
  /** So many rows are one part: one transaction, and what is done again at most when the machine stops. */
  readonly rowsPerPart?: number;
  /** Whose the 券番号 are that this office printed; where it is left out, none was. */
  readonly couponHolders?: CouponHolders;
}

const rowsPerChunkMax = 4000;
const rowsPerPartUsual = 200_000;
const mostAttempts = 3;

/**
 * Takes in a legacy ledger (移行): every row that can be read and can have happened becomes an entry, once. A record that
 * the ledger already holds is noted and not written again; every row that is not taken is listed with its reason, and so
 * is one whose 券番号 leaves it open whose the dose is: such a row comes in as a batch, where a person answers. What
 * makes the whole file unreadable is found before anything is written. A file longer than one part enters part by part;
 * stopped or killed, the same file goes on after the last part that stands.
 */
export async function importHistory(
  context: ActionContext,
  source: FeedSource,
  options: HistoryOptions,
): Promise<HistoryResult> {
  requirePermission(context.actor, 'history.import');
  const { actor, db } = context;
  const startedAt = performance.now();
  const { digest, bytes } = await digestFeed(source);
  const layoutName = options.layoutName ?? 'history';
  const start: FeedRunStart = { kind: 'history', layoutName, fileName: source.name, digest, bytes };
  try {
    const layout = await withMunicipality(db, actor.lgCode, (tx) => loadLayout(tx, layoutName));
    const { rows: total, shared } = await readCouponsOfFile(source, layout);
    return await takeInAgain({ context, source, start, layout, total, shared, startedAt, options });
  } catch (error) {
    if (error instanceof UnreadableInput) await failFeedRun(db, actor.lgCode, actor, start, error.message);
    throw error;
  }
}

interface HistoryReading {
  readonly context: ActionContext;
  readonly source: FeedSource;
  readonly start: FeedRunStart;
  readonly layout: Layout;
  readonly total: number;
  readonly shared: SharedCoupons;
  readonly startedAt: number;
  readonly options: HistoryOptions;
}

/** Met crosswise with another writer (deadlock), a part was rolled back whole and begins again, a few times in a row. */
async function takeInAgain(reading: HistoryReading): Promise<HistoryResult> {
  let stood = -1;
  for (let attempt = 1; ; attempt += 1) {
    const place = await findPlace(reading);
    if (place.figures.rows > stood) attempt = 1;
    stood = place.figures.rows;
    try {
      return await takeInParts(reading, place);
    } catch (error) {
      if (attempt >= mostAttempts || !isDeadlock(error)) throw error;
      reading.context.log?.warn({ rows: stood, attempt }, 'the import met another writer crosswise and begins again');
    }
  }
}

/** How far an import is: its run, null before the first part, and the figures of the parts that stand. */
interface HistoryPlace {
  readonly runId: number | null;
  readonly figures: HistoryFigures;
}

const nothingYet = { rows: 0, entered: 0, alreadyInLedger: 0, refused: 0, unmappedCharacters: 0, milliseconds: 0 };
type HistoryFigures = Readonly<typeof nothingYet>;

function findPlace({ context, start }: HistoryReading): Promise<HistoryPlace> {
  return withMunicipality(context.db, context.actor.lgCode, async (tx) => {
    const open = await findOpenFeedRun(tx, start);
    return { runId: open?.runId ?? null, figures: { ...nothingYet, ...open?.progress } };
  });
}

/** Takes in the parts that do not stand yet, each in a transaction of its own. */
async function takeInParts(reading: HistoryReading, from: HistoryPlace): Promise<HistoryResult> {
  const { context, source, layout } = reading;
  const { lgCode } = context.actor;
  const rowsPerChunk = Math.min(rowsPerChunkMax, reading.options.rowsPerPart ?? rowsPerPartUsual);
  const ready = readAhead(readFeed(source, layout, { lgCode, rowsPerChunk }), 2);
  const chunks = chunksAfter(from.figures.rows, ready, rowsPerChunk);
  try {
    let place = from;
    for (;;) {
      const part = await withMunicipality(context.db, lgCode, (tx) => takeInPart(tx, reading, place, chunks));
      if (part.result !== null) return part.result;
      place = part.place;
    }
  } finally {
    await chunks.return(undefined);
  }
}

/** The rows of the file behind those that stand, in chunks of no more than so many: a piece of the file may hold more. */
async function* chunksAfter(
  rows: number,
  ready: AsyncGenerator<readonly (readonly FeedRow[])[]>,
  rowsPerChunk: number,
): AsyncGenerator<readonly FeedRow[], undefined> {
  for await (const pieces of ready) {
    for (const piece of pieces) {
      const rest = piece.filter((row) => row.ordinal > rows);
      for (let i = 0; i < rest.length; i += rowsPerChunk) yield rest.slice(i, i + rowsPerChunk);
    }
  }
  return undefined;
}

type TakenPart =
  | { readonly result: HistoryResult; readonly place: null }
  | { readonly result: null; readonly place: HistoryPlace };

async function takeInPart(
  tx: Tx,
  reading: HistoryReading,
  place: HistoryPlace,
  chunks: AsyncGenerator<readonly FeedRow[], undefined>,
): Promise<TakenPart> {
  const { context, options, total } = reading;
  const { actor } = context;
  const startedAt = place.runId === null ? reading.startedAt : performance.now();
  const run = await openRun(tx, reading, place);
  if (run.repeated !== null) return { result: run.repeated, place: null };
  const { runId } = run;
  const actId = await recordAct(tx, actor, { act: 'vaccinations.imported', details: { run: runId } });
  const known = {
    ...{ tx, asOf: options.asOf, runId, vaccines: await loadVaccineMap(tx), sharedCoupons: reading.shared },
    couponHolders: options.couponHolders ?? nobodysCoupons,
  };
  const act = { actId, raised: new Set<PersonId>() };
  const figures = { ...place.figures };
  const end = Math.min(total, figures.rows + (options.rowsPerPart ?? rowsPerPartUsual));
  while (figures.rows < end) {
    const { value: rows } = await chunks.next();
    if (rows === undefined) throw new Error('the file changed while it was read');
    const { entries, listed, alreadyInLedger } = await decideHistoryRows(known, rows);
    const entered = await appendUnderAct(tx, actor, act, entries);
    await addFeedRunRows(
      tx,
      runId,
      listed.map((row) => ({ ...row, findings: nameFields(row.findings, reading.layout) })),
    );
    figures.rows += rows.length;
    figures.entered += entered;
    figures.alreadyInLedger += alreadyInLedger;
    figures.refused += listed.filter((row) => row.answer === 'refused').length;
    figures.unmappedCharacters += rows.reduce((sum, row) => sum + row.unmappedCharacters, 0);
    context.onProgress?.(figures.rows, total);
  }
  refuseUnbalanced(figures);
  await announceAct(tx, actor, actId);
  figures.milliseconds += Math.round(performance.now() - startedAt);
  await keepFeedRunProgress(tx, runId, figures);
  if (figures.rows < total) return { result: null, place: { runId, figures } };
  const result = resultOf(figures);
  await finishFeedRun(tx, runId, result);
  return { result, place: null };
}

/** An office that printed no 接種券. */
const nobodysCoupons: CouponHolders = () => Promise.resolve(new Map());

/** The run of the first part begins it; a later part goes on where the one before ended, unless somebody else does. */
async function openRun(
  tx: Tx,
  { context, start }: HistoryReading,
  place: HistoryPlace,
): Promise<{ readonly runId: number; readonly repeated: HistoryResult | null }> {
  const begun = place.runId === null ? await beginFeedRun(tx, context.actor, start) : null;
  if (begun?.isRepeated === true) {
    const first = await findFeedRun(tx, begun.runId);
    const { entered = null, alreadyInLedger = null } = first?.progress ?? {};
    return { runId: begun.runId, repeated: { ...begun.result, entered, alreadyInLedger } };
  }
  const open = await findOpenFeedRun(tx, start);
  if (open?.runId !== (place.runId ?? undefined) || (open?.progress['rows'] ?? 0) !== place.figures.rows) {
    throw new Conflict(
      '同じファイルの取込が、別のところで進んでいます。「他課からの取込」で進み具合を確かめてください。',
    );
  }
  const runId = begun?.runId ?? place.runId;
  if (runId === null) throw new Error('an import without a run');
  return { runId, repeated: null };
}

/** Every row read is in the ledger now, was there before, or is listed with its reason. */
function refuseUnbalanced({ rows, entered, alreadyInLedger, refused }: HistoryFigures): void {
  if (rows === entered + alreadyInLedger + refused) return;
  throw new Error(`${rows} rows read are not ${entered} entered, ${alreadyInLedger} known and ${refused} refused`);
}

function resultOf({ milliseconds, ...figures }: HistoryFigures): HistoryResult {
  return { ...figures, accepted: figures.rows - figures.refused, questioned: 0, seconds: milliseconds / 1000 };
}
