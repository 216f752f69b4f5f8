import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import {
  addFeedRunRows,
  type FeedRow,
  type FeedRunRow,
  type FeedSource,
  type ImportResult,
  type ItemCatalogue,
  type Layout,
  loadItemCatalogue,
  loadLayout,
  nameFields,
  readAhead,
  readFeed,
  runFeed,
} from '#common-base/linkage';
import { getMunicipality } from '#common-base/municipalities';
import { answerOf, type Day, UnreadableInput } from '#kernel';
import { publish } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { townOfAddressKey } from './address-key.ts';
import { decideResidentRow, deriveEffectiveOn } from './decide-resident-row.ts';
import { withoutUndeclared } from './declared-register-items.ts';
import { deriveSearchKeys, type KeyContext, type SearchKeys } from './derive-search-keys.ts';
import { digestResident } from './digest-resident.ts';
import { PersonIdSet } from './person-id-set.ts';
import {
  addTowns,
  closeReturned,
  findKnownResidents,
  findLastPersonId,
  type NamedRow,
  noteAbsent,
  settlePersonSearch,
} from './resident-feed-store.ts';
import {
  prepareResidents,
  type ResidentBatch,
  type StagedResident,
  stageResidents,
  writeResidents,
} from './stage-residents.ts';
import type { ResidentRow } from './types.ts';

/** Which file it is: the whole register, or the day's changes; `asOf` is the day after which nothing can have happened. */
export interface ResidentImportOptions {
  readonly layoutName?: string;
  readonly isChanges: boolean;
  readonly asOf: Day;
}

// Small chunks are garbage soon; together those ahead are about what is read while a batch is written.
const rowsPerChunk = 1000;
const chunksAhead = 8;
const rowsPerWrite = 8000;
/** The first batch is small, so that the database begins early. */
const rowsOfFirstWrite = 1500;

/**
 * Takes in the resident register (住民情報), whole or the changes of a day, in one transaction with its audit act, its
 * news and its run: an unchanged row is skipped by its digest, a changed one appends a version, a bad one is refused
 * and listed. Who is absent from a whole file goes to a work list and is closed by nobody. The same file again
 * answers the first run's figures.
 */
export async function importResidents(
  context: ActionContext,
  source: FeedSource,
  options: ResidentImportOptions,
): Promise<ImportResult> {
  requirePermission(context.actor, 'persons.import');
  const layoutName = options.layoutName ?? 'residents';
  const kind = options.isChanges ? 'resident-changes' : 'residents';
  return runFeed(context, source, { kind, layoutName }, async (tx, runId) => {
    const layout = await loadLayout(tx, layoutName);
    const municipality = await getMunicipality(tx);
    const lastPersonId = await findLastPersonId(tx);
    const keys = { lgCode: tx.lgCode, municipalityName: municipality.name };
    const moment = { asOf: options.asOf, recordedAt: context.clock.now(), isFirst: lastPersonId === 0 };
    const writer = new ResidentWriter(tx, runId, moment, keys);
    const catalogue = await loadItemCatalogue(tx);
    const rows = readFeed(source, layout, { lgCode: tx.lgCode, rowsPerChunk });
    const chunks = decideChunks(rows, { layout, catalogue, asOf: options.asOf });
    for await (const some of readAhead(chunks, chunksAhead)) {
      await writer.take(some);
      context.onProgress?.(writer.figures.rows, null);
    }
    refuseNobody(writer.figures.rows, source.name, options.isChanges);
    await writer.finish();
    await settlePersonSearch(tx, writer.figures.added + writer.figures.changed);
    const presence = { feedRunId: runId, seen: writer.seen, lastPersonId, at: context.clock.now() };
    const returned = await closeReturned(tx, presence);
    const absences = { absent: options.isChanges ? 0 : await noteAbsent(tx, presence), returned };
    await recordImport(tx, context, runId, writer.figures, absences, options.isChanges);
    const { accepted, refused, unmappedCharacters } = writer.figures;
    return { rows: writer.figures.rows, accepted, questioned: 0, refused, unmappedCharacters };
  });
}

/** A day without changes is a day; a register without residents is a broken file, and all would be absent from it. */
function refuseNobody(rows: number, fileName: string, isChanges: boolean): void {
  if (rows > 0 || isChanges) return;
  throw new UnreadableInput(
    `${fileName} の 2行目から先に住民の行がありません。送信が最後まで終わっているかを確かめ、もう一度受け取ってください。`,
  );
}

async function recordImport(
  tx: Tx,
  context: ActionContext,
  runId: number,
  figures: Figures,
  absences: { readonly absent: number; readonly returned: number },
  isChanges: boolean,
): Promise<void> {
  const { rows, refused, added, changed } = figures;
  const act = isChanges ? 'persons.changesImported' : 'persons.imported';
  const details = { feedRunId: runId, rows, refused, added, changed, ...absences };
  const actId = await recordAct(tx, context.actor, { act, details });
  if (added + changed === 0) return;
  const touched = 'SELECT person_id FROM person_versions WHERE lg_code = $1 AND feed_run_id = $2 AND version';
  const ofRun = [tx.lgCode, runId];
  if (added > 0) await recordPersonsTouched(tx, actId, `${touched} = 1`, ofRun, { areNew: true });
  if (changed > 0) await recordPersonsTouched(tx, actId, `${touched} > 1`, ofRun);
  await publish(tx, 'persons.imported', runId);
}

interface Figures {
  rows: number;
  accepted: number;
  refused: number;
  unmappedCharacters: number;
  /** People who are new. */
  added: number;
  /** Known people of whom the file says something else than before. */
  changed: number;
}

