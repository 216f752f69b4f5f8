import { getDay, type LgCode, type PersonId } from '#kernel';
import { type Database, withMunicipality } from '#platform/postgres';

/** What of a test person differs from the usual: a girl born on 2026-01-10 who has lived here since. */
export interface TestPerson {
  readonly addresseeNumber: string;
  readonly kana?: string;
  readonly bornOn?: string;
  readonly sex?: 'male' | 'female';
  readonly becameResidentOn?: string;
}

/** Puts people straight into the register of a test municipality; answers their ids in the order given. */
export async function insertTestPeople(
  db: Database,
  lgCode: LgCode,
  people: readonly TestPerson[],
): Promise<PersonId[]> {
  return withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<{ person_id: PersonId }>(
      `INSERT INTO persons (lg_code, addressee_number, version, name, kana, born_on, birth_date_precision, sex,
         became_resident_on, is_protected, is_non_registered, is_foreigner, is_cancelled, kana_key, name_key,
         search_keys, search_tokens, feed_digest, updated_at)
       SELECT $1, p.number, 1, '試験　花', p.kana, p.born_on, 'day', p.sex, p.became_resident_on, false, false, false,
         false, replace(p.kana, '　', ''), '試験花', '', '{}', '', now()
       FROM jsonb_to_recordset($2::jsonb)
         AS p(ordinal int, number text, kana text, born_on date, sex text, became_resident_on date)
       ORDER BY p.ordinal RETURNING person_id`,
      [
        lgCode,
        JSON.stringify(
          people.map((person, ordinal) => ({
            ordinal,
            number: person.addresseeNumber,
            kana: person.kana ?? 'シケン　ハナ',
            born_on: person.bornOn ?? '2026-01-10',
            sex: person.sex ?? 'female',
            became_resident_on: person.becameResidentOn ?? person.bornOn ?? '2026-01-10',
          })),
        ),
      ],
    );
    return rows.map((row) => row.person_id);
  });
}

/** A dose of 2026-04-15 as a clinic reports it, of a programme, stage and product that no rule knows. */
export function doseOfApril(personId: PersonId) {
  return {
    personId,
    outcome: 'administered',
    vaccinatedOn: getDay(2026, 4, 15),
    vaccinationClass: 'routine',
    programme: 'p',
    stage: 's',
    product: 'q',
    items: { lotNumber: 'A1', doseVolumeMl: '0.50' },
    source: 'clinic',
    certainty: 'documented',
    findings: [],
    reason: null,
    runId: null,
    runRow: null,
  } as const;
}
