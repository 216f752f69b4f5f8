import type { LgCode } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { type Checkpoint, isSignedBy, isUnbroken, readCheckpoints } from './checkpoint.ts';
import { loadCheckpointPublicKeys } from './checkpoint-key.ts';
import { findBadSeal, type SealedRow, type StoredSeal } from './find-bad-seal.ts';
import { noSeal } from './merkle.ts';
import { auditProblemMessage } from './problem-messages.ts';
import { sealAudit } from './seal-audit.ts';
import { actColumns, personsDigestJoin, utcText } from './store.ts';
import type { AuditProblem, AuditVerification, BadRow } from './types.ts';

/** How many seals are read at once. */
const sealsPerPage = 100;

/**
 * Seals what waits, then recomputes the whole chain of a municipality and names the first row that differs: changed,
 * removed, inserted or reordered acts and persons, changed or missing seals, and, by the signed checkpoints in
 * `home`, a tail that was cut. A copy of them that was kept elsewhere (`copy`) shows also a tail that was cut together
 * with the checkpoints of this machine. What was cut before the next checkpoint (at most a minute) nobody can prove.
 */
export async function verifyAudit(
  db: Database,
  lgCode: LgCode,
  options: {
    home: string | null;
    copy?: readonly Checkpoint[];
    onProgress?: (done: number, total: number | null) => void;
  },
): Promise<AuditVerification> {
  await sealAudit(db, lgCode, { isPatient: true });
  const { home, copy = [] } = options;
  const checkpoints = home === null ? [] : await readCheckpoints(home, lgCode);
  const work = async (tx: Tx): Promise<AuditVerification> => {
    const count = await countRows(tx);
    const badRow =
      (await findBadSealOfAll(tx, options.onProgress, count.acts)) ??
      (await findUnsealedRow(tx)) ??
      (await findUnknownPerson(tx)) ??
      (await findBadCheckpoint(tx, checkpoints, home)) ??
      (await findSealBesideCopy(tx, copy, home));
    return {
      auditRows: count.acts,
      seals: count.seals,
      checkpoints: checkpoints.length + copy.length,
      chain: badRow === undefined ? 'ok' : { firstBadRow: badRow },
    };
  };
  return await withMunicipality(db, lgCode, work, { isolation: 'repeatable read' });
}

async function countRows(tx: Tx): Promise<{ acts: number; seals: number }> {
  const { rows } = await tx.client.query<{ acts: number; seals: number }>(
    `SELECT (SELECT count(*) FROM audit_acts WHERE lg_code = $1) AS acts,
      (SELECT count(*) FROM audit_seals WHERE lg_code = $1) AS seals`,
    [tx.lgCode],
  );
  return rows[0] ?? { acts: 0, seals: 0 };
}

async function findBadSealOfAll(
  tx: Tx,
  onProgress: ((done: number, total: number | null) => void) | undefined,
  total: number,
): Promise<BadRow | undefined> {
  let chain = { sealNo: 0, actTotal: 0, seal: noSeal };
  for (;;) {
    const { rows: seals } = await tx.client.query<StoredSeal>(selectSeals, [tx.lgCode, chain.sealNo, sealsPerPage]);
    const last = seals.at(-1);
    if (last === undefined) return undefined;
    const { rows } = await tx.client.query<SealedRow>(selectSealedRows, [tx.lgCode, chain.sealNo, last.seal_no]);
    const rowsOf = Map.groupBy(rows, (row) => row.seal_no);
    for (const seal of seals) {
      const bad = findBadSeal(tx.lgCode, chain, seal, rowsOf.get(seal.seal_no) ?? []);
      if (bad !== undefined) return bad;
      chain = { sealNo: seal.seal_no, actTotal: seal.act_total, seal: seal.seal };
    }
    onProgress?.(chain.actTotal, total);
  }
}

