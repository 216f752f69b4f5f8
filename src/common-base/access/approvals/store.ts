import type { StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { ApprovalRequest, ApprovalState, ApprovalSubject } from './types.ts';

interface RequestRow {
  readonly request_id: number;
  readonly kind: string;
  readonly subject: ApprovalSubject;
  readonly reason: string;
  readonly requested_by: StaffId;
  readonly requester_name: string;
  readonly requested_person: StaffId;
  readonly requested_at: Date;
  readonly expires_at: Date;
  readonly state: Exclude<ApprovalState, 'expired'>;
  readonly decider_name: string | null;
  readonly decided_at: Date | null;
  readonly note: string | null;
}

const selectRequest = `
  SELECT r.request_id, r.kind, r.subject, r.reason, r.requested_by, q.display_name AS requester_name,
    r.requested_person, r.requested_at, r.expires_at, r.state, d.display_name AS decider_name, r.decided_at, r.note
  FROM approval_requests r
  JOIN staff_members q ON q.lg_code = r.lg_code AND q.staff_id = r.requested_by
  LEFT JOIN staff_members d ON d.lg_code = r.lg_code AND d.staff_id = r.decided_by
  WHERE r.lg_code = $1`;

/** Keeps a request; the database notes the person behind the account. */
export async function insertRequest(
  tx: Tx,
  request: Pick<ApprovalRequest, 'kind' | 'subject' | 'reason' | 'requestedBy' | 'requestedAt' | 'expiresAt'>,
): Promise<number> {
  const { rows } = await tx.client.query<{ request_id: number }>(
    `INSERT INTO approval_requests (lg_code, kind, subject, reason, requested_by, requested_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING request_id`,
    [
      tx.lgCode,
      request.kind,
      JSON.stringify(request.subject),
      request.reason,
      request.requestedBy,
      request.requestedAt,
      request.expiresAt,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the request was not kept');
  return row.request_id;
}

/** One request; `forDecision` holds it, so that two approvers decide one after the other. */
export async function findRequest(
  tx: Tx,
  requestId: number,
  options: { readonly at: Date; readonly forDecision?: boolean },
): Promise<ApprovalRequest | undefined> {
  const lock = options.forDecision === true ? ' FOR UPDATE OF r' : '';
  const { rows } = await tx.client.query<RequestRow>(`${selectRequest} AND r.request_id = $2${lock}`, [
    tx.lgCode,
    requestId,
  ]);
  return rows[0] === undefined ? undefined : requestOf(rows[0], options.at);
}

/** Open requests first by their end, then the latest decided ones; at most 200. */
export async function listRequests(tx: Tx, at: Date): Promise<ApprovalRequest[]> {
  const { rows } = await tx.client.query<RequestRow>(
    `${selectRequest} ORDER BY r.state <> 'open', CASE WHEN r.state = 'open' THEN r.expires_at END, r.decided_at DESC
     LIMIT 200`,
    [tx.lgCode],
  );
  return rows.map((row) => requestOf(row, at));
}

/** Whether the same thing is asked already and still open. */
export async function hasOpenRequest(tx: Tx, kind: string, subject: ApprovalSubject, at: Date): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `SELECT 1 FROM approval_requests
     WHERE lg_code = $1 AND kind = $2 AND subject = $3::jsonb AND state = 'open' AND expires_at > $4 LIMIT 1`,
    [tx.lgCode, kind, JSON.stringify(subject), at],
  );
  return rowCount === 1;
}

/**
 * Since when one person may stand behind both accounts, undefined where nobody does: as their own, or since adding it,
 * giving a new password or taking the second factors away after `since` made it possible to sign in as somebody else, who
 * may have done the same to a third. Of several such ways the one that ends last counts.
 * Operators of the machine are no hands: they make the first administrator and the first approvers, and nothing here binds them.
 */
export async function findOneHandSince(tx: Tx, one: StaffId, other: StaffId, since: Date): Promise<Date | undefined> {
  const { rows } = await tx.client.query<{ since: Date | null }>(
    `WITH RECURSIVE hands AS (
       SELECT staff_id AS account, staff_id AS hand, 'infinity'::timestamptz AS since
       FROM staff_members WHERE lg_code = $1 AND staff_id IN ($2, $3)
       UNION
       SELECT h.account, n.changed_by, least(h.since, n.changed_at)
       FROM hands h JOIN account_notices n ON n.lg_code = $1 AND n.staff_id = h.hand
       JOIN staff_members c ON c.lg_code = $1 AND c.staff_id = n.changed_by AND c.account_name NOT LIKE 'os:%'
       WHERE n.change IN ('accountAdded', 'passwordReset', 'factorsReset') AND n.changed_at > $4
     ), people AS (
       SELECT h.account, h.since, COALESCE(m.person_staff_id, m.staff_id) AS person
       FROM hands h JOIN staff_members m ON m.lg_code = $1 AND m.staff_id = h.hand
     )
     SELECT max(least(a.since, b.since)) AS since
     FROM people a JOIN people b USING (person) WHERE a.account = $2 AND b.account = $3`,
    [tx.lgCode, one, other, since],
  );
  return rows[0]?.since ?? undefined;
}

/** Ends a request; the database refuses the person who asked, and a second decision. */
export async function closeRequest(
  tx: Tx,
  requestId: number,
  end: {
    readonly state: 'done' | 'declined' | 'withdrawn';
    readonly by: StaffId | null;
    readonly at: Date;
    readonly note: string;
  },
): Promise<void> {
  await tx.client.query(
    `UPDATE approval_requests SET state = $3, decided_by = $4, decided_at = $5, note = nullif($6, '')
     WHERE lg_code = $1 AND request_id = $2`,
    [tx.lgCode, requestId, end.state, end.by, end.at, end.note],
  );
}

function requestOf(row: RequestRow, at: Date): ApprovalRequest {
  return {
    requestId: row.request_id,
    kind: row.kind,
    subject: row.subject,
    reason: row.reason,
    requestedBy: row.requested_by,
    requesterName: row.requester_name,
    requestedPerson: row.requested_person,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    state: row.state === 'open' && row.expires_at <= at ? 'expired' : row.state,
    deciderName: row.decider_name,
    decidedAt: row.decided_at,
    note: row.note,
  };
}
