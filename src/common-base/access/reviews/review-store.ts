import type { StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** What is looked at: the permissions of all staff, or what stands out in the log. */
export type ReviewKind = 'access' | 'anomalies';

/** One thing that was looked at, and what was decided. */
export interface ReviewLine {
  readonly staffId: StaffId | null;
  readonly facts: Readonly<Record<string, string | number | null>>;
  readonly verdict: 'keep' | 'stop' | 'fine' | 'followUp';
  readonly remark: string;
}

/** A review that somebody signed. */
export interface SignedReview {
  readonly reviewId: number;
  readonly coversFrom: string | null;
  readonly coversTo: string;
  readonly note: string;
  readonly signerName: string;
  readonly signedAt: Date;
  readonly lines: number;
  /** How many lines asked for a consequence. */
  readonly consequences: number;
}

/** Keeps a signed review with its lines; neither is ever changed. */
export async function insertReview(
  tx: Tx,
  review: {
    readonly kind: ReviewKind;
    readonly coversFrom: string | null;
    readonly coversTo: string;
    readonly note: string;
    readonly signedBy: StaffId;
    readonly signedAt: Date;
    readonly lines: readonly ReviewLine[];
  },
): Promise<number> {
  const { rows } = await tx.client.query<{ review_id: number }>(
    `INSERT INTO control_reviews (lg_code, kind, covers_from, covers_to, note, signed_by, signed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING review_id`,
    [tx.lgCode, review.kind, review.coversFrom, review.coversTo, review.note, review.signedBy, review.signedAt],
  );
  const reviewId = rows[0]?.review_id;
  if (reviewId === undefined) throw new Error('the review was not kept');
  await tx.client.query(
    `INSERT INTO control_review_lines (lg_code, review_id, line_no, staff_id, facts, verdict, remark)
     SELECT $1, $2, l.ordinality, (l.value->>'staffId')::bigint, l.value->'facts', l.value->>'verdict',
       l.value->>'remark'
     FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS l (value, ordinality)`,
    [tx.lgCode, reviewId, JSON.stringify(review.lines)],
  );
  return reviewId;
}

/** The reviews of a kind, newest first; at most 50. */
export async function listReviews(tx: Tx, kind: ReviewKind): Promise<SignedReview[]> {
  const { rows } = await tx.client.query<SignedReview>(
    `SELECT r.review_id AS "reviewId", r.covers_from AS "coversFrom", r.covers_to AS "coversTo", r.note,
       s.display_name AS "signerName", r.signed_at AS "signedAt", l.lines, l.consequences
     FROM control_reviews r
     JOIN staff_members s ON s.lg_code = r.lg_code AND s.staff_id = r.signed_by
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS lines, count(*) FILTER (WHERE verdict IN ('stop', 'followUp'))::int AS consequences
       FROM control_review_lines c WHERE c.lg_code = r.lg_code AND c.review_id = r.review_id) l
     WHERE r.lg_code = $1 AND r.kind = $2 ORDER BY r.review_id DESC LIMIT 50`,
    [tx.lgCode, kind],
  );
  return rows;
}
