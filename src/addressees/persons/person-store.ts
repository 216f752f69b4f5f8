import { type ItemCatalogue, loadItemCatalogue } from '#common-base/linkage';
import { type Day, type PersonId, parseIsoDay, type Sex } from '#kernel';
import { columnParameter, type Tx } from '#platform/postgres';
import type { BirthDatePrecision } from './birth-date.ts';
import { deriveAgeYears, deriveResidenceState, formatBirthDate } from './derive-residence.ts';
import { mergeRecords } from './merge-records.ts';
import type { PersonOnRecord, PersonSummary, ResidencyPeriod } from './types.ts';

/** Whom to load: by our ids, by the register's numbers, or a page of everybody in the order of ids. */
export type PersonSelection =
  | { readonly personIds: readonly PersonId[] }
  | { readonly addresseeNumbers: readonly string[] }
  | { readonly after: PersonId | null; readonly limit: number };

interface HeadRow {
  readonly person_id: PersonId;
  readonly addressee_number: string;
  readonly version: number;
  readonly name: string;
  readonly kana: string;
  readonly born_on: Day | null;
  readonly birth_date_precision: BirthDatePrecision;
  readonly sex: Sex;
  readonly became_resident_on: Day | null;
  readonly ceased_resident_on: Day | null;
  readonly ceased_reason: string | null;
  readonly past_residencies:
    | readonly { becameOn: string | null; ceasedOn: string; ceasedReason: string | null }[]
    | null;
  readonly died_on: Day | null;
  readonly is_protected: boolean;
  readonly is_non_registered: boolean;
  readonly is_cancelled: boolean;
  readonly machiaza_id: string | null;
  readonly kana_key: string;
  readonly name_key: string;
  readonly principal_id: PersonId | null;
}

/** A day as its number (days since 1970-01-01), which needs no reading of text. */
export function dayColumn(column: string, alias = column.replace(/^.*\./u, '')): string {
  return `(${column} - DATE '1970-01-01') AS ${alias}`;
}

const judgingColumns = `person_id, addressee_number, version, name, kana, ${dayColumn('born_on')}, birth_date_precision,
  sex, ${dayColumn('became_resident_on')}, ${dayColumn('ceased_resident_on')}, ceased_reason, past_residencies,
  ${dayColumn('died_on')}, is_protected, is_non_registered, is_cancelled, machiaza_id, kana_key, name_key, principal_id`;

/**
 * Loads people in bulk for judging, matching and extracting: no address, no audit row (the command that judges them
 * records its own act). Cancelled records are among them and say so. Of linked records each knows the residency, the
 * death and the protection of all.
 */
export async function loadPersonsForJudging(tx: Tx, selection: PersonSelection): Promise<PersonOnRecord[]> {
  const [condition, values] = conditionOf(selection);
  const { rows } = await tx.client.query<HeadRow>(
    `SELECT ${judgingColumns} FROM persons WHERE lg_code = $1 AND ${condition}`,
    [tx.lgCode, ...values],
  );
  return followLinks(tx, rows.map(personOnRecord));
}

/** Gives linked records what the others of the same person know; asks nothing where nobody is linked. */
async function followLinks(tx: Tx, people: PersonOnRecord[]): Promise<PersonOnRecord[]> {
  const principals = [...new Set(people.map((person) => person.principalId))].filter((id) => id !== null);
  if (principals.length === 0) return people;
  const { rows } = await tx.client.query<HeadRow>(
    `SELECT ${judgingColumns} FROM persons WHERE lg_code = $1 AND principal_id = ANY($2) ORDER BY person_id`,
    [tx.lgCode, principals],
  );
  const records = Map.groupBy(rows.map(personOnRecord), (record) => record.principalId);
  return people.map((person) =>
    person.principalId === null ? person : mergeRecords(person, records.get(person.principalId) ?? []),
  );
}

/** The person of a 宛名番号, also of a cancelled record. */
export async function findPersonIdByAddresseeNumber(tx: Tx, addresseeNumber: string): Promise<PersonId | undefined> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    'SELECT person_id FROM persons WHERE lg_code = $1 AND addressee_number = $2',
    [tx.lgCode, addresseeNumber],
  );
  return rows[0]?.person_id;
}

