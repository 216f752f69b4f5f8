import type { Answer, BatchId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { AssignedCount, RowGroup } from './derive-counts.ts';
import type { CheckedRow, RowDecision } from './types.ts';

/** Counts the rows of a new batch while they are written; every change of them after is counted by the database. */
export class ArrivedRowCounts {
  private readonly groups = new Map<string, { readonly row: CheckedRow; count: number }>();

  /** Counts a row. */
  add(row: CheckedRow): void {
    const key = row.questionCodes.length === 0 ? row.answer : `${row.answer} ${row.questionCodes.join(' ')}`;
    const group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, { row, count: 1 });
    else group.count += 1;
  }

  /** Writes how many rows are alike. */
  async write(tx: Tx, batchId: BatchId): Promise<void> {
    const groups = [...this.groups.values()].map(({ row, count }) => ({
      answer: row.answer,
      codes: row.questionCodes,
      count,
    }));
    await tx.client.query(
      `INSERT INTO intake_row_counts
         (lg_code, batch_id, answer, question_codes, decision, is_changed, assigned_to, row_count)
       SELECT $1, $2, g.answer, ARRAY(SELECT jsonb_array_elements_text(g.codes)), '', false, 0, g.count
       FROM jsonb_to_recordset($3::jsonb) AS g (answer text, codes jsonb, count integer)`,
      [tx.lgCode, batchId, JSON.stringify(groups)],
    );
  }
}

interface GroupRecord {
  readonly answer: Answer;
  readonly question_codes: string[];
  readonly decision: RowDecision | '';
  readonly is_changed: boolean;
  readonly assigned_to: StaffId;
  readonly assigned_to_name: string | null;
  readonly row_count: number;
}

/** The rows of a batch in groups of those alike: as few as there are different questions, however many rows. */
export async function loadRowGroups(tx: Tx, batchId: BatchId): Promise<RowGroup[]> {
  const { rows } = await tx.client.query<GroupRecord>(
    `SELECT answer, question_codes, decision, is_changed, assigned_to, assigned_to_name, row_count
     FROM intake_row_counts WHERE lg_code = $1 AND batch_id = $2`,
    [tx.lgCode, batchId],
  );
  return rows.map((row) => ({
    answer: row.answer,
    questionCodes: row.question_codes,
    decision: row.decision === '' ? null : row.decision,
    isChanged: row.is_changed,
    assignedTo: row.assigned_to === 0 ? null : row.assigned_to,
    assignedToName: row.assigned_to_name,
    rows: row.row_count,
  }));
}

/** Sets the figures of a batch to its rows, and its state: reviewed once no question is open. */
export async function setFigures(tx: Tx, batchId: BatchId): Promise<void> {
  await tx.client.query(
    `UPDATE intake_batches b SET row_count = c.rows, accepted = c.accepted, questioned = c.questioned,
       refused = c.refused, open_questions = c.open, settled = c.settled, version = b.version + 1,
       state = CASE WHEN b.state IN ('received', 'checked', 'reviewed')
         THEN CASE WHEN c.open = 0 THEN 'reviewed' ELSE 'checked' END ELSE b.state END
     FROM (SELECT coalesce(sum(row_count), 0) AS rows,
         coalesce(sum(row_count) FILTER (WHERE answer = 'accepted'), 0) AS accepted,
         coalesce(sum(row_count) FILTER (WHERE answer = 'questioned'), 0) AS questioned,
         coalesce(sum(row_count) FILTER (WHERE answer = 'refused'), 0) AS refused,
         coalesce(sum(row_count) FILTER (WHERE answer = 'questioned' AND decision = ''), 0) AS open,
         coalesce(sum(row_count) FILTER (WHERE answer = 'refused' OR decision = 'refuse'), 0) AS settled
       FROM intake_row_counts WHERE lg_code = $1 AND batch_id = $2) c
     WHERE b.lg_code = $1 AND b.batch_id = $2`,
    [tx.lgCode, batchId],
  );
}

const openOfStanding = `c.lg_code = $1 AND c.answer = 'questioned' AND c.decision = ''
  AND b.state IN ('checked', 'reviewed', 'committed')`;

/** The open rows of all batches that stand, by whose they are; nobody's first, then by name. */
export async function countAssigned(tx: Tx): Promise<AssignedCount[]> {
  const { rows } = await tx.client.query<{ staff_id: StaffId; name: string | null; count: number }>(
    `SELECT c.assigned_to AS staff_id, max(c.assigned_to_name) AS name, sum(c.row_count) AS count
     FROM intake_row_counts c JOIN intake_batches b ON b.lg_code = c.lg_code AND b.batch_id = c.batch_id
     WHERE ${openOfStanding} GROUP BY c.assigned_to ORDER BY c.assigned_to <> 0, name`,
    [tx.lgCode],
  );
  return rows.map((row) => ({ staffId: row.staff_id === 0 ? null : row.staff_id, name: row.name, count: row.count }));
}

/** The batches in which somebody has open rows, or anybody (null), the one with most first. */
export async function selectAskingBatches(
  tx: Tx,
  staffId: StaffId | null,
): Promise<readonly { readonly batchId: BatchId; readonly count: number }[]> {
  const { rows } = await tx.client.query<{ batch_id: BatchId; count: number }>(
    `SELECT c.batch_id, sum(c.row_count) AS count
     FROM intake_row_counts c JOIN intake_batches b ON b.lg_code = c.lg_code AND b.batch_id = c.batch_id
     WHERE ${openOfStanding} AND ($2::bigint IS NULL OR c.assigned_to = $2) GROUP BY c.batch_id ORDER BY count DESC, c.batch_id`,
    [tx.lgCode, staffId],
  );
  return rows.map((row) => ({ batchId: row.batch_id, count: row.count }));
}
