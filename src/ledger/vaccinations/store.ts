import { everyRecordOf, type LinkedRecords, linkedRecordsSql, listLinkedRecords } from '#addressees/persons';
import { Conflict, type Day, type EntryId, type PersonId } from '#kernel';
import { columnParameter, type Tx } from '#platform/postgres';
import { mergeHistories } from './merge-histories.ts';
import { recordItems } from './record-items.ts';
import type { DoseOnRecord, Outcome, VaccinationClass } from './types.ts';

/** Who writes, under which act of the audit log. */
export interface EntryFrame {
  readonly actId: number;
  readonly staffId: number | null;
  readonly staffName: string;
}

/**
 * A query and its parameters ($1 …) whose rows are facts to enter: person_id, outcome, vaccinated_on,
 * vaccination_class, programme, stage, product, items (jsonb by key of `recordItems`), source, certainty, findings,
 * reason, batch_id, batch_row, run_id, run_row.
 */
export interface FactQuery {
  readonly sql: string;
  readonly params: readonly unknown[];
}

const itemColumns = recordItems.map((item) => item.column).join(', ');
const itemValues = recordItems.map((item) => `i."${item.key}"`).join(', ');
const itemShape = recordItems.map((item) => `"${item.key}" ${item.type}`).join(', ');

/** Enters facts and derives their current history in one statement; answers the new entries in input order. */
export async function insertEntries(tx: Tx, frame: EntryFrame, facts: FactQuery): Promise<EntryId[]> {
  const { rows } = await tx.client.query<{ entry_id: EntryId }>(
    `${enterFacts(facts)} SELECT entry_id FROM entered ORDER BY entry_id`,
    [...facts.params, tx.lgCode, frame.actId, frame.staffId, frame.staffName],
  );
  return rows.map((row) => row.entry_id);
}

/** The same for any number of facts: answers only how many were entered. */
export async function insertManyEntries(tx: Tx, frame: EntryFrame, facts: FactQuery): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    `${enterFacts(facts)} SELECT count(*) AS count FROM entered`,
    [...facts.params, tx.lgCode, frame.actId, frame.staffId, frame.staffName],
  );
  return rows[0]?.count ?? 0;
}

function enterFacts(facts: FactQuery): string {
  const first = facts.params.length + 1;
  const [lgCode, actId, staffId, staffName] = [0, 1, 2, 3].map((i) => `$${first + i}`);
  return `
  WITH arriving AS (${facts.sql}), entered AS (
    INSERT INTO ledger_entries (lg_code, person_id, kind, reason, outcome, vaccinated_on, vaccination_class, programme,
      stage, product, ${itemColumns}, source, certainty, findings, batch_id, batch_row, run_id, run_row,
      act_id, recorded_by, recorded_by_name)
    SELECT ${lgCode}::text, a.person_id, 'entry', a.reason, a.outcome, a.vaccinated_on, a.vaccination_class,
      a.programme, a.stage, a.product, ${itemValues}, a.source, a.certainty, a.findings,
      a.batch_id, a.batch_row, a.run_id, a.run_row, ${actId}::bigint, ${staffId}::bigint, ${staffName}::text
    FROM arriving a, jsonb_to_record(a.items) AS i(${itemShape})
    RETURNING ${derivedColumns}, ${derivedKeys}
  ), derived AS (
    INSERT INTO current_doses (${derivedColumns}, ${keyColumns}, origin_entry_id)
    SELECT ${derivedColumns}, ${keyColumns}, entry_id FROM entered
  )`;
}

/** The columns that the current history takes from an entry. */
const derivedColumns = `lg_code, person_id, entry_id, vaccinated_on, outcome, vaccination_class, programme, stage,
  product, vaccine_code, dose_number_as_sent`;

/** What doses are looked up by, made of the columns of an entry (`alias.`, or empty). */
export const doseKeys: readonly { readonly column: string; readonly of: (alias: string) => string }[] = [
  { column: 'lot_key', of: (alias) => `nullif(${foldedSql(`upper(normalize(${alias}lot_number, NFKC))`)}, '')` },
  { column: 'coupon_key', of: (alias) => `nullif(right(${alias}coupon_number, 10), '')` },
  { column: 'form_key', of: (alias) => `nullif(${foldedSql(`normalize(${alias}form_number, NFKC)`)}, '')` },
];

