import type { FeedRow } from '#common-base/linkage';
import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A person whom the feed already brought once, with the digest (hexadecimal) of the last row. */
export interface KnownResident {
  readonly personId: PersonId;
  readonly digest: string;
}

/** Notes which numbers occurred in the file (also in refused rows) and answers who of them is known, by number. */
export async function enterFeedNumbers(
  tx: Tx,
  feedRunId: number,
  rows: readonly FeedRow[],
): Promise<Map<string, KnownResident>> {
  const numbers = rows.map((row) => row.fields['addresseeNumber'] ?? '').filter((number) => number !== '');
  const { rows: known } = await tx.client.query<{ addressee_number: string; person_id: PersonId; digest: string }>(
    `WITH entered AS (
       INSERT INTO resident_feed_numbers (lg_code, feed_run_id, addressee_number)
       SELECT $1, $2, f.number FROM unnest($3::text[]) AS f (number)
       ON CONFLICT (lg_code, feed_run_id, addressee_number) DO NOTHING
     )
     SELECT addressee_number, person_id, encode(feed_digest, 'hex') AS digest FROM persons
     WHERE lg_code = $1 AND addressee_number = ANY($3::text[])`,
    [tx.lgCode, feedRunId, numbers],
  );
  return new Map(known.map((row) => [row.addressee_number, { personId: row.person_id, digest: row.digest }]));
}

/** Adds towns that occurred for the first time; they are what the search by a part of an address looks through. */
export async function addTowns(tx: Tx, towns: readonly string[]): Promise<void> {
  await tx.client.query(
    `INSERT INTO address_towns (lg_code, town_key) SELECT $1, t FROM unnest($2::text[]) AS t ORDER BY t
     ON CONFLICT (lg_code, town_key) DO NOTHING`,
    [tx.lgCode, towns],
  );
}

/**
 * After a whole file: who is resident and did not occur goes to the work list, unless already on it; who occurred
 * again leaves it. Forgets the numbers of the file.
 */
export async function noteAbsences(
  tx: Tx,
  feedRunId: number,
  options: { readonly isWholeFile: boolean; readonly at: Date },
): Promise<{ absent: number; returned: number }> {
  const returned = await tx.client.query(
    `UPDATE person_absences a SET state = 'returned', settled_at = $3
     FROM persons p, resident_feed_numbers f
     WHERE a.lg_code = $1 AND a.state = 'open' AND p.lg_code = $1 AND p.person_id = a.person_id
       AND f.lg_code = $1 AND f.feed_run_id = $2 AND f.addressee_number = p.addressee_number`,
    [tx.lgCode, feedRunId, options.at],
  );
  const absent = options.isWholeFile ? await insertAbsences(tx, feedRunId, options.at) : 0;
  await tx.client.query('DELETE FROM resident_feed_numbers WHERE lg_code = $1 AND feed_run_id = $2', [
    tx.lgCode,
    feedRunId,
  ]);
  return { absent, returned: returned.rowCount ?? 0 };
}

async function insertAbsences(tx: Tx, feedRunId: number, at: Date): Promise<number> {
  const inserted = await tx.client.query(
    // EXCEPT is hashed whatever the planner believes of a table that was filled a moment ago.
    `INSERT INTO person_absences (lg_code, person_id, feed_run_id, noticed_at, state)
     SELECT $1, p.person_id, $2, $3, 'open' FROM (
       SELECT addressee_number FROM persons
       WHERE lg_code = $1 AND NOT is_cancelled AND ceased_resident_on IS NULL AND died_on IS NULL
       EXCEPT SELECT addressee_number FROM resident_feed_numbers WHERE lg_code = $1 AND feed_run_id = $2
     ) absent JOIN persons p ON p.lg_code = $1 AND p.addressee_number = absent.addressee_number
     WHERE NOT EXISTS (SELECT 1 FROM person_absences a
       WHERE a.lg_code = $1 AND a.person_id = p.person_id AND a.state = 'open')`,
    [tx.lgCode, feedRunId, at],
  );
  return inserted.rowCount ?? 0;
}
