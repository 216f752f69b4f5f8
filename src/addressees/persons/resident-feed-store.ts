import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { idsPerBlock, type PersonIdSet } from './person-id-set.ts';

/** What a row of a feed brings: whom it names, and the digest (base64) of what it says, empty for a refused row. */
export interface NamedRow {
  readonly addresseeNumber: string;
  readonly digest: string;
}

/** A person whom the feed already brought once. */
export interface KnownResident {
  readonly personId: PersonId;
  /** The feed says the same as before. */
  readonly isUnchanged: boolean;
}

/** For each of the rows the person whom it names, or undefined where nobody is known by that number. */
export async function findKnownResidents(
  tx: Tx,
  rows: readonly NamedRow[],
): Promise<readonly (KnownResident | undefined)[]> {
  // One look into the unique index for each number: joined otherwise, a table without statistics (the first import has
  // not ended yet) would be read whole for every chunk. The answer is one text, ids of changed people negative: a row for
  // each would cost the program more than everything else it does with an unchanged one.
  const answer = await tx.client.query<{ ids: string }>(
    `SELECT string_agg(coalesce(p.id, '0'), ',' ORDER BY f.place) AS ids
     FROM unnest($2::text[], string_to_array($3, ',')) WITH ORDINALITY AS f (number, digest, place) LEFT JOIN LATERAL (
       SELECT CASE WHEN encode(feed_digest, 'base64') = f.digest THEN person_id ELSE -person_id END::text AS id
       FROM persons WHERE lg_code = $1 AND addressee_number = f.number LIMIT 1) p ON true`,
    [tx.lgCode, rows.map((row) => row.addresseeNumber), rows.map((row) => row.digest).join(',')],
  );
  const ids = answer.rows[0]?.ids.split(',').map(Number) ?? [];
  return ids.map((id) => (id === 0 ? undefined : { personId: Math.abs(id) as PersonId, isUnchanged: id > 0 }));
}

/** The highest id of the municipality's people before an import, 0 when there are none. */
export async function findLastPersonId(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ last: number | null }>(
    'SELECT max(person_id) AS last FROM persons WHERE lg_code = $1',
    [tx.lgCode],
  );
  return rows[0]?.last ?? 0;
}

/** Adds towns that occurred for the first time; they are what the search by a part of an address looks through. */
export async function addTowns(tx: Tx, towns: readonly string[]): Promise<void> {
  await tx.client.query(
    `INSERT INTO address_towns (lg_code, town_key) SELECT $1, t FROM unnest($2::text[]) AS t ORDER BY t
     ON CONFLICT (lg_code, town_key) DO NOTHING`,
    [tx.lgCode, towns],
  );
}

/** Leaves the search as fast after a feed as it will be: waiting tokens go into their index, statistics are made. */
export async function settlePersonSearch(tx: Tx, changed: number): Promise<void> {
  if (changed > 0) await tx.client.query('SELECT settle_person_search($1)', [changed]);
}

/** What a file showed: whom it named, and the last person there was before it. */
export interface FeedPresence {
  readonly feedRunId: number;
  readonly seen: PersonIdSet;
  readonly lastPersonId: number;
  readonly at: Date;
}

/** Who was on the work list of absences and occurred again leaves it; answers how many. */
export async function closeReturned(tx: Tx, presence: FeedPresence): Promise<number> {
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    "SELECT person_id FROM person_absences WHERE lg_code = $1 AND state = 'open'",
    [tx.lgCode],
  );
  const returned = rows.map((row) => row.person_id).filter((id) => presence.seen.has(id));
  await tx.client.query(
    `UPDATE person_absences SET state = 'returned', settled_at = $3
     WHERE lg_code = $1 AND person_id = ANY($2) AND state = 'open'`,
    [tx.lgCode, returned, presence.at],
  );
  return returned.length;
}

/**
 * After a whole file: who is resident and was not in it goes to the work list, unless already on it. Whom staff
 * registered by hand no file brings.
 */
export async function noteAbsent(tx: Tx, presence: FeedPresence): Promise<number> {
  const { feedRunId, seen, lastPersonId, at } = presence;
  let absent = 0;
  for (let from = 0; from <= lastPersonId; from += idsPerBlock) {
    const inserted = await tx.client.query(
      `INSERT INTO person_absences (lg_code, person_id, feed_run_id, noticed_at, state)
       SELECT $1, p.person_id, $2, $3, 'open' FROM persons p
       WHERE p.lg_code = $1 AND p.person_id BETWEEN $4 AND $5 AND get_bit($6::bytea, p.person_id - $4) = 0
         AND NOT p.is_cancelled AND p.ceased_resident_on IS NULL AND p.died_on IS NULL
         AND length(p.feed_digest) > 0
         AND NOT EXISTS (SELECT 1 FROM person_absences a
           WHERE a.lg_code = $1 AND a.person_id = p.person_id AND a.state = 'open')`,
      [tx.lgCode, feedRunId, at, from, Math.min(from + idsPerBlock - 1, lastPersonId), seen.blockOf(from)],
    );
    absent += inserted.rowCount ?? 0;
  }
  return absent;
}
