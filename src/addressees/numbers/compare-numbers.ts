import { type LgCode, type PersonId } from '#kernel';
import { type Database, withMunicipality } from '#platform/postgres';

/** How the individual number in force of one person compares with that of another; nothing is opened or shown. */
export type ComparedNumbers = 'same' | 'differing' | 'unknown';

/**
 * Compares the individual number in force of a person with those of others by their keyed hashes, so that a differing
 * number can forbid a link (名寄せ). People without a number, or hashed under another key, are `unknown`. One person
 * has one number and a number one person, so `same` is only found among a person's former numbers.
 */
export async function compareIndividualNumbers(
  db: Database,
  lgCode: LgCode,
  personId: PersonId,
  others: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ComparedNumbers>> {
  const rows = await withMunicipality(
    db,
    lgCode,
    async ({ client }) => {
      const answer = await client.query<{ person_id: PersonId; is_same: boolean }>(
        `SELECT o.person_id, (o.number_index = f.number_index OR EXISTS (
           SELECT 1 FROM number_vault.individual_numbers a JOIN number_vault.individual_numbers b
             ON b.lg_code = $1 AND b.number_index = a.number_index AND b.index_key_version = a.index_key_version
           WHERE a.lg_code = $1 AND a.person_id = f.person_id AND b.person_id = o.person_id)) AS is_same
         FROM number_vault.numbers_in_force f
         JOIN number_vault.numbers_in_force o ON o.lg_code = $1 AND o.index_key_version = f.index_key_version
         WHERE f.lg_code = $1 AND f.person_id = $2 AND o.person_id = ANY($3)`,
        [lgCode, personId, others],
      );
      return answer.rows;
    },
    { role: 'vault' },
  );
  const known = new Map(rows.map((row) => [row.person_id, row.is_same ? ('same' as const) : ('differing' as const)]));
  return new Map(others.map((other) => [other, known.get(other) ?? ('unknown' as const)]));
}
