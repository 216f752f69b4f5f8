import { foldLotNumber } from '#formats';
import { type Day, formatIsoDay, parseIsoDay } from '#kernel';
import { loadManufacturers } from '#ledger/products';
import type { Tx } from '#platform/postgres';
import type { KnownLots, KnownNames, MasterEntry, MasterKind, MasterTold } from './types.ts';

interface MasterRow {
  readonly master_entry_id: number;
  readonly kind: MasterKind;
  readonly code: string;
  readonly owner: string;
  readonly name: string;
  readonly valid_from: string | null;
  readonly valid_to: string | null;
  readonly is_retired: boolean;
  readonly note: string | null;
  readonly recalled_on: string | null;
  readonly recall_reason: string | null;
  readonly recorded_at: Date;
  readonly recorded_by_name: string;
}

const latest = `SELECT DISTINCT ON (kind, code, owner) * FROM master_entries
  WHERE lg_code = $1 AND kind = $2 ORDER BY kind, code, owner, master_entry_id DESC`;

/** The entries of a kind as they hold, those taken down among them, by code; `text` narrows by code or name. */
export async function selectMasters(
  tx: Tx,
  kind: MasterKind,
  query: { readonly text: string; readonly after: number; readonly limit: number },
): Promise<MasterEntry[]> {
  const { rows } = await tx.client.query<MasterRow>(
    `SELECT * FROM (${latest}) m
     WHERE $3 = '' OR m.code ILIKE $3 || '%' OR position($3 IN m.name) > 0 OR m.owner = $3
     ORDER BY m.is_retired, m.code, m.owner OFFSET $4 LIMIT $5`,
    [tx.lgCode, kind, query.text.replaceAll(/[%_\\]/gu, String.raw`\$&`), query.after, query.limit],
  );
  return rows.map(toEntry);
}

/** The version of an entry with that number; undefined where it is none or a newer one holds. */
export async function findMaster(tx: Tx, kind: MasterKind, masterEntryId: number): Promise<MasterEntry | undefined> {
  const { rows } = await tx.client.query<MasterRow>(`SELECT * FROM (${latest}) m WHERE m.master_entry_id = $3`, [
    tx.lgCode,
    kind,
    masterEntryId,
  ]);
  return rows[0] === undefined ? undefined : toEntry(rows[0]);
}

/** Writes a version of an entry; answers its number. */
export async function insertMaster(
  tx: Tx,
  frame: { readonly actId: number; readonly staffName: string },
  told: MasterTold,
): Promise<number> {
  const day = (value: Day | null): string | null => (value === null ? null : formatIsoDay(value));
  const { rows } = await tx.client.query<{ master_entry_id: number }>(
    `INSERT INTO master_entries (lg_code, kind, code, owner, name, valid_from, valid_to, is_retired, note, act_id,
       recorded_by_name, recalled_on, recall_reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING master_entry_id`,
    [
      tx.lgCode,
      told.kind,
      told.code,
      told.owner,
      told.name,
      day(told.validFrom),
      day(told.validTo),
      told.isRetired,
      told.note,
      frame.actId,
      frame.staffName,
      day(told.recall?.on ?? null),
      told.recall?.reason ?? null,
    ],
  );
  return rows[0]?.master_entry_id ?? 0;
}

/** What tells an entry from the others of all masters. */
export function masterIdentity({ kind, code, owner }: MasterTold): string {
  return JSON.stringify([kind, code, owner]);
}

/** What an entry says, to be compared with what is told of it. */
export function masterText({ name, validFrom, validTo, isRetired, note, recall }: MasterTold): string {
  return JSON.stringify([name, validFrom, validTo, isRetired, note, recall?.on ?? null, recall?.reason ?? null]);
}

/** What every entry of every master says as it holds, by `masterIdentity`. */
export async function loadMasterTexts(tx: Tx): Promise<Map<string, string>> {
  const { rows } = await tx.client.query<MasterRow>(
    `SELECT DISTINCT ON (kind, code, owner) * FROM master_entries WHERE lg_code = $1
     ORDER BY kind, code, owner, master_entry_id DESC`,
    [tx.lgCode],
  );
  return new Map(rows.map(toEntry).map((entry) => [masterIdentity(entry), masterText(entry)]));
}

/** The lots that the municipality knows; a product of which none is known is absent. */
export async function loadLots(tx: Tx): Promise<KnownLots> {
  const { rows } = await tx.client.query<MasterRow>(latest, [tx.lgCode, 'lot']);
  const lots = new Map<string, Map<string, MasterEntry>>();
  for (const entry of rows.map(toEntry)) {
    if (entry.isRetired) continue;
    const known = lots.get(entry.owner) ?? new Map<string, MasterEntry>();
    lots.set(entry.owner, known);
    const lot = foldLotNumber(entry.code);
    // The same lot in another spelling does not undo a recall.
    if (entry.recall !== null || (known.get(lot)?.recall ?? null) === null) known.set(lot, entry);
  }
  return lots;
}

/** The makers' names by code: of the municipality's table, and over it what staff keeps on the screen. */
export async function loadManufacturerNames(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.client.query<MasterRow>(`SELECT * FROM (${latest}) m WHERE NOT m.is_retired`, [
    tx.lgCode,
    'manufacturer',
  ]);
  return new Map([...(await loadManufacturers(tx)), ...rows.map(({ code, name }) => [code, name] as const)]);
}

/** The doctors, venues and makers that the municipality knows. */
export async function loadNames(tx: Tx): Promise<KnownNames> {
  const { rows } = await tx.client.query<MasterRow>(
    `SELECT DISTINCT ON (kind, code, owner) * FROM master_entries
     WHERE lg_code = $1 AND kind IN ('physician', 'venue', 'manufacturer') ORDER BY kind, code, owner, master_entry_id DESC`,
    [tx.lgCode],
  );
  const held = rows.map(toEntry).filter((entry) => !entry.isRetired);
  const physicians = held.filter((entry) => entry.kind === 'physician');
  return {
    physicians: Map.groupBy(physicians, (entry) => entry.owner),
    venues: held.filter((entry) => entry.kind === 'venue'),
    manufacturers: held.filter((entry) => entry.kind === 'manufacturer'),
  };
}

function toEntry(row: MasterRow): MasterEntry {
  return {
    masterEntryId: row.master_entry_id,
    kind: row.kind,
    code: row.code,
    owner: row.owner,
    name: row.name,
    validFrom: row.valid_from === null ? null : parseIsoDay(row.valid_from),
    validTo: row.valid_to === null ? null : parseIsoDay(row.valid_to),
    isRetired: row.is_retired,
    note: row.note,
    recall: row.recalled_on === null ? null : { on: parseIsoDay(row.recalled_on), reason: row.recall_reason ?? '' },
    recordedAt: row.recorded_at,
    recordedByName: row.recorded_by_name,
  };
}