/** Some rows of the file, decided: nothing of the file itself is kept. */
interface DecidedChunk {
  readonly rows: readonly DecidedRow[];
  readonly unmappedCharacters: number;
  readonly noted: readonly FeedRunRow[];
}

/** A row with whom it names, also where it was refused. */
interface DecidedRow extends NamedRow {
  readonly ordinal: number;
  readonly resident: ResidentRow | null;
}

/** Decides row after row; runs ahead of the writing, so it knows nothing of the database. */
async function* decideChunks(
  chunks: AsyncGenerator<readonly FeedRow[]>,
  reading: Reading,
): AsyncGenerator<DecidedChunk> {
  for await (const rows of chunks) {
    yield {
      rows: rows.map((row) => decideRow(row, reading)),
      unmappedCharacters: rows.reduce((sum, row) => sum + row.unmappedCharacters, 0),
      noted: rows
        .filter((row) => row.findings.length > 0)
        .map(({ ordinal, line, findings }) => ({ ordinal, line, answer: answerOf(findings), findings })),
    };
  }
}

/** How rows are read. */
interface Reading {
  readonly layout: Layout;
  readonly catalogue: ItemCatalogue;
  readonly asOf: Day;
}

function decideRow(row: FeedRow, { layout, catalogue, asOf }: Reading): DecidedRow {
  const { ordinal } = row;
  const refused = { ordinal, addresseeNumber: row.fields['addresseeNumber'] ?? '', digest: '', resident: null };
  if (answerOf(row.findings) === 'refused') return refused;
  const decision = decideResidentRow(row.fields, asOf);
  row.findings.push(...nameFields(decision.findings, layout));
  if (decision.answer === 'refused') return refused;
  const resident = withoutUndeclared(decision.value, catalogue);
  return { ordinal, addresseeNumber: resident.addresseeNumber, digest: digestResident(resident), resident };
}

/** Writes what is new or changed in batches, so that memory does not grow with the file. */
class ResidentWriter {
  readonly figures: Figures = { rows: 0, accepted: 0, refused: 0, unmappedCharacters: 0, added: 0, changed: 0 };
  readonly seen = new PersonIdSet();
  private waiting: StagedResident[] = [];
  private staged: ResidentBatch | undefined;
  private readonly towns = new Set<string>();
  private readonly tx: Tx;
  private readonly feedRunId: number;
  private readonly asOf: Day;
  private readonly recordedAt: Date;
  /** Nobody is known yet, so that nobody is looked for. */
  private readonly isFirst: boolean;
  private readonly keys: KeyContext;

  constructor(
    tx: Tx,
    feedRunId: number,
    moment: { readonly asOf: Day; readonly recordedAt: Date; readonly isFirst: boolean },
    keys: KeyContext,
  ) {
    this.tx = tx;
    this.feedRunId = feedRunId;
    this.asOf = moment.asOf;
    this.recordedAt = moment.recordedAt;
    this.isFirst = moment.isFirst;
    this.keys = keys;
  }

  async take(chunks: readonly DecidedChunk[]): Promise<void> {
    const rows = chunks.flatMap((chunk) => chunk.rows);
    const known = this.isFirst ? [] : await findKnownResidents(this.tx, rows);
    for (const [i, { ordinal, resident, digest }] of rows.entries()) {
      const person = known[i];
      if (person !== undefined) this.seen.add(person.personId);
      if (resident === null || person?.isUnchanged === true) continue;
      const effectiveOn = deriveEffectiveOn(resident, this.asOf);
      this.waiting.push({ ordinal, personId: person?.personId ?? null, effectiveOn, digest, row: resident });
    }
    this.count(rows, chunks);
    await addFeedRunRows(
      this.tx,
      this.feedRunId,
      chunks.flatMap((chunk) => chunk.noted),
    );
    const enough = this.staged === undefined ? rowsOfFirstWrite : rowsPerWrite;
    if (this.waiting.length >= enough) await this.turnBatch();
  }

  async finish(): Promise<void> {
    await this.turnBatch();
    await this.turnBatch();
    await addTowns(this.tx, [...this.towns]);
  }

  /**
   * Writes the batch in the staging table while the next one is made ready, then puts that one there: the database never
   * waits for lines to be made. (One connection does one thing at a time, so the next rows are looked up afterwards.)
   */
  private async turnBatch(): Promise<void> {
    const [first, ...others] = this.waiting;
    this.waiting = [];
    const writing =
      this.staged === undefined ? Promise.resolve() : writeResidents(this.tx, this.staged, this.recordedAt);
    // Its failure is thrown below, when the lines are made.
    writing.catch(() => undefined);
    const next = first === undefined ? undefined : await this.prepare([first, ...others]);
    await writing;
    if (next !== undefined) await stageResidents(this.tx, next);
    this.staged = next;
  }

  private prepare(residents: readonly [StagedResident, ...StagedResident[]]): Promise<ResidentBatch> {
    const added = residents.filter((resident) => resident.personId === null).length;
    this.figures.added += added;
    this.figures.changed += residents.length - added;
    return prepareResidents(this.tx.lgCode, this.feedRunId, residents, (row) => this.deriveKeys(row));
  }

  private count(rows: readonly DecidedRow[], chunks: readonly DecidedChunk[]): void {
    const accepted = rows.filter((row) => row.resident !== null).length;
    this.figures.rows += rows.length;
    this.figures.accepted += accepted;
    this.figures.refused += rows.length - accepted;
    this.figures.unmappedCharacters += chunks.reduce((sum, chunk) => sum + chunk.unmappedCharacters, 0);
  }

  private deriveKeys(row: ResidentRow): SearchKeys {
    const keys = deriveSearchKeys(row, this.keys);
    const town = keys.addressKey === null ? '' : townOfAddressKey(keys.addressKey);
    if (town !== '') this.towns.add(town);
    return keys;
  }
}
