import { type Day, formatIsoDay, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { WishFrame } from './wish-store.ts';

/** A printed bundle that went to the post. */
export interface Dispatch {
  readonly printJobId: number;
  readonly postedOn: Day;
  /** Letters that went. */
  readonly letters: number;
  /** Letters that were taken out before, their numbers cancelled. */
  readonly pulled: number;
  readonly staffName: string;
  readonly recordedAt: Date;
}

/** Enters that a bundle went to the post; refused by the key where it did already. */
export async function insertDispatch(
  tx: Tx,
  frame: WishFrame,
  dispatch: Omit<Dispatch, 'staffName' | 'recordedAt'>,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO letter_dispatches (lg_code, print_job_id, posted_on, letters, pulled, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[tx.lgCode, dispatch.printJobId, formatIsoDay(dispatch.postedOn), dispatch.letters, dispatch.pulled],
      ...[frame.staffId, frame.staffName, frame.actId],
    ],
  );
}

/** The postings of print jobs, by the job; one that was not posted is absent. */
export async function selectDispatches(tx: Tx, printJobIds: readonly number[]): Promise<ReadonlyMap<number, Dispatch>> {
  const { rows } = await tx.client.query<Omit<Dispatch, 'postedOn'> & { posted_on: string }>(
    `SELECT print_job_id AS "printJobId", posted_on, letters, pulled, staff_name AS "staffName",
            recorded_at AS "recordedAt"
       FROM letter_dispatches WHERE lg_code = $1 AND print_job_id = ANY ($2::bigint[])`,
    [tx.lgCode, printJobIds],
  );
  return new Map(rows.map(({ posted_on, ...row }) => [row.printJobId, { ...row, postedOn: parseIsoDay(posted_on) }]));
}
