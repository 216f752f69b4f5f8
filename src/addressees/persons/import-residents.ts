import { hash } from 'node:crypto';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import {
  addFeedRunRows,
  type FeedRow,
  type FeedSource,
  type ImportResult,
  type Layout,
  loadLayout,
  readFeed,
} from '#common-base/linkage';
import { getMunicipality } from '#common-base/municipalities';
import { answerOf, type Day, type PersonId } from '#kernel';
import { publish } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { townOfAddressKey } from './address-key.ts';
import { decideResidentRow, deriveEffectiveOn } from './decide-resident-row.ts';
import { deriveSearchKeys, type KeyContext } from './derive-search-keys.ts';
import { PersonIdSet } from './person-id-set.ts';
import { addTowns, closeReturned, findKnownResidents, findLastPersonId, noteAbsent } from './resident-feed-store.ts';
import { nameFields, runFeed } from './run-feed.ts';
import { type StagedResident, writeResidents } from './stage-residents.ts';
import type { ResidentRow } from './types.ts';

/** Which file it is: the whole register, or the day's changes; `asOf` is the day after which nothing can have happened. */
export interface ResidentImportOptions {
  readonly layoutName?: string;
  readonly isChanges: boolean;
  readonly asOf: Day;
}

const rowsPerWrite = 8000;

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
    const reader = new ResidentReader(tx, runId, layout, options.asOf, context.clock.now(), {
      lgCode: tx.lgCode,
      municipalityName: municipality.name,
    });
    for await (const rows of ahead(readFeed(source, layout, { lgCode: tx.lgCode }))) {
      await reader.take(rows);
      context.onProgress?.(reader.figures.rows, null);
    }
    await reader.finish();
    const presence = { feedRunId: runId, seen: reader.seen, lastPersonId, at: context.clock.now() };
    const returned = await closeReturned(tx, presence);
    const absences = { absent: options.isChanges ? 0 : await noteAbsent(tx, presence), returned };
    await recordImport(tx, context, runId, reader.figures, absences, options.isChanges);
    const { rows, accepted, refused, unmappedCharacters } = reader.figures;
    return { rows, accepted, questioned: 0, refused, unmappedCharacters };
  });
}

async function recordImport(
  tx: Tx,
  context: ActionContext,
  runId: number,
  figures: Figures,
  absences: { readonly absent: number; readonly returned: number },
  isChanges: boolean,
): Promise<void> {
  const { rows, refused, changed } = figures;
  const act = isChanges ? 'persons.changesImported' : 'persons.imported';
  const details = { feedRunId: runId, rows, refused, changed, ...absences };
  const actId = await recordAct(tx, context.actor, { act, details });
  if (changed === 0) return;
  const touched = 'SELECT person_id FROM person_versions WHERE lg_code = $1 AND feed_run_id = $2';
  await recordPersonsTouched(tx, actId, touched, [tx.lgCode, runId]);
  await publish(tx, 'persons.imported', runId);
}

interface Figures {
  rows: number;
  accepted: number;
  refused: number;
  unmappedCharacters: number;
  changed: number;
}

/** Reads chunk after chunk and writes what changed in batches, so that memory does not grow with the file. */
class ResidentReader {
  readonly figures: Figures = { rows: 0, accepted: 0, refused: 0, unmappedCharacters: 0, changed: 0 };
  readonly seen = new PersonIdSet();
  private waiting: StagedResident[] = [];
  private readonly towns = new Set<string>();
  private readonly tx: Tx;
  private readonly runId: number;
  private readonly layout: Layout;
  private readonly asOf: Day;
  private readonly recordedAt: Date;
  private readonly keys: KeyContext;

  constructor(tx: Tx, runId: number, layout: Layout, asOf: Day, recordedAt: Date, keys: KeyContext) {
    this.tx = tx;
    this.runId = runId;
    this.layout = layout;
    this.asOf = asOf;
    this.recordedAt = recordedAt;
    this.keys = keys;
  }

  async take(rows: readonly FeedRow[]): Promise<void> {
    const good = this.decideRows(rows);
    const numbers = rows.map((row) => row.fields['addresseeNumber'] ?? '');
    const known = await findKnownResidents(this.tx, numbers);
    for (const person of known.values()) this.seen.add(person.personId);
    for (const { row, resident, digest } of good) {
      const person = known.get(resident.addresseeNumber);
      if (person?.digest === digest) continue;
      this.stage(row.ordinal, resident, digest, person?.personId ?? null);
    }
    await this.listFindings(rows);
    if (this.waiting.length >= rowsPerWrite) await this.write();
  }

  async finish(): Promise<void> {
    await this.write();
    await addTowns(this.tx, [...this.towns]);
  }

  private decideRows(rows: readonly FeedRow[]): { row: FeedRow; resident: ResidentRow; digest: string }[] {
    const good: { row: FeedRow; resident: ResidentRow; digest: string }[] = [];
    for (const row of rows) {
      this.figures.rows += 1;
      this.figures.unmappedCharacters += row.unmappedCharacters;
      if (answerOf(row.findings) !== 'refused') {
        const decision = decideResidentRow(row.fields, this.asOf);
        row.findings.push(...nameFields(decision.findings, this.layout));
        if (decision.answer !== 'refused') {
          good.push({ row, resident: decision.value, digest: digestOf(decision.value) });
          this.figures.accepted += 1;
          continue;
        }
      }
      this.figures.refused += 1;
    }
    return good;
  }

  private stage(ordinal: number, row: ResidentRow, digest: string, personId: PersonId | null): void {
    const keys = deriveSearchKeys(row, this.keys);
    const town = keys.addressKey === null ? '' : townOfAddressKey(keys.addressKey);
    if (town !== '') this.towns.add(town);
    const effectiveOn = deriveEffectiveOn(row, this.asOf);
    this.waiting.push({ ordinal, personId, effectiveOn, digest, row, keys });
    this.figures.changed += 1;
  }

  private async write(): Promise<void> {
    const residents = this.waiting;
    this.waiting = [];
    await writeResidents(this.tx, this.runId, residents, this.recordedAt);
  }

  private async listFindings(rows: readonly FeedRow[]): Promise<void> {
    const noted = rows.filter((row) => row.findings.length > 0);
    await addFeedRunRows(
      this.tx,
      this.runId,
      noted.map(({ ordinal, line, findings }) => ({ ordinal, line, answer: answerOf(findings), findings })),
    );
  }
}

/** What the row says, without its place in the file: SHA-256, base64. */
function digestOf(row: ResidentRow): string {
  return hash('sha256', JSON.stringify(row), 'base64');
}

/** Reads the next chunk while the last one is being written. */
async function* ahead<T>(chunks: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = chunks.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done === true) return;
      next = chunks.next();
      // A failure of the chunk read ahead is reported when its turn comes, not as an unhandled rejection.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await chunks.return(undefined);
  }
}
