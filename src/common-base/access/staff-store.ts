import type { LgCode, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { isRole, type Permission, permissionsOf, type Rank } from './permission-table.ts';
import type { LentPermission, StaffMember } from './types.ts';

/** An account as its row tells it. */
export interface StaffRow {
  readonly lg_code: LgCode;
  readonly staff_id: StaffId;
  readonly account_name: string;
  readonly display_name: string;
  readonly department: string;
  readonly roles: readonly string[];
  readonly expires_on: string | null;
  readonly disabled_at: Date | null;
  readonly must_change_password: boolean;
  readonly is_demonstration: boolean;
  readonly last_signed_in_at: Date | null;
  readonly last_signed_in_from: string | null;
  readonly person_staff_id: StaffId | null;
  readonly rank: Rank;
  readonly is_in_charge: boolean;
  readonly grants: readonly LentPermission[];
}

/** Everything of an account, from `staff_members` under its own name. */
export const staffColumns = `lg_code, staff_id, account_name, display_name, department, roles, expires_on, disabled_at,
  must_change_password, is_demonstration, last_signed_in_at, last_signed_in_from, person_staff_id, rank,
  EXISTS (SELECT FROM departments d WHERE d.lg_code = staff_members.lg_code AND d.name = staff_members.department
    AND d.uses_numbers) AS is_in_charge,
  (SELECT COALESCE(jsonb_agg(jsonb_build_object('grantId', g.grant_id, 'permission', g.permission,
      'expiresOn', g.expires_on) ORDER BY g.grant_id), '[]')
   FROM (
     SELECT g.grant_id, g.permission, g.expires_on FROM permission_grants g
     WHERE g.lg_code = staff_members.lg_code AND g.staff_id = staff_members.staff_id AND g.revoked_at IS NULL
     UNION ALL
     -- What a contractor's person was allowed for the work under way.
     SELECT -v.work_id, o.operation, v.work_on FROM vendor_works v, unnest(v.operations) AS o (operation)
     WHERE v.lg_code = staff_members.lg_code AND v.staff_id = staff_members.staff_id
       AND v.started_at IS NOT NULL AND v.finished_at IS NULL
   ) g) AS grants`;

/** The member with an account name, whatever the state of the account. */
export async function findStaffByAccount(tx: Tx, accountName: string): Promise<StaffMember | undefined> {
  const { rows } = await tx.client.query<StaffRow>(
    `SELECT ${staffColumns} FROM staff_members WHERE lg_code = $1 AND account_name = $2`,
    [tx.lgCode, accountName],
  );
  return rows[0] === undefined ? undefined : staffMemberOf(rows[0]);
}

/** The member with a number, whatever the state of the account. */
export async function findStaff(tx: Tx, staffId: StaffId): Promise<StaffMember | undefined> {
  const { rows } = await tx.client.query<StaffRow>(
    `SELECT ${staffColumns} FROM staff_members WHERE lg_code = $1 AND staff_id = $2`,
    [tx.lgCode, staffId],
  );
  return rows[0] === undefined ? undefined : staffMemberOf(rows[0]);
}

/** Whether two accounts belong to one person: the same, or one names the other, or both name one. */
export async function isSamePerson(tx: Tx, one: StaffId | null, other: StaffId | null): Promise<boolean> {
  if (one === null || other === null) return false;
  if (one === other) return true;
  const { rows } = await tx.client.query<{ is_same: boolean }>(
    `SELECT count(*) = 2 AND count(DISTINCT coalesce(person_staff_id, staff_id)) = 1 AS is_same FROM staff_members
     WHERE lg_code = $1 AND staff_id IN ($2, $3)`,
    [tx.lgCode, one, other],
  );
  return rows[0]?.is_same === true;
}

/** All accounts of the municipality, usable ones first. */
export async function listStaff(tx: Tx): Promise<StaffMember[]> {
  const { rows } = await tx.client.query<StaffRow>(
    `SELECT ${staffColumns} FROM staff_members WHERE lg_code = $1
     ORDER BY disabled_at IS NOT NULL, department COLLATE "ja-x-icu", account_name LIMIT 2000`,
    [tx.lgCode],
  );
  return rows.map(staffMemberOf);
}

/** Adds an account; undefined when its name is taken. */
export async function insertStaff(
  tx: Tx,
  staff: Pick<StaffMember, 'accountName' | 'displayName' | 'department' | 'roles' | 'expiresOn'> &
    Pick<StaffMember, 'mustChangePassword' | 'isDemonstration' | 'rank'>,
): Promise<StaffId | undefined> {
  const { rows } = await tx.client.query<{ staff_id: StaffId }>(
    `INSERT INTO staff_members (lg_code, account_name, display_name, department, roles, expires_on,
       must_change_password, is_demonstration, rank)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (lg_code, account_name) DO NOTHING RETURNING staff_id`,
    [
      tx.lgCode,
      staff.accountName,
      staff.displayName,
      staff.department,
      staff.roles,
      staff.expiresOn,
      staff.mustChangePassword,
      staff.isDemonstration,
      staff.rank,
    ],
  );
  return rows[0]?.staff_id;
}

/** A password as stored. */
export interface StoredPassword {
  readonly hash: string;
  readonly set_at: Date;
  readonly is_initial: boolean;
}

/** The newest passwords of a member, the one in use first. */
export async function listPasswords(tx: Tx, staffId: StaffId, limit: number): Promise<StoredPassword[]> {
  const { rows } = await tx.client.query<StoredPassword>(
    `SELECT hash, set_at, is_initial FROM password_hashes WHERE lg_code = $1 AND staff_id = $2
     ORDER BY password_id DESC LIMIT $3`,
    [tx.lgCode, staffId, limit],
  );
  return rows;
}

/** Gives a member a password; the ones before stay to forbid their reuse. */
export async function insertPassword(tx: Tx, staffId: StaffId, hash: string, isInitial: boolean): Promise<void> {
  await tx.client.query('INSERT INTO password_hashes (lg_code, staff_id, hash, is_initial) VALUES ($1, $2, $3, $4)', [
    tx.lgCode,
    staffId,
    hash,
    isInitial,
  ]);
  await tx.client.query('UPDATE staff_members SET must_change_password = $3 WHERE lg_code = $1 AND staff_id = $2', [
    tx.lgCode,
    staffId,
    isInitial,
  ]);
}

/** What a member may do on a day (`YYYY-MM-DD` in Tokyo): by duty, rank, department, and what is lent that day. */
export function permissionsOfStaff(staff: StaffMember, today: string): ReadonlySet<Permission> {
  const lent = staff.grants.filter((each) => each.expiresOn >= today).map((each) => each.permission);
  return permissionsOf({ roles: staff.roles, rank: staff.rank, isInCharge: staff.isInCharge, lent });
}

/** Whether an account may be used on a day (`YYYY-MM-DD` in Tokyo). */
export function isUsable(staff: Pick<StaffMember, 'disabledAt' | 'expiresOn'>, today: string): boolean {
  return staff.disabledAt === null && (staff.expiresOn === null || staff.expiresOn >= today);
}

/** The account of a row. */
export function staffMemberOf(row: StaffRow): StaffMember {
  return {
    lgCode: row.lg_code,
    staffId: row.staff_id,
    accountName: row.account_name,
    displayName: row.display_name,
    department: row.department,
    roles: row.roles.filter(isRole),
    expiresOn: row.expires_on,
    disabledAt: row.disabled_at,
    mustChangePassword: row.must_change_password,
    isDemonstration: row.is_demonstration,
    lastSignedInAt: row.last_signed_in_at,
    lastSignedInFrom: row.last_signed_in_from,
    personStaffId: row.person_staff_id,
    rank: row.rank,
    isInCharge: row.is_in_charge,
    grants: row.grants,
  };
}
