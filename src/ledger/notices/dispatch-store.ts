import { type Day, formatIsoDay, type PersonId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { ReturnCause, WishFrame } from './wish-store.ts';

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

/** What became of a paper after the printing. */
export interface LetterFate {
  /** The day on which its bundle went to the post; null where none is recorded, or it was pulled. */
  readonly postedOn: Day | null;
  readonly returned: { readonly on: Day; readonly cause: ReturnCause } | null;
}

/** Whether papers of some people were posted and came back, by their numbers; absent where neither is recorded. */
export async function selectLetterFates(
  tx: Tx,
  papers: readonly { readonly formNumber: string; readonly personId: PersonId }[],
): Promise<ReadonlyMap<string, LetterFate>> {
  if (papers.length === 0) return new Map();
  // Postings are few, and each knows its people by the key: the long list of all pages is not read through.
  const { rows } = await tx.client.query<{
    formNumber: string;
    postedOn: string | null;
    returnedOn: string | null;
    cause: ReturnCause | null;
  }>(
    `SELECT f.form_number AS "formNumber", d.posted_on AS "postedOn", r.returned_on AS "returnedOn", r.cause
       FROM unnest($2::text[]) AS f (form_number)
       LEFT JOIN (SELECT o.form_number, l.posted_on
                    FROM letter_dispatches l
                    JOIN print_items i ON i.lg_code = l.lg_code AND i.print_job_id = l.print_job_id
                     AND i.person_id = ANY ($3::bigint[])
                    JOIN print_outcomes o ON o.lg_code = i.lg_code AND o.print_job_id = i.print_job_id
                     AND o.ordinal = i.ordinal
                   WHERE l.lg_code = $1 AND NOT EXISTS (
                         SELECT FROM dispatch_pulls p WHERE p.lg_code = l.lg_code AND p.print_job_id = l.print_job_id
                            AND p.form_number = o.form_number AND NOT p.is_sent)) d ON d.form_number = f.form_number
       LEFT JOIN returned_letters r ON r.lg_code = $1 AND r.form_number = f.form_number
      WHERE d.posted_on IS NOT NULL OR r.returned_on IS NOT NULL`,
    [tx.lgCode, papers.map(({ formNumber }) => formNumber), papers.map(({ personId }) => personId)],
  );
  return new Map(
    rows.map(({ formNumber, postedOn, returnedOn, cause }) => [
      formNumber,
      {
        postedOn: postedOn === null ? null : parseIsoDay(postedOn),
        returned: returnedOn === null || cause === null ? null : { on: parseIsoDay(returnedOn), cause },
      },
    ]),
  );
}
