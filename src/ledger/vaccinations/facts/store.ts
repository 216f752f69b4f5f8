import { everyRecordOf, type LinkedRecords, listLinkedRecords, listRecordsOf, recordsIn } from '#addressees/persons';
import { loadItemCatalogue } from '#common-base/linkage';
import { type Day, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import { columnParameter, type Tx } from '#platform/postgres';
import type { CategoryBReason, Fact } from '#schedule';
import type { EntryFrame } from '../store.ts';
import { findScheduleFact } from './facts-for-schedule.ts';
import type { FactKind, FactOnRecord, FactTold } from './types.ts';

interface FactRow {
  readonly fact_id: number;
  readonly person_id: PersonId;
  readonly change: FactOnRecord['change'];
  readonly replaces: number | null;
  readonly kind: FactKind;
  readonly disease: string | null;
  readonly programme: string | null;
  readonly ground: CategoryBReason | null;
  readonly result: FactTold['result'];
  readonly from_on: string | null;
  readonly to_on: string | null;
  readonly certainty: FactTold['certainty'];
  readonly note: string | null;
  readonly reason: string | null;
  readonly recorded_at: Date;
  readonly recorded_by_name: string;
  readonly is_current: boolean;
}

const selectFacts = `
  SELECT f.fact_id, f.person_id, f.change, f.replaces, f.kind, f.disease, f.programme, f.ground, f.result, f.from_on,
    f.to_on, f.certainty, f.note, f.reason, f.recorded_at, f.recorded_by_name,
    f.change <> 'retraction' AND NOT EXISTS (SELECT 1 FROM person_facts later
      WHERE later.lg_code = f.lg_code AND later.replaces = f.fact_id) AS is_current
  FROM person_facts f WHERE f.lg_code = $1`;

/** Every fact of a person and of the linked records, corrected and retracted ones too, newest first. */
export async function listFacts(tx: Tx, personId: PersonId): Promise<FactOnRecord[]> {
  const records = await listRecordsOf(tx, personId);
  const sql = `${selectFacts} AND f.person_id = ANY($2) ORDER BY f.fact_id DESC`;
  const { rows } = await tx.client.query<FactRow>(sql, [tx.lgCode, records]);
  const { mayHold } = await loadItemCatalogue(tx);
  return rows.filter(({ kind }) => mayHold(`facts.${kind}`)).map(toFact);
}

/** One fact; undefined where the number is none. */
export async function findFact(tx: Tx, factId: number): Promise<FactOnRecord | undefined> {
  const { rows } = await tx.client.query<FactRow>(`${selectFacts} AND f.fact_id = $2`, [tx.lgCode, factId]);
  return rows[0] === undefined ? undefined : toFact(rows[0]);
}

/** What the schedule and a reader at intake need of many people; people without facts are absent. */
export interface KnownFacts {
  readonly schedule: readonly Fact[];
  readonly contraindications: readonly FactOnRecord[];
}

/** The facts that hold of the given people, those of linked records among them. */
export async function loadFacts(
  tx: Tx,
  personIds: readonly PersonId[],
  known?: LinkedRecords,
): Promise<Map<PersonId, KnownFacts>> {
  const linked = known ?? (await listLinkedRecords(tx, personIds));
  const holders = everyRecordOf(personIds, linked);
  const { rows } = await tx.client.query<FactRow>(`${selectFacts} AND f.person_id = ANY($2::bigint[])`, [
    tx.lgCode,
    columnParameter('bigint', holders),
  ]);
  if (rows.length === 0) return new Map();
  const { mayHold } = await loadItemCatalogue(tx);
  const byHolder = Map.groupBy(
    rows.map(toFact).filter((fact) => fact.isCurrent && mayHold(`facts.${fact.kind}`)),
    (fact) => fact.personId,
  );
  const told = new Map<PersonId, KnownFacts>();
  for (const personId of personIds) {
    const facts = recordsIn(linked, personId).flatMap((record) => byHolder.get(record) ?? []);
    if (facts.length === 0) continue;
    told.set(personId, {
      schedule: facts.flatMap((fact) => findScheduleFact(fact) ?? []),
      contraindications: facts.filter((fact) => fact.kind === 'contraindication'),
    });
  }
  return told;
}

/** Enters a fact, or one that replaces another; a fact that was replaced already answers undefined. */
export async function insertFact(
  tx: Tx,
  frame: EntryFrame,
  fact: FactTold & {
    readonly personId: PersonId;
    readonly change: FactOnRecord['change'];
    readonly replaces: number | null;
    readonly reason: string | null;
  },
): Promise<number | undefined> {
  const day = (value: Day | null): string | null => (value === null ? null : formatIsoDay(value));
  const { rows } = await tx.client.query<{ fact_id: number }>(
    `INSERT INTO person_facts (lg_code, person_id, change, replaces, kind, disease, programme, ground, result, from_on,
       to_on, certainty, note, reason, act_id, recorded_by, recorded_by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     ON CONFLICT DO NOTHING RETURNING fact_id`,
    [
      tx.lgCode,
      fact.personId,
      fact.change,
      fact.replaces,
      fact.kind,
      fact.disease,
      fact.programme,
      fact.ground,
      fact.result,
      day(fact.from),
      day(fact.to),
      fact.certainty,
      fact.note,
      fact.reason,
      frame.actId,
      frame.staffId,
      frame.staffName,
    ],
  );
  return rows[0]?.fact_id;
}

/** SQL (column person_id): everybody of whom a fact was ever recorded. */
export function everToldSql(lgCode: string): string {
  return `SELECT person_id FROM person_facts WHERE lg_code = ${lgCode}`;
}

function toFact(row: FactRow): FactOnRecord {
  return {
    factId: row.fact_id,
    personId: row.person_id,
    change: row.change,
    replaces: row.replaces,
    kind: row.kind,
    disease: row.disease,
    programme: row.programme,
    ground: row.ground,
    result: row.result,
    from: row.from_on === null ? null : parseIsoDay(row.from_on),
    to: row.to_on === null ? null : parseIsoDay(row.to_on),
    certainty: row.certainty,
    note: row.note,
    reason: row.reason,
    recordedAt: row.recorded_at,
    recordedByName: row.recorded_by_name,
    isCurrent: row.is_current,
  };
}

/** Everybody of whom anything was ever told beside doses; they are judged one by one. */
export async function listPeopleEverTold(tx: Tx): Promise<ReadonlySet<PersonId>> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT DISTINCT person_id FROM person_facts WHERE lg_code = $1',
    [tx.lgCode],
  );
  return new Set(rows.map((row) => row.person_id));
}
