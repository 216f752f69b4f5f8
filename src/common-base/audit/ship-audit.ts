import type { LgCode } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import type { CollectedLine, LogCollector } from './log-collector.ts';
import { actColumns, personsDigestJoin, type StoredAct } from './store.ts';

/** Of an act about more people only the number goes out. */
const personsMax = 200;

interface Seal {
  readonly sealNo: number;
  readonly sealedAt: string;
  readonly actTotal: number;
  readonly seal: string;
  readonly previousSeal: string;
}

type ShippedAct = StoredAct & { readonly person_refs: readonly string[] | null };

/**
 * Ships what was sealed since the last time to a collector outside of the database, seal by seal in their order, and
 * answers how many seals went. The lines go before the position is kept: after a crash between the two they go twice,
 * with the same numbers. 処理事由 stays here, since people write names into it; of persons the pseudonyms go.
 */
export async function shipAudit(db: Database, lgCode: LgCode, collector: LogCollector): Promise<number> {
  let shipped = 0;
  while (await withMunicipality(db, lgCode, (tx) => shipNext(tx, collector))) shipped += 1;
  return shipped;
}

async function shipNext(tx: Tx, collector: LogCollector): Promise<boolean> {
  const { target } = collector;
  // One process at a time, for each collector; the others find nothing to do.
  const { rows: turn } = await tx.client.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtext('sesshu audit ship'), hashtext($1 || ' ' || $2)) AS taken`,
    [tx.lgCode, target],
  );
  if (turn[0]?.taken !== true) return false;
  const { rows } = await tx.client.query<Seal>(selectNextSeal, [tx.lgCode, target]);
  const [seal] = rows;
  if (seal === undefined) return false;
  const { rows: acts } = await tx.client.query<ShippedAct>(selectActsOfSeal, [tx.lgCode, seal.sealNo, personsMax]);
  const lines = acts.map((act) => lineOfAct(tx.lgCode, seal.sealNo, act));
  await collector.send(tx.lgCode, [...lines, lineOfSeal(tx.lgCode, seal)]);
  await tx.client.query(
    `INSERT INTO audit_shipments (lg_code, target, seal_no, shipped_at) VALUES ($1, $2, $3, now())
     ON CONFLICT (lg_code, target) DO UPDATE SET seal_no = EXCLUDED.seal_no, shipped_at = EXCLUDED.shipped_at`,
    [tx.lgCode, target, seal.sealNo],
  );
  return true;
}

function lineOfAct(lgCode: LgCode, sealNo: number, act: ShippedAct): CollectedLine {
  const at = act.recorded_at_utc;
  const json = JSON.stringify({
    ...{ kind: 'act', lgCode, actId: act.act_id, at, act: act.act, outcome: act.outcome },
    ...{ staffId: act.staff_id, staffName: act.staff_name, via: act.via, from: act.from_address, osUser: act.os_user },
    ...{ items: act.items, details: act.details, personCount: act.person_count },
    ...{ persons: act.person_count > personsMax ? null : (act.person_refs ?? []), sealNo },
  });
  return { at, json };
}

/** With it whoever holds the lines can tell that the database's chain is the one that was shipped. */
function lineOfSeal(lgCode: LgCode, { sealedAt, ...seal }: Seal): CollectedLine {
  return { at: sealedAt, json: JSON.stringify({ kind: 'seal', lgCode, at: sealedAt, ...seal }) };
}

const selectNextSeal = `
  SELECT seal_no AS "sealNo", to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "sealedAt",
    act_total AS "actTotal", encode(seal, 'hex') AS seal, encode(previous_seal, 'hex') AS "previousSeal"
  FROM audit_seals WHERE lg_code = $1 AND seal_no > coalesce(
    (SELECT seal_no FROM audit_shipments WHERE lg_code = $1 AND target = $2), 0)
  ORDER BY seal_no LIMIT 1`;

const selectActsOfSeal = `
  SELECT ${actColumns}, CASE WHEN d.person_count <= $3 THEN (SELECT array_agg(q.person_ref::text ORDER BY q.person_ref)
      FROM audit_act_persons q WHERE q.lg_code = a.lg_code AND q.recorded_on = a.recorded_on AND q.act_id = a.act_id)
    END AS person_refs
  FROM audit_sealed_acts s
  JOIN audit_acts a ON a.lg_code = s.lg_code AND a.recorded_on = s.recorded_on AND a.act_id = s.act_id
  ${personsDigestJoin}
  WHERE s.lg_code = $1 AND s.seal_no = $2 ORDER BY s.leaf_no`;
