import { type ActBy, recordAct, recordPersonsTouched } from '#common-base/audit';
import { type EntryId, formatIsoDay, type PersonId } from '#kernel';
import { publishMany } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { requireHeldItems } from './held-items.ts';
import { sealEntries } from './seal-entries.ts';
import { type EntryFrame, type FactQuery, insertEntries, insertManyEntries, raiseHeads } from './store.ts';
import type { NewEntry } from './types.ts';

/** The version of each person's ledger head that the writer looked at; 0 = no entries yet. */
export type ExpectedVersions = ReadonlyMap<PersonId, number>;

/**
 * Enters facts with their current history, audit row and outbox rows in the caller's transaction. A person whose
 * ledger changed since `expectedVersions` was read is a Conflict. Not for more than some thousand facts at once.
 */
export async function appendEntries(
  tx: Tx,
  by: ActBy,
  entries: readonly NewEntry[],
  options: {
    readonly act: string;
    readonly expectedVersions?: ExpectedVersions;
    /** Stands in the entries where it is not who acts (an approval). */
    readonly recorder?: EntryRecorder;
  },
): Promise<{ actId: number; entryIds: EntryId[] }> {
  await requireHeldItems(
    tx,
    entries.map((entry) => entry.items),
  );
  const personIds = [...new Set(entries.map((entry) => entry.personId))];
  await raiseHeads(tx, personQuery(personIds), expectedQuery(options.expectedVersions, 1));
  const actId = await recordAct(tx, by, { act: options.act, personIds, details: { entries: entries.length } });
  const entryIds = await insertEntries(tx, entryFrame(options.recorder ?? by, actId), factQuery(entries));
  await sealEntries(tx, by, actId);
  await publishMany(tx, 'vaccinations.changed', 'SELECT unnest($1::bigint[]) AS id', [personIds]);
  return { actId, entryIds };
}

/**
 * Enters facts under an act that the caller recorded; answers how many there are. The caller ends with `announceAct`, and
 * gives the same `raised` to every call of its transaction: a head is raised once, and held until the end.
 */
export async function appendUnderAct(
  tx: Tx,
  by: ActBy,
  { actId, raised }: { readonly actId: number; readonly raised: Set<PersonId> },
  entries: readonly NewEntry[],
): Promise<number> {
  if (entries.length === 0) return 0;
  await requireHeldItems(
    tx,
    entries.map((entry) => entry.items),
  );
  const personIds = new Set(entries.map((entry) => entry.personId)).difference(raised);
  if (personIds.size > 0) await raiseHeads(tx, personQuery([...personIds]));
  for (const personId of personIds) raised.add(personId);
  return insertManyEntries(tx, entryFrame(by, actId), factQuery(entries));
}

/** Facts that stand in a table: any number of them, without passing through this process. */
export interface SelectedFacts {
  /** The facts, entered portion by portion. */
  readonly portions: readonly FactQuery[];
  /** Columns person_id, version: everybody of whom the facts speak, with what the writer looked at. */
  readonly expected: FactQuery;
  /** Told after each portion how many are entered; what it throws ends the transaction. */
  readonly onEntered?: (entered: number) => void;
}

/** Enters all facts of the queries under an act that the caller recorded, with audit of the people and outbox. */
export async function appendSelected(tx: Tx, by: ActBy, actId: number, selected: SelectedFacts): Promise<number> {
  const { portions, expected, onEntered } = selected;
  const shifted = { sql: shiftParameters(expected.sql, expected.params.length), params: expected.params };
  await raiseHeads(tx, { sql: `SELECT person_id FROM (${expected.sql}) f`, params: expected.params }, shifted);
  let entered = 0;
  for (const facts of portions) {
    entered += await insertManyEntries(tx, entryFrame(by, actId), facts);
    onEntered?.(entered);
  }
  await announceAct(tx, by, actId);
  return entered;
}

/** Audit rows of the people, digest and outbox rows for everything entered under an act: once, after its last entry. */
export async function announceAct(tx: Tx, by: ActBy, actId: number): Promise<void> {
  const people = 'SELECT DISTINCT person_id FROM ledger_entries WHERE lg_code = $1 AND act_id = $2';
  await recordPersonsTouched(tx, actId, people, [tx.lgCode, actId]);
  await sealEntries(tx, by, actId);
  await publishMany(tx, 'vaccinations.changed', `SELECT person_id AS id FROM (${people}) p`, [tx.lgCode, actId]);
}

/** Who stands in an entry as the one who recorded it. */
export type EntryRecorder = Pick<ActBy, 'staffId' | 'staffName'>;

/** The frame of an entry from who recorded it under which act. */
export function entryFrame(by: EntryRecorder, actId: number): EntryFrame {
  return { actId, staffId: by.staffId, staffName: by.staffName };
}

function personQuery(personIds: readonly PersonId[]): FactQuery {
  return { sql: 'SELECT unnest($1::bigint[]) AS person_id', params: [personIds] };
}

function expectedQuery(versions: ExpectedVersions | undefined, offset: number): FactQuery | undefined {
  if (versions === undefined) return undefined;
  return {
    sql: `SELECT * FROM unnest($${offset + 1}::bigint[], $${offset + 2}::integer[])`,
    params: [[...versions.keys()], [...versions.values()]],
  };
}

/** Moves $1 … of a query behind the parameters of another. */
function shiftParameters(sql: string, offset: number): string {
  return sql.replaceAll(/\$(\d+)/gu, (_, n: string) => `$${Number(n) + offset}`);
}

function factQuery(entries: readonly NewEntry[]): FactQuery {
  const rows = entries.map((entry) => ({
    person_id: entry.personId,
    outcome: entry.outcome,
    vaccinated_on: formatIsoDay(entry.vaccinatedOn),
    vaccination_class: entry.vaccinationClass,
    programme: entry.programme,
    stage: entry.stage,
    product: entry.product,
    items: entry.items,
    source: entry.source,
    certainty: entry.certainty,
    findings: entry.findings,
    reason: entry.reason,
    run_id: entry.runId,
    run_row: entry.runRow,
  }));
  return { sql: factsFromJson, params: [JSON.stringify(rows)] };
}

const factsFromJson = `
  SELECT person_id, outcome, vaccinated_on, vaccination_class, programme, stage, product, items, source, certainty,
    findings, reason, NULL::bigint AS batch_id, NULL::integer AS batch_row, run_id, run_row
  FROM json_to_recordset($1::json) AS f(person_id bigint, outcome text, vaccinated_on date, vaccination_class text,
    programme text, stage text, product text, items jsonb, source text, certainty text, findings jsonb, reason text,
    run_id bigint, run_row integer)`;
