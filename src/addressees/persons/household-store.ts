import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { hasProtectedMember } from './person-store.ts';

/** Whether the person or anyone who lives in the same household is protected (支援措置). */
export async function isHouseholdProtected(tx: Tx, personId: PersonId): Promise<boolean> {
  const { rows } = await tx.client.query<{ is_hidden: boolean }>(
    `SELECT (p.is_protected OR ${hasProtectedMember('p')}) AS is_hidden
     FROM persons p WHERE p.lg_code = $1 AND p.person_id = $2`,
    [tx.lgCode, personId],
  );
  return rows[0]?.is_hidden ?? false;
}

/** The people of the same household, the householder first, then by birth; without cancelled records. */
export async function listHouseholdIds(tx: Tx, personId: PersonId): Promise<PersonId[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT m.person_id FROM persons p
     JOIN persons m ON m.lg_code = $1 AND m.household_number = p.household_number AND NOT m.is_cancelled
     WHERE p.lg_code = $1 AND p.person_id = $2
     ORDER BY m.relation IS DISTINCT FROM 'householder', m.born_on NULLS LAST, m.person_id`,
    [tx.lgCode, personId],
  );
  return rows.map((row) => row.person_id);
}

const adultFromYears = 18;

/** The adult householder of a child's household, alive and resident on the day, if it is not the child itself. */
export async function findHouseholder(
  tx: Tx,
  personId: PersonId,
  asOf: Day,
): Promise<{ personId: PersonId; name: string } | undefined> {
  const { rows } = await tx.client.query<{ personId: PersonId; name: string }>(
    `SELECT h.person_id AS "personId", h.name FROM persons p
     JOIN persons h ON h.lg_code = $1 AND h.household_number = p.household_number AND h.relation = 'householder'
     WHERE p.lg_code = $1 AND p.person_id = $2 AND h.person_id <> p.person_id AND ${isAbleHouseholder('h', '$3::date')}
       AND p.born_on > $3::date - INTERVAL '${adultFromYears} years'
     ORDER BY h.person_id LIMIT 1`,
    [tx.lgCode, personId, formatIsoDay(asOf)],
  );
  return rows[0];
}

/** SQL condition: adult, alive and resident on the day; a child's letter may go to this householder. */
export function isAbleHouseholder(alias: string, day: string): string {
  return `NOT ${alias}.is_cancelled AND ${alias}.died_on IS NULL
    AND (${alias}.ceased_resident_on IS NULL OR ${alias}.ceased_resident_on > ${day})
    AND ${alias}.born_on <= ${day} - INTERVAL '${adultFromYears} years'`;
}