/** Without blanks and hyphens, as numbers are compared that people read off paper and vials. */
function foldedSql(text: string): string {
  return `translate(${text}, E' \\t\\n\\r\\v\\f-', '')`;
}

const keyColumns = doseKeys.map(({ column }) => column).join(', ');
const derivedKeys = doseKeys.map(({ column, of }) => `${of('')} AS ${column}`).join(', ');

/**
 * Raises the version of every person that the query names (column person_id) and of the records linked with them, whose
 * history is the same, in ascending id, so that two writers never wait for each other in a circle. `expected` (columns person_id, version; 0 = no entries yet) makes a change
 * since then a Conflict.
 */
export async function raiseHeads(tx: Tx, persons: FactQuery, expected?: FactQuery): Promise<number> {
  const lgCode = `$${persons.params.length + (expected?.params.length ?? 0) + 1}`;
  const expectedSql = expected === undefined ? 'SELECT NULL::bigint, NULL::integer WHERE false' : expected.sql;
  const { rows } = await tx.client.query<{ raised: number; changed: number }>(
    `WITH named AS MATERIALIZED (SELECT DISTINCT s.person_id FROM (${persons.sql}) s), raised AS (
      INSERT INTO ledger_heads (lg_code, person_id)
      SELECT ${lgCode}::text, p.person_id FROM (SELECT person_id FROM named
        UNION ${linkedRecordsSql('SELECT person_id FROM named', `${lgCode}::text`)}) p
      ORDER BY p.person_id
      ON CONFLICT (lg_code, person_id) DO UPDATE SET version = ledger_heads.version + 1, changed_at = now()
      RETURNING person_id, version
    ), expected (person_id, version) AS (${expectedSql})
    SELECT (SELECT count(*) FROM raised) AS raised,
      (SELECT count(*) FROM (SELECT person_id, version FROM expected
         EXCEPT SELECT person_id, version - 1 FROM raised) AS differing) AS changed`,
    [...persons.params, ...(expected?.params ?? []), tx.lgCode],
  );
  const { raised = 0, changed = 0 } = rows[0] ?? {};
  if (changed > 0) {
    throw new Conflict(
      `確認のあとで ${changed} 人の接種歴が変わりました。最新の内容を確かめてから、もう一度行ってください。`,
    );
  }
  return raised;
}

