import type { StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type Permission, permissionsOf } from './permission-table.ts';
import { listStaff } from './staff-store.ts';

/** A member of staff by name, for work that is given to somebody. */
export interface Colleague {
  readonly staffId: StaffId;
  readonly name: string;
}

/** Who may do something by duty on a day (`YYYY-MM-DD`), by department and account; accounts that ended are left out. */
export async function listColleagues(tx: Tx, permission: Permission, on: string): Promise<readonly Colleague[]> {
  const members = await listStaff(tx);
  return members
    .filter(({ disabledAt, expiresOn, roles, rank, isInCharge, grants }) => {
      if (disabledAt !== null || (expiresOn !== null && expiresOn < on)) return false;
      const lent = grants.filter((grant) => grant.expiresOn >= on).map((grant) => grant.permission);
      return permissionsOf({ roles, rank, isInCharge, lent }).has(permission);
    })
    .map(({ staffId, displayName }) => ({ staffId, name: displayName }));
}
