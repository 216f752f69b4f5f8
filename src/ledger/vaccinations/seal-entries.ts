import { type ActBy, recordAct } from '#common-base/audit';
import type { Tx } from '#platform/postgres';

/** The form of the digests that are written now; acts without one have the first. */
const formNow = 2;

/**
 * Puts the digest of everything entered under an act into an act of its own, which the audit chain then seals: an
 * entry that is changed, removed or slipped in later, in any column, no longer agrees with it.
 */
export async function sealEntries(tx: Tx, by: ActBy, actId: number): Promise<void> {
  await pinTexts(tx);
  const { rows } = await tx.client.query<{ entries: number; digest: string }>(
    `SELECT count(*) AS entries, ${digestOf(digestInput)} AS digest
     FROM ledger_entries e WHERE e.lg_code = $1 AND e.act_id = $2 HAVING count(*) > 0`,
    [tx.lgCode, actId],
  );
  const row = rows[0];
  if (row === undefined) return;
  const details = { writtenUnder: actId, entries: row.entries, digest: row.digest, form: formNow };
  await recordAct(tx, by, { act: 'vaccinations.sealed', details });
}

/** How many acts' entries differ from their digest; entries without one, and digests without entries, among them. */
export async function countUnsoundActs(tx: Tx): Promise<number> {
  await pinTexts(tx);
  const { rows } = await tx.client.query<{ count: number }>(
    `WITH sealed AS (
       SELECT (details->>'writtenUnder')::bigint AS act_id, (details->>'entries')::bigint AS entries,
         details->>'digest' AS digest, coalesce((details->>'form')::integer, 1) AS form
       FROM audit_acts WHERE lg_code = $1 AND act = 'vaccinations.sealed'
     ), written AS (
       SELECT e.act_id, count(*) AS entries,
         ${digestOf(`CASE WHEN s.form = 1 THEN ${firstDigestInput} ELSE ${digestInput} END`)} AS digest
       FROM ledger_entries e LEFT JOIN sealed s ON s.act_id = e.act_id WHERE e.lg_code = $1 GROUP BY e.act_id
     )
     SELECT count(*) AS count FROM written w FULL JOIN sealed s USING (act_id)
     WHERE (w.entries, w.digest) IS DISTINCT FROM (s.entries, s.digest)`,
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}

function digestOf(input: string): string {
  return `encode(sha256(string_agg(sha256(convert_to(${input}, 'UTF8')), ''::bytea ORDER BY e.entry_id)), 'hex')`;
}

/**
 * The whole row as PostgreSQL writes one. Empty columns at the end do not count, so that a column added later leaves
 * old digests as they are.
 */
const digestInput = "rtrim(e::text, ',)')";

/** The row by the names of its columns, seven times as slow to make: how the first digests were taken. */
const firstDigestInput = `(jsonb_strip_nulls(to_jsonb(e))
  || jsonb_build_object('recorded_at', extract(epoch FROM e.recorded_at)))::text`;

/** The text of a day or an instant must not depend on who asks. */
async function pinTexts(tx: Tx): Promise<void> {
  await tx.client.query("SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true)");
}
