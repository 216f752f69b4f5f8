import type { BatchId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** How many open rows somebody has; null: those of nobody. */
export interface AssignedCount {
  readonly staffId: StaffId | null;
  readonly name: string | null;
  readonly count: number;
}

/** The open rows by whose they are, in one batch or in all that stand; nobody's first, then by name. */
export async function countAssigned(tx: Tx, batchId: BatchId | null): Promise<AssignedCount[]> {
  const { rows } = await tx.client.query<{ staff_id: StaffId | null; name: string | null; count: number }>(
    `SELECT r.assigned_to AS staff_id, max(r.assigned_to_name) AS name, count(*) AS count
     FROM intake_rows r JOIN intake_batches b ON b.lg_code = r.lg_code AND b.batch_id = r.batch_id
     WHERE r.lg_code = $1 AND ($2::bigint IS NULL OR r.batch_id = $2) AND r.answer = 'questioned'
       AND r.decision IS NULL AND b.state IN ('checked', 'reviewed', 'committed')
     GROUP BY r.assigned_to ORDER BY r.assigned_to IS NOT NULL, name`,
    [tx.lgCode, batchId],
  );
  return rows.map((row) => ({ staffId: row.staff_id, name: row.name, count: row.count }));
}

/** The batches in which somebody has open rows, the one with most first. */
export async function selectOwnBatches(
  tx: Tx,
  staffId: StaffId,
): Promise<readonly { readonly batchId: BatchId; readonly count: number }[]> {
  const { rows } = await tx.client.query<{ batch_id: BatchId; count: number }>(
    `SELECT r.batch_id, count(*) AS count
     FROM intake_rows r JOIN intake_batches b ON b.lg_code = r.lg_code AND b.batch_id = r.batch_id
     WHERE r.lg_code = $1 AND r.assigned_to = $2 AND r.answer = 'questioned' AND r.decision IS NULL
       AND b.state IN ('checked', 'reviewed', 'committed')
     GROUP BY r.batch_id ORDER BY count DESC, r.batch_id`,
    [tx.lgCode, staffId],
  );
  return rows.map((row) => ({ batchId: row.batch_id, count: row.count }));
}

/** The open rows of a batch that nobody has yet, in the order of the file, with whom they speak of; locked. */
export async function listUnassigned(
  tx: Tx,
  batchId: BatchId,
): Promise<readonly { readonly ordinal: number; readonly group: string }[]> {
  const { rows } = await tx.client.query<{ ordinal: number; group_key: string }>(
    `SELECT r.ordinal, coalesce(r.person_id::text, 'n' || r.addressee_number, 'o' || r.ordinal) AS group_key
     FROM intake_rows r
     WHERE r.lg_code = $1 AND r.batch_id = $2 AND r.answer = 'questioned' AND r.decision IS NULL
       AND r.assigned_to IS NULL ORDER BY r.ordinal FOR UPDATE`,
    [tx.lgCode, batchId],
  );
  return rows.map((row) => ({ ordinal: row.ordinal, group: row.group_key }));
}

/** Gives open rows to somebody, or to nobody (null); answers how many. What was found and answered stays as it is. */
export async function updateAssigned(
  tx: Tx,
  batchId: BatchId,
  ordinals: readonly number[],
  to: { readonly staffId: StaffId; readonly name: string } | null,
): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE intake_rows SET assigned_to = $4, assigned_to_name = $5
     WHERE lg_code = $1 AND batch_id = $2 AND ordinal = ANY($3) AND answer = 'questioned' AND decision IS NULL`,
    [tx.lgCode, batchId, ordinals, to?.staffId ?? null, to?.name ?? null],
  );
  return rowCount ?? 0;
}
