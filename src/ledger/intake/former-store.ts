import type { BatchId, PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { FormerAnswer, RowDecision } from './types.ts';

interface FormerRecord {
  readonly ordinal: number;
  readonly batch_id: BatchId;
  readonly is_same: boolean;
  readonly decision: RowDecision | null;
  readonly decision_reason: string | null;
  readonly decided_by_name: string | null;
  readonly decided_at: Date | null;
  readonly chosen_person_id: PersonId | null;
}

/**
 * What was answered to the same forms before: of each open row the latest, by ordinal. An answer counts for the same person,
 * programme and questions alone, and where its batch was undone or sent back, or the row was: a row accepted or refused in a
 * batch that stands may be this one's double, of which one is to enter. Whom somebody chose counts always.
 */
export async function loadFormerAnswers(
  tx: Tx,
  batchId: BatchId,
  ordinals: readonly number[],
): Promise<ReadonlyMap<number, FormerAnswer>> {
  const { rows } = await tx.client.query<FormerRecord>(
    `SELECT r.ordinal, f.* FROM intake_rows r
     CROSS JOIN LATERAL (
       SELECT o.batch_id, o.decision, o.decision_reason, o.decided_by_name, o.decided_at,
         CASE WHEN o.is_person_chosen THEN o.person_id END AS chosen_person_id,
         (b.state IN ('undone', 'sentBack') OR o.decision IS NOT DISTINCT FROM 'sendBack')
           AND (o.person_id, o.programme, o.stage, o.question_codes)
             IS NOT DISTINCT FROM (r.person_id, r.programme, r.stage, r.question_codes) AS is_same
       FROM intake_rows o JOIN intake_batches b ON b.lg_code = o.lg_code AND b.batch_id = o.batch_id
       WHERE o.lg_code = $1 AND o.row_key = r.row_key AND o.batch_id < $2
         AND (o.is_person_chosen OR o.decision = 'sendBack'
           OR (b.state IN ('undone', 'sentBack') AND o.decision IS NOT NULL))
       ORDER BY is_same DESC, o.batch_id DESC, (o.ordinal = r.ordinal) DESC, o.ordinal LIMIT 1) f
     WHERE r.lg_code = $1 AND r.batch_id = $2 AND r.ordinal = ANY($3::integer[])
       AND r.answer = 'questioned' AND r.decision IS NULL`,
    [tx.lgCode, batchId, ordinals],
  );
  return new Map(rows.map((row): [number, FormerAnswer] => [row.ordinal, toFormerAnswer(row)]));
}

function toFormerAnswer(row: FormerRecord): FormerAnswer {
  const decision = row.is_same ? row.decision : null;
  return {
    batchId: row.batch_id,
    decision,
    reason: decision === null ? null : row.decision_reason,
    decidedByName: row.decided_by_name,
    decidedAt: decision === null ? null : row.decided_at,
    chosenPersonId: row.chosen_person_id,
  };
}

const reasonsMax = 10;
/** So many of the last answers are looked at: those of a whole campaign are not read for a few words. */
const answersLookedAt = 1000;

/** The reasons lately given in a batch, those given most often first: whoever writes the next may take one. */
export async function listReasons(tx: Tx, batchId: BatchId): Promise<string[]> {
  const { rows } = await tx.client.query<{ reason: string }>(
    `SELECT decision_reason AS reason FROM (
       SELECT decision_reason, decided_at FROM intake_rows
       WHERE lg_code = $1 AND batch_id = $2 AND decision IS NOT NULL ORDER BY decided_at DESC LIMIT $4) lately
     GROUP BY decision_reason ORDER BY count(*) DESC, max(decided_at) DESC, decision_reason LIMIT $3`,
    [tx.lgCode, batchId, reasonsMax, answersLookedAt],
  );
  return rows.map((row) => row.reason);
}
