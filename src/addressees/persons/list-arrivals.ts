import { type Day, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import { hasProtectedMember } from './person-store.ts';

/** Somebody who moved in and is here, with where from as the register wrote it. */
export interface Arrival {
  readonly personId: PersonId;
  readonly movedInOn: Day;
  /** Null where birth is not known to the day. */
  readonly bornOn: Day | null;
  /** Null where the register tells none. */
  readonly previousAddress: string | null;
  /** 支援措置 of the person or of somebody in the household: where they are must not be told to anybody. */
  readonly isProtected: boolean;
}

/** Who moved in (転入) on a day or later, and is a resident still; by the day, then in the order of arrival here. */
export async function listArrivals(tx: Tx, since: Day): Promise<Arrival[]> {
  const { rows } = await tx.client.query<{
    person_id: PersonId;
    moved_in_on: string;
    born_on: string | null;
    previous_address: string | null;
    is_hidden: boolean;
  }>(
    `SELECT p.person_id, p.became_resident_on AS moved_in_on,
       CASE WHEN p.birth_date_precision = 'day' THEN p.born_on END AS born_on, v.previous_address,
       (p.is_protected OR ${hasProtectedMember('p')}) AS is_hidden
     FROM persons p
     JOIN LATERAL (SELECT a.previous_address FROM person_versions a WHERE a.lg_code = $1 AND a.person_id = p.person_id
       AND a.became_resident_on = p.became_resident_on AND a.residency_change_reason = 'movedIn'
       ORDER BY a.version LIMIT 1) v ON true
     WHERE p.lg_code = $1 AND p.became_resident_on >= $2 AND p.ceased_resident_on IS NULL AND NOT p.is_cancelled
       AND NOT p.is_non_registered
     ORDER BY p.became_resident_on, p.person_id`,
    [tx.lgCode, formatIsoDay(since)],
  );
  return rows.map((row) => ({
    personId: row.person_id,
    movedInOn: parseIsoDay(row.moved_in_on),
    bornOn: row.born_on === null ? null : parseIsoDay(row.born_on),
    previousAddress: row.previous_address,
    isProtected: row.is_hidden,
  }));
}