/**
 * Locks the heads of people in ascending order until the transaction ends; answers their versions. Their keys stay free:
 * who enters a dose for one of them does not wait, and no two wait for each other.
 */
export async function lockPersons(tx: Tx, personIds: readonly PersonId[]): Promise<Map<PersonId, number>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; version: number }>(
    'SELECT person_id, version FROM persons WHERE lg_code = $1 AND person_id = ANY($2) ORDER BY person_id FOR NO KEY UPDATE',
    [tx.lgCode, personIds],
  );
  return new Map(rows.map((row) => [row.person_id, row.version]));
}

/** A row of whom a sender may mean: its phonetic key and birth date. */
export interface CandidateKey {
  readonly kanaKey: string;
  readonly bornOn: Day | null;
}

/**
 * People born on the day of a row or named like it, for `decideMatch`: for each key at most two hundred by birth date and
 * fifty by name. Cancelled records are left out.
 */
export async function listMatchCandidates(tx: Tx, keys: readonly CandidateKey[]): Promise<PersonOnRecord[]> {
  const days = [...new Set(keys.map((key) => key.bornOn))].filter((day) => day !== null);
  const kana = [...new Set(keys.map((key) => key.kanaKey))].filter((key) => key !== '');
  const { rows } = await tx.client.query<HeadRow>(
    `WITH ids AS (
       SELECT b.person_id FROM unnest($2::integer[]) AS k (day) CROSS JOIN LATERAL (
         SELECT p.person_id FROM persons p
         WHERE p.lg_code = $1 AND p.born_on = DATE '1970-01-01' + k.day AND NOT p.is_cancelled LIMIT 200) b
       UNION
       SELECT n.person_id FROM unnest($3::text[]) AS k (kana) CROSS JOIN LATERAL (
         SELECT p.person_id FROM persons p
         WHERE p.lg_code = $1 AND p.kana_key = k.kana AND NOT p.is_cancelled LIMIT 50) n
     )
     SELECT ${judgingColumns} FROM persons WHERE lg_code = $1 AND person_id IN (SELECT person_id FROM ids)
     ORDER BY person_id`,
    [tx.lgCode, days, kana],
  );
  return rows.map(personOnRecord);
}

/**
 * SQL condition: somebody of the same household is protected (支援措置) and still lives there, also when the day of
 * leaving is announced; who lives together is found through the others, so the places of all are hidden. So are those of
 * a record that is linked with a protected one, and of everybody in the household of either. `lgCode` is the expression
 * of the municipality.
 */
export function hasProtectedMember(alias: string, lgCode = '$1'): string {
  return `(EXISTS (SELECT 1 FROM persons m WHERE m.lg_code = ${lgCode} AND m.household_number = ${alias}.household_number
    AND (m.is_protected OR ${hasProtectedRecord('m', lgCode)}) AND NOT m.is_cancelled AND m.died_on IS NULL
    AND (m.ceased_resident_on IS NULL OR m.ceased_resident_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date))
    OR ${hasProtectedRecord(alias, lgCode)})`;
}

/** SQL condition: a linked record of the same person is protected. */
export function hasProtectedRecord(alias: string, lgCode = '$1'): string {
  return `(${alias}.principal_id IS NOT NULL AND EXISTS (SELECT 1 FROM persons r WHERE r.lg_code = ${lgCode}
    AND r.principal_id = ${alias}.principal_id AND r.is_protected AND NOT r.is_cancelled))`;
}

