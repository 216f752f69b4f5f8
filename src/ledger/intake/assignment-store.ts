import type { BatchId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

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
