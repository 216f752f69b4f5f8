import type { LgCode } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { leafHash } from './leaf.ts';
import { merkleRoot, noSeal, sealHash } from './merkle.ts';
import { actColumns, leafFieldsOf, personsDigestJoin, type StoredAct, utcText } from './store.ts';

/** How many acts one seal holds at most: small enough for memory, large enough that seals stay few. */
const actsPerSeal = 2000;

/**
 * Puts every act that waits under a seal and answers how many there were. Acts are taken from the list of those
 * that wait, not by number, so that a transaction that committed late is sealed with the next batch. Any number
 * of processes may call it: one seals at a time, the others return at once unless `isPatient`.
 */
export async function sealAudit(db: Database, lgCode: LgCode, options: { isPatient?: boolean } = {}): Promise<number> {
  let total = 0;
  for (;;) {
    const sealed = await withMunicipality(db, lgCode, async (tx) => await sealBatch(tx, options.isPatient ?? false));
    total += sealed;
    if (sealed < actsPerSeal) return total;
  }
}

/** Municipalities with acts that wait for a seal. */
export async function listUnsealedMunicipalities(db: Database): Promise<LgCode[]> {
  const { rows } = await db.app.query<{ lg_code: LgCode }>('SELECT list_unsealed_municipalities() AS lg_code');
  return rows.map((row) => row.lg_code);
}

async function sealBatch(tx: Tx, isPatient: boolean): Promise<number> {
  if (!(await takeTurn(tx, isPatient))) return 0;
  const { rows: acts } = await tx.client.query<StoredAct>(selectUnsealed, [tx.lgCode, actsPerSeal]);
  if (acts.length === 0) return 0;
  const leaves = acts.map((act) => leafHash(leafFieldsOf(tx.lgCode, act)));
  const head = await findHead(tx);
  const sealNo = (head?.seal_no ?? 0) + 1;
  const previousSeal = head?.seal ?? noSeal;
  const root = merkleRoot(leaves);
  const sealedAt = await readInstant(tx);
  const actTotal = (head?.act_total ?? 0) + acts.length;
  const fields = { lgCode: tx.lgCode, sealNo, sealedAt, actCount: acts.length, actTotal, root, previousSeal };
  await tx.client.query(
    `INSERT INTO audit_seals (lg_code, seal_no, sealed_at, act_count, act_total, root, previous_seal, seal)
     VALUES ($1, $2, $3::timestamptz, $4, $5, $6, $7, $8)`,
    [tx.lgCode, sealNo, sealedAt, acts.length, actTotal, root, previousSeal, sealHash(fields)],
  );
  const days = acts.map((act) => act.recorded_on);
  const ids = acts.map((act) => act.act_id);
  await tx.client.query(insertSealedActs, [tx.lgCode, sealNo, days, ids, leaves]);
  await tx.client.query(deleteUnsealed, [tx.lgCode, days, ids]);
  return acts.length;
}

async function takeTurn(tx: Tx, isPatient: boolean): Promise<boolean> {
  const lock = isPatient ? 'pg_advisory_xact_lock' : 'pg_try_advisory_xact_lock';
  const { rows } = await tx.client.query<{ taken: unknown }>(
    `SELECT ${lock}(hashtext('sesshu audit seal'), hashtext($1)) AS taken`,
    [tx.lgCode],
  );
  return isPatient || rows[0]?.taken === true;
}

interface ChainHead {
  readonly seal_no: number;
  readonly act_total: number;
  readonly seal: Buffer;
}

async function findHead(tx: Tx): Promise<ChainHead | undefined> {
  const { rows } = await tx.client.query<ChainHead>(
    'SELECT seal_no, act_total, seal FROM audit_seals WHERE lg_code = $1 ORDER BY seal_no DESC LIMIT 1',
    [tx.lgCode],
  );
  return rows[0];
}

async function readInstant(tx: Tx): Promise<string> {
  const { rows } = await tx.client.query<{ instant: string }>(`SELECT ${utcText('clock_timestamp()')} AS instant`);
  const instant = rows[0]?.instant;
  if (instant === undefined) throw new Error('the database did not tell the time');
  return instant;
}

const selectUnsealed = `
  WITH waiting AS MATERIALIZED (
    SELECT lg_code, recorded_on, act_id FROM audit_unsealed WHERE lg_code = $1
    ORDER BY recorded_on, act_id LIMIT $2
  )
  SELECT ${actColumns} FROM waiting w
  JOIN audit_acts a ON a.lg_code = w.lg_code AND a.recorded_on = w.recorded_on AND a.act_id = w.act_id
  ${personsDigestJoin}
  ORDER BY a.recorded_on, a.act_id`;

const insertSealedActs = `
  INSERT INTO audit_sealed_acts (lg_code, recorded_on, act_id, seal_no, leaf_no, leaf)
  SELECT $1, u.recorded_on, u.act_id, $2, (u.place - 1)::int, u.leaf
  FROM unnest($3::date[], $4::bigint[], $5::bytea[]) WITH ORDINALITY AS u (recorded_on, act_id, leaf, place)`;

const deleteUnsealed = `
  DELETE FROM audit_unsealed q USING unnest($2::date[], $3::bigint[]) AS u (recorded_on, act_id)
  WHERE q.lg_code = $1 AND q.recorded_on = u.recorded_on AND q.act_id = u.act_id`;
