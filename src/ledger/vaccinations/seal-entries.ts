import { type ActBy, recordAct } from '#common-base/audit';
import type { Tx } from '#platform/postgres';

/**
 * Puts the digest of everything entered under an act into an act of its own, which the audit chain then seals: an
 * entry that is changed, removed or slipped in later, in any column, no longer agrees with it.
 */
export async function sealEntries(tx: Tx, by: ActBy, actId: number): Promise<void> {
  const { rows } = await tx.client.query<{ entries: number; digest: string }>(
    `${digestsByAct('AND e.act_id = $2')} SELECT entries, digest FROM written`,
    [tx.lgCode, actId],
  );
  const row = rows[0];
  if (row === undefined) return;
  const details = { writtenUnder: actId, entries: row.entries, digest: row.digest };
  await recordAct(tx, by, { act: 'vaccinations.sealed', details });
}

/** How many acts' entries differ from their digest; entries without one, and digests without entries, among them. */
export async function countUnsoundActs(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    `${digestsByAct('')}, sealed AS (
       SELECT (details->>'writtenUnder')::bigint AS act_id, (details->>'entries')::bigint AS entries,
         details->>'digest' AS digest
       FROM audit_acts WHERE lg_code = $1 AND act = 'vaccinations.sealed')
     SELECT count(*) AS count FROM written w FULL JOIN sealed s USING (act_id)
     WHERE (w.entries, w.digest) IS DISTINCT FROM (s.entries, s.digest)`,
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Every column counts, by name; empty ones do not, so that a column added later leaves old digests as they are. The
 * instant is taken as a number, since its text depends on the time zone of the session.
 */
function digestsByAct(condition: string): string {
  return `WITH written AS (
    SELECT d.act_id, count(*) AS entries,
      encode(sha256(string_agg(d.digest, ''::bytea ORDER BY d.entry_id)), 'hex') AS digest
    FROM (SELECT e.act_id, e.entry_id, sha256(convert_to((jsonb_strip_nulls(to_jsonb(e))
        || jsonb_build_object('recorded_at', extract(epoch FROM e.recorded_at)))::text, 'UTF8')) AS digest
      FROM ledger_entries e WHERE e.lg_code = $1 ${condition}) d
    GROUP BY d.act_id)`;
}
