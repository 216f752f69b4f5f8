import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { idsPerBlock, type PersonIdSet } from './person-id-set.ts';

/** A person whom the feed already brought once, with the digest (base64) of the last row. */
export interface KnownResident {
  readonly personId: PersonId;
  readonly digest: string;
}

/** Who of these numbers is known, by number. */
export async function findKnownResidents(
  tx: Tx,
  addresseeNumbers: readonly string[],
): Promise<Map<string, KnownResident>> {
  // One look into the unique index for each number: joined otherwise, a table without statistics (the first import has
  // not ended yet) would be read whole for every chunk.
  const { rows } = await tx.client.query<[string, PersonId, string]>({
    text: `SELECT p.addressee_number, p.person_id, p.digest FROM unnest($2::text[]) AS f (number) CROSS JOIN LATERAL (
        SELECT addressee_number, person_id, encode(feed_digest, 'base64') AS digest FROM persons
        WHERE lg_code = $1 AND addressee_number = f.number LIMIT 1) p`,
    values: [tx.lgCode, addresseeNumbers],
    rowMode: 'array',
  });
  return new Map(rows.map(([number, personId, digest]) => [number, { personId, digest }]));
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

/** After a whole file: who is resident and was not in it goes to the work list, unless already on it. */
export async function noteAbsent(tx: Tx, presence: FeedPresence): Promise<number> {
  const { feedRunId, seen, lastPersonId, at } = presence;
  let absent = 0;
  for (let from = 0; from <= lastPersonId; from += idsPerBlock) {
    const inserted = await tx.client.query(
      `INSERT INTO person_absences (lg_code, person_id, feed_run_id, noticed_at, state)
       SELECT $1, p.person_id, $2, $3, 'open' FROM persons p
       WHERE p.lg_code = $1 AND p.person_id BETWEEN $4 AND $5 AND get_bit($6::bytea, p.person_id - $4) = 0
         AND NOT p.is_cancelled AND p.ceased_resident_on IS NULL AND p.died_on IS NULL
         AND NOT EXISTS (SELECT 1 FROM person_absences a
           WHERE a.lg_code = $1 AND a.person_id = p.person_id AND a.state = 'open')`,
      [tx.lgCode, feedRunId, at, from, Math.min(from + idsPerBlock - 1, lastPersonId), seen.blockOf(from)],
    );
    absent += inserted.rowCount ?? 0;
  }
  return absent;
}
