import { everLinkedSql } from '#addressees/persons';
import { type AuditVerification, type Checkpoint, verifyAudit } from '#common-base/audit';
import type { EntryId, LgCode, PersonId } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { deriveCurrentHistory, type EntryLink } from './derive-current-history.ts';
import { everToldSql } from './facts/store.ts';
import { countUnsoundActs } from './seal-entries.ts';
import { doseKeys } from './store.ts';

/** What the verification of a municipality's ledger found. */
export interface LedgerVerification {
  readonly entries: number;
  readonly people: number;
  /**
   * People whose stored current history or head differs from what the entries say, and acts whose entries differ
   * from the digest that the audit chain keeps of them.
   */
  readonly differences: number;
  readonly auditRows: number;
  /** Signed checkpoints that the chain was held against: without one, a tail that was cut cannot be seen. */
  readonly checkpoints: number;
  readonly chain: AuditVerification['chain'];
}

const rowsPerFetch = 20_000;

/**
 * Derives the current history of every person again from the entries, compares it with the stored one in the same
 * snapshot, holds the entries of each act against their digest in the log, and checks the audit chain and its
 * checkpoints in `home`, and in a `copy` kept elsewhere. Streams: memory does not grow with the ledger.
 */
export async function verifyLedger(
  db: Database,
  lgCode: LgCode,
  options: {
    readonly home?: string | null;
    readonly copy?: readonly Checkpoint[];
    readonly onProgress?: (done: number, total: number | null) => void;
  } = {},
): Promise<LedgerVerification> {
  const ledger = await withMunicipality(db, lgCode, (tx) => compareAll(tx, options.onProgress), {
    role: 'read',
    isolation: 'repeatable read',
  });
  const unsound = await withMunicipality(db, lgCode, countUnsoundActs, { isolation: 'repeatable read' });
  const { auditRows, checkpoints, chain } = await verifyAudit(db, lgCode, {
    home: options.home ?? null,
    ...(options.copy === undefined ? {} : { copy: options.copy }),
  });
  return { ...ledger, differences: ledger.differences + unsound, auditRows, checkpoints, chain };
}

interface EntryRow {
  readonly person_id: PersonId;
  readonly entry_id: EntryId;
  readonly kind: EntryLink['kind'];
  readonly replaces: EntryId | null;
  readonly derived: string;
}

interface CurrentRow {
  readonly person_id: PersonId;
  readonly entry_id: EntryId;
  readonly origin_entry_id: EntryId;
  readonly derived: string;
}

/** What current history copies from an entry, as one text to compare. */
const derivedText = (alias: string, keys: readonly string[]): string =>
  `jsonb_build_array(${[
    'vaccinated_on',
    'outcome',
    'vaccination_class',
    'programme',
    'stage',
    'product',
    'vaccine_code',
    'dose_number_as_sent',
  ]
    .map((column) => `${alias}.${column}`)
    .concat(keys)
    .join(', ')})::text`;

const keysOfEntry = doseKeys.map(({ of }) => of('e.'));
const keysStored = doseKeys.map(({ column }) => `c.${column}`);

async function compareAll(
  tx: Tx,
  onProgress?: (done: number, total: number | null) => void,
): Promise<{ entries: number; people: number; differences: number }> {
  await tx.client.query(
    `DECLARE entries_by_person NO SCROLL CURSOR FOR
     SELECT e.person_id, e.entry_id, e.kind, e.replaces, ${derivedText('e', keysOfEntry)} AS derived
     FROM ledger_entries e WHERE e.lg_code = '${tx.lgCode}' ORDER BY e.person_id, e.entry_id`,
  );
  await tx.client.query(
    `DECLARE current_by_person NO SCROLL CURSOR FOR
     SELECT c.person_id, c.entry_id, c.origin_entry_id, ${derivedText('c', keysStored)} AS derived
     FROM current_doses c WHERE c.lg_code = '${tx.lgCode}' ORDER BY c.person_id, c.entry_id`,
  );
  const stored = groupsOf<CurrentRow>(tx, 'current_by_person');
  let current = await stored.next();
  const totals = { entries: 0, people: 0, differences: 0 };
  for await (const group of groupsOf<EntryRow>(tx, 'entries_by_person')) {
    // Current history of people who have no entry at all.
    while (!current.done && current.value.personId < group.personId) {
      totals.differences += 1;
      current = await stored.next();
    }
    let rows: readonly CurrentRow[] = [];
    if (!current.done && current.value.personId === group.personId) {
      rows = current.value.rows;
      current = await stored.next();
    }
    totals.entries += group.rows.length;
    totals.people += 1;
    if (expectedText(group.rows) !== storedText(rows)) totals.differences += 1;
    if (totals.people % 10_000 === 0) onProgress?.(totals.entries, null);
  }
  while (!current.done) {
    totals.differences += 1;
    current = await stored.next();
  }
  totals.differences += await countWrongHeads(tx);
  return totals;
}

/** Two retractions of one entry, or a chain into another person's entries, cannot be derived: they differ. */
function expectedText(rows: readonly EntryRow[]): string {
  const links = rows.map((row) => ({ entryId: row.entry_id, kind: row.kind, replaces: row.replaces, row }));
  const known = new Set(rows.map((row) => row.entry_id));
  const isBroken = rows.some((row) => row.replaces !== null && !known.has(row.replaces));
  if (isBroken) return 'a chain leaves the person';
  return deriveCurrentHistory(links)
    .map(({ entry, originEntryId }) => `${entry.entryId} ${originEntryId} ${entry.row.derived}`)
    .join('\n');
}

function storedText(rows: readonly CurrentRow[]): string {
  return rows.map((row) => `${row.entry_id} ${row.origin_entry_id} ${row.derived}`).join('\n');
}

/**
 * People with entries but no head, and heads of people without entries; who is or was linked with another record has one
 * without any entry of the own.
 */
async function countWrongHeads(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    `SELECT count(*) AS count FROM (SELECT DISTINCT person_id FROM ledger_entries WHERE lg_code = $1) e
     FULL JOIN (SELECT person_id FROM ledger_heads WHERE lg_code = $1) h USING (person_id)
     WHERE h.person_id IS NULL
       OR (e.person_id IS NULL AND h.person_id NOT IN (${everLinkedSql('$1')} UNION ${everToldSql('$1')}))`,
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}

interface PersonGroup<Row> {
  readonly personId: PersonId;
  readonly rows: readonly Row[];
}

/** Reads a cursor ordered by person, one whole person at a time. */
async function* groupsOf<Row extends { readonly person_id: PersonId }>(
  tx: Tx,
  cursor: string,
): AsyncGenerator<PersonGroup<Row>, undefined> {
  let open: Row[] = [];
  for (;;) {
    const { rows } = await tx.client.query<Row>(`FETCH ${rowsPerFetch} FROM ${cursor}`);
    if (rows.length === 0) break;
    for (const row of rows) {
      const personId = open[0]?.person_id;
      if (personId !== undefined && personId !== row.person_id) {
        yield { personId, rows: open };
        open = [];
      }
      open.push(row);
    }
  }
  const last = open[0];
  if (last !== undefined) yield { personId: last.person_id, rows: open };
  return undefined;
}
