import type { StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A permission lent, as lists show it. */
export interface ListedGrant {
  readonly grantId: number;
  readonly staffId: StaffId;
  readonly staffName: string;
  readonly permission: string;
  readonly expiresOn: string;
  readonly grantedAt: Date;
  readonly requestId: number;
}

/** Lends a permission by an approved request. */
export async function insertGrant(
  tx: Tx,
  grant: {
    readonly staffId: StaffId;
    readonly permission: string;
    readonly expiresOn: string;
    readonly requestId: number;
    readonly at: Date;
  },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO permission_grants (lg_code, staff_id, permission, expires_on, request_id, granted_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [tx.lgCode, grant.staffId, grant.permission, grant.expiresOn, grant.requestId, grant.at],
  );
}

/** What is lent on a day (`YYYY-MM-DD`), by who has it. */
export async function listGrants(tx: Tx, today: string): Promise<ListedGrant[]> {
  const { rows } = await tx.client.query<ListedGrant>(
    `SELECT g.grant_id AS "grantId", g.staff_id AS "staffId", s.display_name AS "staffName", g.permission,
       g.expires_on AS "expiresOn", g.granted_at AS "grantedAt", g.request_id AS "requestId"
     FROM permission_grants g JOIN staff_members s ON s.lg_code = g.lg_code AND s.staff_id = g.staff_id
     WHERE g.lg_code = $1 AND g.revoked_at IS NULL AND g.expires_on >= $2 ORDER BY g.expires_on, g.grant_id LIMIT 1000`,
    [tx.lgCode, today],
  );
  return rows;
}

/** Takes one permission back; whose it was, or undefined when it was over already. */
export async function revokeGrant(
  tx: Tx,
  grantId: number,
  at: Date,
  by: StaffId | null,
): Promise<{ readonly staffId: StaffId; readonly permission: string } | undefined> {
  const { rows } = await tx.client.query<{ staffId: StaffId; permission: string }>(
    `UPDATE permission_grants SET revoked_at = $3, revoked_by = $4
     WHERE lg_code = $1 AND grant_id = $2 AND revoked_at IS NULL RETURNING staff_id AS "staffId", permission`,
    [tx.lgCode, grantId, at, by],
  );
  return rows[0];
}

/** Takes everything back that was lent to a member; how many permissions. */
export async function revokeAllGrants(tx: Tx, staffId: StaffId, at: Date, by: StaffId | null): Promise<number> {
  const { rowCount } = await tx.client.query(
    `UPDATE permission_grants SET revoked_at = $3, revoked_by = $4
     WHERE lg_code = $1 AND staff_id = $2 AND revoked_at IS NULL`,
    [tx.lgCode, staffId, at, by],
  );
  return rowCount ?? 0;
}