/** People as lists show them, in the order of the ids; where a person or the household is protected, without place. */
export async function listPersonSummaries(tx: Tx, personIds: readonly PersonId[], asOf: Day): Promise<PersonSummary[]> {
  if (personIds.length === 0) return [];
  const { rows } = await tx.client.query<SummaryRow>(
    `SELECT ${judgingColumns}, household_number, relation, concat_ws(' ', address, building) AS address,
       (is_protected OR ${hasProtectedMember('persons')}) AS is_hidden
     FROM persons WHERE lg_code = $1 AND person_id = ANY($2)`,
    [tx.lgCode, personIds],
  );
  const catalogue = await loadItemCatalogue(tx);
  const byId = new Map(rows.map((row) => [row.person_id, discloseSummary(summaryOf(row, asOf), row, catalogue)]));
  return personIds.map((id) => byId.get(id)).filter((summary) => summary !== undefined);
}

/** Without the household and the relation where the municipality may not hold them. */
function discloseSummary(summary: PersonSummary, row: SummaryRow, catalogue: ItemCatalogue): PersonSummary {
  if (!catalogue.isLimited) return summary;
  const subject = row.is_non_registered ? 'nonRegistered' : 'residents';
  return {
    ...summary,
    householdNumber: catalogue.mayHold('persons.householdNumber', subject) ? summary.householdNumber : null,
    relation: catalogue.mayHold('persons.relation', subject) ? summary.relation : null,
  };
}

interface SummaryRow extends HeadRow {
  readonly is_hidden: boolean;
  readonly address: string | null;
  readonly household_number: string | null;
  readonly relation: string | null;
}

function summaryOf(row: SummaryRow, asOf: Day): PersonSummary {
  const person = personOnRecord(row);
  return {
    personId: person.personId,
    addresseeNumber: person.addresseeNumber,
    name: person.name,
    kana: person.kana,
    bornOn: person.bornOn,
    birthDatePrecision: person.birthDatePrecision,
    birthText: formatBirthDate(person.bornOn, person.birthDatePrecision),
    sex: person.sex,
    ageYears: deriveAgeYears(person.bornOn, person.diedOn ?? asOf),
    address: row.is_hidden || row.address === '' ? null : row.address,
    isAddressHidden: row.is_hidden,
    isProtected: person.isProtected,
    state: deriveResidenceState(person, asOf),
    diedOn: person.diedOn,
    householdNumber: row.is_hidden ? null : row.household_number,
    relation: row.relation,
    principalId: person.principalId,
  };
}

function conditionOf(selection: PersonSelection): [string, unknown[]] {
  if ('personIds' in selection)
    return ['person_id = ANY($2::bigint[])', [columnParameter('bigint', selection.personIds)]];
  if ('addresseeNumbers' in selection)
    return ['addressee_number = ANY($2::text[])', [columnParameter('text', selection.addresseeNumbers)]];
  return ['person_id > $2 ORDER BY person_id LIMIT $3', [selection.after ?? 0, selection.limit]];
}

function personOnRecord(row: HeadRow): PersonOnRecord {
  return {
    personId: row.person_id,
    addresseeNumber: row.addressee_number,
    kana: row.kana,
    name: row.name,
    kanaKey: row.kana_key,
    nameKey: row.name_key,
    bornOn: row.born_on,
    birthDatePrecision: row.birth_date_precision,
    isBirthDateUncertain: row.birth_date_precision !== 'day',
    sex: row.sex,
    becameResidentOn: row.became_resident_on,
    ceasedResidentOn: row.ceased_resident_on,
    ceasedReason: row.ceased_reason,
    diedOn: row.died_on,
    residencies: residenciesOf(row),
    isProtected: row.is_protected,
    isNonRegistered: row.is_non_registered,
    isCancelled: row.is_cancelled,
    machiazaId: row.machiaza_id,
    version: row.version,
    principalId: row.principal_id,
  };
}

function residenciesOf(row: HeadRow): ResidencyPeriod[] {
  const present = {
    becameOn: row.became_resident_on,
    ceasedOn: row.ceased_resident_on,
    ceasedReason: row.ceased_reason,
  };
  if (row.past_residencies === null) return [present];
  const past = row.past_residencies.map((period) => ({
    becameOn: period.becameOn === null ? null : parseIsoDay(period.becameOn),
    ceasedOn: parseIsoDay(period.ceasedOn),
    ceasedReason: period.ceasedReason,
  }));
  return [...past, present];
}