/** An act that neither is sealed nor waits for its seal came in beside the program; so did persons without an act. */
async function findUnsealedRow(tx: Tx): Promise<BadRow | undefined> {
  const { rows } = await tx.client.query<{ recorded_on: string; act_id: number; problem: AuditProblem }>(
    `SELECT a.recorded_on::text, a.act_id, 'actInserted' AS problem FROM audit_acts a
     WHERE a.lg_code = $1
       AND NOT EXISTS (SELECT FROM audit_sealed_acts s
         WHERE s.lg_code = $1 AND s.recorded_on = a.recorded_on AND s.act_id = a.act_id)
       AND NOT EXISTS (SELECT FROM audit_unsealed u
         WHERE u.lg_code = $1 AND u.recorded_on = a.recorded_on AND u.act_id = a.act_id)
     UNION ALL
     SELECT s.recorded_on::text, s.act_id, 'sealRemoved' FROM audit_sealed_acts s
     WHERE s.lg_code = $1 AND NOT EXISTS (SELECT FROM audit_seals h WHERE h.lg_code = $1 AND h.seal_no = s.seal_no)
     UNION ALL
     SELECT t.recorded_on::text, t.act_id, 'actRemoved' FROM audit_act_persons t
     WHERE t.lg_code = $1
       AND NOT EXISTS (SELECT FROM audit_acts a
         WHERE a.lg_code = $1 AND a.recorded_on = t.recorded_on AND a.act_id = t.act_id)
     LIMIT 1`,
    [tx.lgCode],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return badRow(row.problem, { recordedOn: row.recorded_on, actId: row.act_id });
}

/** A pseudonym belongs to its person by its hash; one without a person needs the record of a lawful erasure. */
async function findUnknownPerson(tx: Tx): Promise<BadRow | undefined> {
  const { rows } = await tx.client.query<{ recorded_on: string | null; act_id: number | null }>(
    `(SELECT t.recorded_on::text, t.act_id FROM audit_persons p
       LEFT JOIN audit_act_persons t ON t.lg_code = $1 AND t.person_ref = p.person_ref
       WHERE p.lg_code = $1 AND p.person_ref <>
         substr(encode(sha256(convert_to($1 || ':' || p.person_id || ':' || p.salt, 'UTF8')), 'hex'), 1, 32)::uuid
       LIMIT 1)
     UNION ALL
     (SELECT t.recorded_on::text, t.act_id FROM audit_act_persons t
       WHERE t.lg_code = $1
         AND NOT EXISTS (SELECT FROM audit_persons p WHERE p.lg_code = $1 AND p.person_ref = t.person_ref)
         AND NOT EXISTS (SELECT FROM audit_acts e WHERE e.lg_code = $1 AND e.act = 'audit.erased'
           AND e.items @> ARRAY[t.person_ref::text])
       LIMIT 1)
     LIMIT 1`,
    [tx.lgCode],
  );
  const row = rows[0];
  return row === undefined
    ? undefined
    : badRow('personUnknown', { recordedOn: row.recorded_on ?? null, actId: row.act_id ?? null });
}

async function findBadCheckpoint(
  tx: Tx,
  checkpoints: readonly Checkpoint[],
  home: string | null,
): Promise<BadRow | undefined> {
  if (home === null || checkpoints.length === 0) return undefined;
  const keys = await loadCheckpointPublicKeys(home);
  const forged = checkpoints.find((checkpoint) => checkpoint.lgCode !== tx.lgCode || !isSignedBy(checkpoint, keys));
  if (forged !== undefined) return badRow('checkpointForged', { sealNo: forged.sealNo });
  if (!isUnbroken(checkpoints)) return badRow('checkpointForged', {});
  return findBadSealOf(tx, checkpoints);
}

/**
 * Holds the chain against the copy before it asks who signed: whoever cut the tail may have changed the keys of this
 * machine as well.
 */
async function findSealBesideCopy(
  tx: Tx,
  copy: readonly Checkpoint[],
  home: string | null,
): Promise<BadRow | undefined> {
  if (copy.length === 0) return undefined;
  const bad = await findBadSealOf(tx, copy);
  if (bad !== undefined || home === null) return bad;
  const keys = await loadCheckpointPublicKeys(home);
  const forged = copy.find((checkpoint) => !isSignedBy(checkpoint, keys));
  return forged === undefined ? undefined : badRow('checkpointForged', { sealNo: forged.sealNo });
}

async function findBadSealOf(tx: Tx, checkpoints: readonly Checkpoint[]): Promise<BadRow | undefined> {
  for (const checkpoint of checkpoints) {
    const { rows } = await tx.client.query<{ seal: Buffer }>(
      'SELECT seal FROM audit_seals WHERE lg_code = $1 AND seal_no = $2',
      [tx.lgCode, checkpoint.sealNo],
    );
    const seal = rows[0]?.seal;
    if (seal === undefined) return badRow('tailCut', { sealNo: checkpoint.sealNo });
    if (seal.toString('hex') !== checkpoint.seal) return badRow('sealChanged', { sealNo: checkpoint.sealNo });
  }
  return undefined;
}

function badRow(problem: AuditProblem, place: Partial<Pick<BadRow, 'sealNo' | 'recordedOn' | 'actId'>>): BadRow {
  const { sealNo = null, recordedOn = null, actId = null } = place;
  return { problem, sealNo, recordedOn, actId, message: auditProblemMessage(problem) };
}

const selectSeals = `
  SELECT seal_no, ${utcText('sealed_at')} AS sealed_at_utc, act_count, act_total, root, previous_seal, seal
  FROM audit_seals WHERE lg_code = $1 AND seal_no > $2 ORDER BY seal_no LIMIT $3`;

const selectSealedRows = `
  SELECT s.seal_no, s.leaf_no, s.leaf, s.recorded_on::text AS sealed_recorded_on, s.act_id AS sealed_act_id,
    ${actColumns}
  FROM audit_sealed_acts s
  LEFT JOIN audit_acts a ON a.lg_code = s.lg_code AND a.recorded_on = s.recorded_on AND a.act_id = s.act_id
  ${personsDigestJoin}
  WHERE s.lg_code = $1 AND s.seal_no > $2 AND s.seal_no <= $3
  ORDER BY s.seal_no, s.leaf_no`;
