import { listRecordsOf } from '#addressees/persons';
import { type BatchId, type EntryId, type Finding, type PersonId, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { listHeldItems } from './held-items.ts';
import { type RecordItemKey, recordItems } from './record-items.ts';
import type { EntrySource, LedgerEntry, Outcome, VaccinationClass, VaccinationFact } from './types.ts';

interface EntryRow {
  readonly entry_id: EntryId;
  readonly person_id: PersonId;
  readonly kind: LedgerEntry['kind'];
  readonly replaces: EntryId | null;
  readonly reason: string | null;
  readonly outcome: Outcome | null;
  readonly vaccinated_on: string | null;
  readonly vaccination_class: VaccinationClass | null;
  readonly programme: string | null;
  readonly stage: string | null;
  readonly product: string | null;
  readonly source: EntrySource;
  readonly certainty: 'documented' | 'reported';
  readonly findings: Finding[];
  readonly batch_id: BatchId | null;
  readonly batch_row: number | null;
  readonly run_id: number | null;
  readonly recorded_at: Date;
  readonly recorded_by: StaffId | null;
  readonly recorded_by_name: string;
  readonly is_current: boolean;
  readonly items: Readonly<Partial<Record<RecordItemKey, string>>>;
}

/** Items as one object of texts (0.50 stays 0.50) without the empty ones, so that a row of sixty columns stays small on its way. */
const itemsObject = `jsonb_strip_nulls(${chunksOf(recordItems, 40)
  .map((items) => `jsonb_build_object(${items.map((item) => `'${item.key}', e.${item.column}::text`).join(', ')})`)
  .join(' || ')})`;

const selectEntries = `
  SELECT e.entry_id, e.person_id, e.kind, e.replaces, e.reason, e.outcome, e.vaccinated_on, e.vaccination_class,
    e.programme, e.stage, e.product, e.source, e.certainty, e.findings, e.batch_id, e.batch_row, e.run_id,
    e.recorded_at, e.recorded_by, e.recorded_by_name, ${itemsObject} AS items, c.entry_id IS NOT NULL AS is_current
  FROM ledger_entries e
  LEFT JOIN current_doses c ON c.lg_code = e.lg_code AND c.person_id = e.person_id AND c.entry_id = e.entry_id
  WHERE e.lg_code = $1`;

/** Every entry of a person and of the linked records, corrected and retracted ones too, newest first (異動リスト). */
export async function listEntriesOfPerson(tx: Tx, personId: PersonId): Promise<LedgerEntry[]> {
  const records = await listRecordsOf(tx, personId);
  const sql = `${selectEntries} AND e.person_id = ANY($2) ORDER BY e.entry_id DESC`;
  const { rows } = await tx.client.query<EntryRow>(sql, [tx.lgCode, records]);
  return await toEntries(tx, rows);
}

/** The entries of the given ids, by id. */
export async function loadEntries(tx: Tx, entryIds: readonly EntryId[]): Promise<Map<EntryId, LedgerEntry>> {
  const { rows } = await tx.client.query<EntryRow>(`${selectEntries} AND e.entry_id = ANY($2)`, [tx.lgCode, entryIds]);
  return new Map((await toEntries(tx, rows)).map((entry) => [entry.entryId, entry]));
}

/**
 * Corrections and retractions recorded in a span of instants (the end is outside), newest first; `after` is the last
 * entry of the page before.
 */
export async function listChangeEntries(
  tx: Tx,
  span: { readonly from: Date; readonly to: Date; readonly after: EntryId | null; readonly limit: number },
): Promise<LedgerEntry[]> {
  const { rows } = await tx.client.query<EntryRow>(
    `${selectEntries} AND e.kind <> 'entry' AND e.recorded_at >= $2 AND e.recorded_at < $3
     AND ($4::bigint IS NULL OR e.entry_id < $4) ORDER BY e.entry_id DESC LIMIT $5`,
    [tx.lgCode, span.from, span.to, span.after, span.limit],
  );
  return await toEntries(tx, rows);
}

/** Which of these entries a feed run brought. */
export async function selectEntriesOfRun(
  tx: Tx,
  entryIds: readonly EntryId[],
  runId: number,
): Promise<ReadonlySet<EntryId>> {
  if (entryIds.length === 0) return new Set();
  const { rows } = await tx.client.query<{ entry_id: EntryId }>(
    'SELECT entry_id FROM ledger_entries WHERE lg_code = $1 AND entry_id = ANY ($2::bigint[]) AND run_id = $3',
    [tx.lgCode, entryIds, runId],
  );
  return new Set(rows.map((row) => row.entry_id));
}

/** The entries without items that the municipality may not hold (CB-15). */
async function toEntries(tx: Tx, rows: readonly EntryRow[]): Promise<LedgerEntry[]> {
  const held = await listHeldItems(tx);
  if (held.size === recordItems.length) return rows.map(toEntry);
  return rows.map((row) => {
    const items = Object.entries(row.items).filter(([key]) => held.has(key as RecordItemKey));
    return toEntry({ ...row, items: Object.fromEntries(items) });
  });
}

function toEntry(row: EntryRow): LedgerEntry {
  return {
    entryId: row.entry_id,
    personId: row.person_id,
    kind: row.kind,
    replaces: row.replaces,
    reason: row.reason,
    fact: toFact(row),
    findings: row.findings,
    batchId: row.batch_id,
    batchRow: row.batch_row,
    runId: row.run_id,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
    recordedByName: row.recorded_by_name,
    isCurrent: row.is_current,
  };
}

function toFact(row: EntryRow): VaccinationFact | null {
  if (row.outcome === null || row.vaccinated_on === null || row.vaccination_class === null) return null;
  return {
    outcome: row.outcome,
    vaccinatedOn: parseIsoDay(row.vaccinated_on),
    vaccinationClass: row.vaccination_class,
    programme: row.programme,
    stage: row.stage,
    product: row.product,
    items: row.items,
    source: row.source,
    certainty: row.certainty,
  };
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
