import { recordAct } from '#common-base/audit';
import { type Decision, decide, type Finding, findIsoDay, finding, formatIsoDay, type StaffId } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import type { ApprovalKind, ApprovalSubject } from '../approvals/types.ts';
import { findPermissionRow, isLendable } from '../permission-table.ts';
import { requirePermission } from '../require-permission.ts';
import { findStaff, permissionsOfStaff } from '../staff-store.ts';
import type { ActionContext, StaffMember } from '../types.ts';
import { insertGrant, revokeGrant } from './grant-store.ts';

/** Half a year: whoever needs it longer asks again, or has the wrong duty. */
const daysMax = 183;

/** A permission lent for a time: asked by who needs it, approved by another person of rank. */
export function permissionGrantKind(clock: Clock): ApprovalKind {
  return {
    kind: 'access.permissionGrant',
    nameJa: '期限つきの権限',
    requestPermission: 'permissions.request',
    approvePermission: 'permissions.approve',
    daysOpen: 14,
    describe: async (tx, subject) => {
      const row = findPermissionRow(String(subject['permission']));
      const staff = await findStaff(tx, subject['staffId'] as StaffId);
      return [
        ['職員', staff === undefined ? '' : `${staff.displayName}(${staff.department})`],
        ['機能', row?.functionJa ?? ''],
        ['項目のまとまり', row?.itemGroupJa ?? ''],
        ['使える最後の日', String(subject['expiresOn'])],
      ];
    },
    findFaults: async (tx, _requester, subject) => {
      const staff = await findStaff(tx, subject['staffId'] as StaffId);
      return staff === undefined
        ? [finding('grantNotLendable', 'refuse', null)]
        : findGrantFaults(staff, subject, clock);
    },
    carryOut: async (tx, by, subject): Promise<Decision<null>> => {
      const staff = await findStaff(tx, subject['staffId'] as StaffId);
      if (staff === undefined) return decide([finding('grantNotLendable', 'refuse', null)], null);
      const faults = findGrantFaults(staff, subject, clock);
      if (faults.length > 0) return decide(faults, null);
      const [permission, expiresOn] = [String(subject['permission']), String(subject['expiresOn'])];
      await insertGrant(tx, { staffId: staff.staffId, permission, expiresOn, requestId: by.requestId, at: by.at });
      const details = { staffId: staff.staffId, permission, expiresOn, requestId: by.requestId };
      await recordAct(tx, by.approver, { act: 'access.permissionLent', details });
      return decide([], null);
    },
  };
}

function findGrantFaults(staff: StaffMember, subject: ApprovalSubject, clock: Clock): Finding[] {
  const today = todayInTokyo(clock);
  const row = findPermissionRow(String(subject['permission']));
  if (row === undefined || !isLendable(row, staff.roles)) return [finding('grantNotLendable', 'refuse', 'permission')];
  if (permissionsOfStaff(staff, formatIsoDay(today)).has(row.permission)) {
    return [finding('grantHeldAlready', 'refuse', 'permission')];
  }
  const last = findIsoDay(String(subject['expiresOn']));
  const isFit = last !== undefined && last >= today && last <= today + daysMax;
  return isFit ? [] : [finding('grantDayInvalid', 'refuse', 'expiresOn', { daysMax })];
}

/** Takes a lent permission back at once; it is gone from the next click on. */
export async function takeBackPermission(context: ActionContext, grantId: number): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'permissions.revoke');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const taken = await revokeGrant(tx, grantId, clock.now(), actor.staffId);
    if (taken === undefined) return decide([finding('grantGone', 'refuse', null)], grantId);
    await recordAct(tx, actor, { act: 'access.permissionTakenBack', details: { ...taken, grantId } });
    return decide([], grantId);
  });
}
