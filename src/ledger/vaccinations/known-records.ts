import { everyRecordOf, listLinkedRecords } from '#addressees/persons';
import type { Day, EntryId, PersonId } from '#kernel';
import { columnParameter, type Tx } from '#platform/postgres';
import type { Outcome } from './types.ts';

/** What tells a record of somebody from every other: sender's code and dose number, day and outcome. */
export interface RecordTold {
  readonly personId: PersonId;
  readonly vaccineCode: string | null;
  readonly doseNumberAsSent: string | null;
  readonly vaccinatedOn: Day;
  readonly outcome: Outcome;
}

/** The same record told twice has the same key. */
export function recordKey(told: RecordTold): string {
  const { personId, vaccineCode, doseNumberAsSent, vaccinatedOn, outcome } = told;
  return `${personId} ${vaccineCode} ${doseNumberAsSent} ${vaccinatedOn} ${outcome}`;
}

/**
 * From so many people for each day on, the doses of the days are read instead of each person's own. A ledger of a city of
 * a million holds some thousand doses a day, one behind another, and some 30 a person, as far apart as their years.
 */
const peoplePerDayMin = 100;

/**
 * The entries that the ledger holds now for such people on such days, by key: those of linked records stand under every
 * one of them. A file in the order of days names thousands of people for each day, one in the order of people thousands of
 * days; looked up the other way each row would cost as much as the ledger is deep.
 */
export async function loadKnownRecords(
  tx: Tx,
  personIds: readonly PersonId[],
  days: readonly Day[],
): Promise<Map<string, EntryId>> {
  const linked = await listLinkedRecords(tx, personIds);
  const records = everyRecordOf(personIds, linked);
  const isByDay = records.length >= days.length * peoplePerDayMin;
  const { rows } = await tx.client.query<KnownRow>({
    text: isByDay ? queryByDay : queryByPerson,
    values: [tx.lgCode, columnParameter('bigint', records), columnParameter('date', days)],
  });
  const askedFor = new Map<PersonId, PersonId[]>();
  for (const [asked, ofPerson] of linked) {
    for (const record of ofPerson) askedFor.set(record, [...(askedFor.get(record) ?? []), asked]);
  }
  const known = new Map<string, EntryId>();
  for (const row of rows) {
    const { vaccine_code: vaccineCode, dose_number_as_sent: doseNumberAsSent, day: vaccinatedOn, outcome } = row;
    for (const personId of askedFor.get(row.person_id) ?? [row.person_id]) {
      known.set(recordKey({ personId, vaccineCode, doseNumberAsSent, vaccinatedOn, outcome }), row.entry_id);
    }
  }
  return known;
}

interface KnownRow {
  readonly person_id: PersonId;
  readonly entry_id: EntryId;
  readonly vaccine_code: string | null;
  readonly dose_number_as_sent: string | null;
  readonly day: Day;
  readonly outcome: Outcome;
}

/** One look per person or per day, whatever the statistics of a ledger just filled say. */
const lookedUp = (wanted: string, condition: string, rest: string): string => `
  SELECT c.person_id, c.entry_id, c.vaccine_code, c.dose_number_as_sent, c.vaccinated_on - DATE '1970-01-01' AS day,
    c.outcome
  FROM ${wanted} CROSS JOIN LATERAL (
    SELECT * FROM current_doses one WHERE one.lg_code = $1 AND ${condition} OFFSET 0) c
  WHERE ${rest}`;

const queryByPerson = lookedUp(
  'unnest($2::bigint[]) AS wanted (person_id)',
  'one.person_id = wanted.person_id',
  'c.vaccinated_on = ANY ($3::date[])',
);
const queryByDay = lookedUp(
  'unnest($3::date[]) AS wanted (on_day)',
  'one.vaccinated_on = wanted.on_day',
  'c.person_id = ANY ($2::bigint[])',
);