/** Retracts the current entries that the query names (column entry_id); answers how many there were. */
export async function insertRetractions(
  tx: Tx,
  frame: EntryFrame,
  reason: string,
  entries: FactQuery,
): Promise<number> {
  const first = entries.params.length + 1;
  const { rows } = await tx.client.query<{ count: number }>(
    `WITH gone AS (
      DELETE FROM current_doses c USING (${entries.sql}) t, ledger_entries e
      WHERE e.lg_code = $${first} AND e.entry_id = t.entry_id
        AND c.lg_code = $${first} AND c.person_id = e.person_id AND c.entry_id = e.entry_id
      RETURNING c.person_id, c.entry_id, e.source, e.batch_id, e.batch_row
    ), retracted AS (
      INSERT INTO ledger_entries (lg_code, person_id, kind, replaces, reason, source, batch_id, batch_row, act_id,
        recorded_by, recorded_by_name)
      SELECT $${first}, person_id, 'retraction', entry_id, $${first + 1}, source, batch_id, batch_row, $${first + 2},
        $${first + 3}, $${first + 4}
      FROM gone ORDER BY entry_id
      RETURNING entry_id
    )
    SELECT count(*) AS count FROM retracted`,
    [...entries.params, tx.lgCode, reason, frame.actId, frame.staffId, frame.staffName],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Replaces a current entry by a copy with the given columns changed; undefined when the entry no longer holds.
 * The values are text (`items` by key); null empties.
 */
export async function insertCorrection(
  tx: Tx,
  frame: EntryFrame,
  reason: string,
  entryId: EntryId,
  changed: ReadonlyMap<string, string | null>,
): Promise<EntryId | undefined> {
  const columns = [...changed.keys()];
  const kept = [...factColumns].filter((column) => !changed.has(column));
  const changedValues = columns.map((column, i) => `$${i + 7}::${columnTypes.get(column) ?? 'text'}`);
  const { rows } = await tx.client.query<{ entry_id: EntryId }>(
    `WITH gone AS (
      DELETE FROM current_doses c USING ledger_entries e
      WHERE e.lg_code = $1 AND e.entry_id = $2
        AND c.lg_code = $1 AND c.person_id = e.person_id AND c.entry_id = e.entry_id
      RETURNING c.entry_id, c.origin_entry_id
    ), corrected AS (
      INSERT INTO ledger_entries (lg_code, person_id, kind, replaces, reason, act_id, recorded_by, recorded_by_name,
        ${[...kept, ...columns].join(', ')})
      SELECT $1, e.person_id, 'correction', e.entry_id, $3, $4, $5, $6,
        ${[...kept.map((column) => `e.${column}`), ...changedValues].join(', ')}
      FROM ledger_entries e JOIN gone g ON g.entry_id = e.entry_id WHERE e.lg_code = $1
      RETURNING ${derivedColumns}, ${derivedKeys}
    ), derived AS (
      INSERT INTO current_doses (${derivedColumns}, ${keyColumns}, origin_entry_id)
      SELECT ${derivedColumns}, ${keyColumns}, (SELECT origin_entry_id FROM gone) FROM corrected
    )
    SELECT entry_id FROM corrected`,
    [tx.lgCode, entryId, reason, frame.actId, frame.staffId, frame.staffName, ...changed.values()],
  );
  return rows[0]?.entry_id;
}

/** Every column of an entry that says something of the fact, with its type. */
const columnTypes: ReadonlyMap<string, string> = new Map([
  ['outcome', 'text'],
  ['vaccinated_on', 'date'],
  ['vaccination_class', 'text'],
  ['programme', 'text'],
  ['stage', 'text'],
  ['product', 'text'],
  ...recordItems.map((item) => [item.column, item.type] as const),
  ['source', 'text'],
  ['certainty', 'text'],
  ['findings', 'jsonb'],
  ['batch_id', 'bigint'],
  ['batch_row', 'integer'],
  ['run_id', 'bigint'],
  ['run_row', 'integer'],
]);

const factColumns = columnTypes.keys().toArray();

/**
 * One look at each person's doses: a plan that trusts the statistics of a ledger just filled would read the whole
 * municipality for every page. They come as one text, a line for each dose (number of the entry, day, what it was): a
 * value for itself costs more to receive than to judge. What a sender wrote stands as it is; where it is
 * absent or holds a character that parts lines or values, it stands as JSON, and one value more at the end says so.
 */
const historiesQuery = `
  SELECT wanted.person_id, (
    SELECT string_agg(CASE WHEN ${needsJson('c.vaccine_code')} OR ${needsJson('c.dose_number_as_sent')}
      THEN ${doseLine('to_json(c.vaccine_code)::text', 'to_json(c.dose_number_as_sent)::text')} || E'\\x1fjson'
      ELSE ${doseLine('c.vaccine_code', 'c.dose_number_as_sent')} END, E'\\n')
    FROM current_doses c WHERE c.lg_code = $1 AND c.person_id = wanted.person_id) AS doses
  FROM unnest($2::bigint[]) AS wanted(person_id)`;

function needsJson(column: string): string {
  return `${column} IS NULL OR strpos(${column}, E'\\n') > 0 OR strpos(${column}, E'\\x1f') > 0`;
}

function doseLine(vaccineCode: string, doseNumberAsSent: string): string {
  const texts = ['c.programme', 'c.stage', 'c.product', vaccineCode, doseNumberAsSent];
  return `concat_ws(E'\\x1f', c.entry_id, c.vaccinated_on - DATE '1970-01-01', c.outcome, c.vaccination_class,
    ${texts.map((text) => `coalesce(${text}, '')`).join(', ')})`;
}

/**
 * The current history of the given people in order of day, through all records that are linked as one person; people
 * without entries are absent from the map. `known` saves the look for links where the caller has taken it.
 */
export async function loadHistories(
  tx: Tx,
  personIds: readonly PersonId[],
  known?: LinkedRecords,
): Promise<Map<PersonId, DoseOnRecord[]>> {
  const linked = known ?? (await listLinkedRecords(tx, personIds));
  const histories = await readHistories(tx, everyRecordOf(personIds, linked));
  if (linked.size === 0) return histories;
  const asked = personIds.map((personId): [PersonId, DoseOnRecord[]] => {
    const records = linked.get(personId);
    if (records === undefined) return [personId, histories.get(personId) ?? []];
    return [personId, mergeHistories(records.map((record) => histories.get(record) ?? []))];
  });
  return new Map(asked.filter(([, doses]) => doses.length > 0));
}

async function readHistories(tx: Tx, personIds: readonly PersonId[]): Promise<Map<PersonId, DoseOnRecord[]>> {
  const { rows } = await tx.client.query<[PersonId, string | null]>({
    text: historiesQuery,
    values: [tx.lgCode, columnParameter('bigint', personIds)],
    rowMode: 'array',
  });
  const kinds = new Map<string, DoseKindOnRecord>();
  const histories = new Map<PersonId, DoseOnRecord[]>();
  for (const [personId, text] of rows) {
    if (text === null) continue;
    const doses = text.split('\n').map((line) => readDose(line, kinds));
    doses.sort((a, b) => a.vaccinatedOn - b.vaccinatedOn || a.entryId - b.entryId);
    histories.set(personId, doses);
  }
  return histories;
}

type DoseKindOnRecord = Omit<DoseOnRecord, 'entryId' | 'vaccinatedOn'>;

/** Most doses of a page are of few kinds: each is read once. */
function readDose(line: string, kinds: Map<string, DoseKindOnRecord>): DoseOnRecord {
  const entryEnd = line.indexOf('\u001F');
  const dayEnd = line.indexOf('\u001F', entryEnd + 1);
  const kindText = line.slice(dayEnd + 1);
  let kind = kinds.get(kindText);
  if (kind === undefined) {
    kind = readKind(kindText);
    kinds.set(kindText, kind);
  }
  const entryId = Number(line.slice(0, entryEnd)) as EntryId;
  const vaccinatedOn = Number(line.slice(entryEnd + 1, dayEnd)) as Day;
  const { outcome, vaccinationClass, programme, stage, product, vaccineCode, doseNumberAsSent } = kind;
  return {
    entryId,
    vaccinatedOn,
    outcome,
    vaccinationClass,
    programme,
    stage,
    product,
    vaccineCode,
    doseNumberAsSent,
  };
}

function readKind(text: string): DoseKindOnRecord {
  const [outcome, vaccinationClass, programme, stage, product, code = '', dose = '', form] = text.split('\u001F');
  const [vaccineCode, doseNumberAsSent] = form === 'json' ? [textOfJson(code), textOfJson(dose)] : [code, dose];
  return {
    outcome: outcome as Outcome,
    vaccinationClass: vaccinationClass as VaccinationClass,
    programme: programme || null,
    stage: stage || null,
    product: product || null,
    vaccineCode,
    doseNumberAsSent,
  };
}

function textOfJson(json: string | undefined): string | null {
  return json ? (JSON.parse(json) as string) : null;
}

/** The version of each person's ledger head; people without entries are absent (version 0). */
export async function loadLedgerVersions(tx: Tx, personIds: readonly PersonId[]): Promise<Map<PersonId, number>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; version: number }>(
    'SELECT person_id, version FROM ledger_heads WHERE lg_code = $1 AND person_id = ANY($2::bigint[])',
    [tx.lgCode, columnParameter('bigint', personIds)],
  );
  return new Map(rows.map((row) => [row.person_id, row.version]));
}
