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

/** A letter that stood on the pull list when the posting was recorded. */
export interface ListedPull {
  readonly formNumber: string;
  /** In the words of the list on that day. */
  readonly reason: string;
  /** It had gone before the reason was known; else it was pulled. */
  readonly isSent: boolean;
}

/** Enters that a bundle went to the post, and the pull list as it was used; refused by the key where it did already. */
export async function insertDispatch(
  tx: Tx,
  frame: WishFrame,
  dispatch: Omit<Dispatch, 'staffName' | 'recordedAt'>,
  listed: readonly ListedPull[],
): Promise<void> {
  await tx.client.query(
    `INSERT INTO letter_dispatches (lg_code, print_job_id, posted_on, letters, pulled, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[tx.lgCode, dispatch.printJobId, formatIsoDay(dispatch.postedOn), dispatch.letters, dispatch.pulled],
      ...[frame.staffId, frame.staffName, frame.actId],
    ],
  );
  await tx.client.query(
    `INSERT INTO dispatch_pulls (lg_code, print_job_id, form_number, reason, is_sent, act_id)
     SELECT $1, $2, l."formNumber", l.reason, l."isSent", $4
       FROM jsonb_to_recordset($3::jsonb) AS l ("formNumber" text, reason text, "isSent" boolean)`,
    [tx.lgCode, dispatch.printJobId, JSON.stringify(listed), frame.actId],
  );
}

/** The pull list of a posted bundle as it was used, by the numbers. */
export async function selectListedPulls(tx: Tx, printJobId: number): Promise<ReadonlyMap<string, ListedPull>> {
  const { rows } = await tx.client.query<ListedPull>(
    `SELECT form_number AS "formNumber", reason, is_sent AS "isSent"
       FROM dispatch_pulls WHERE lg_code = $1 AND print_job_id = $2`,
    [tx.lgCode, printJobId],
  );
  return new Map(rows.map((row) => [row.formNumber, row]));
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
