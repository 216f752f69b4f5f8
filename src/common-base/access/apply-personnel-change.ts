import { recordAct } from '#common-base/audit';
import { type Day, type Finding, finding, formatIsoDay, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import { revokeAllGrants } from './permissions/grant-store.ts';
import { requirePermission } from './require-permission.ts';
import { endSessionsOf } from './session.ts';
import { foldAccountName } from './sign-in.ts';
import { findStaffByAccount } from './staff-store.ts';
import type { ActionContext, StaffMember } from './types.ts';

/** A change that the personnel office announces (人事異動). */
export interface PersonnelChange {
  readonly accountName: string;
  /** left 退職・転出, moved 所属の異動, onLeave 休職・休業. */
  readonly kind: 'left' | 'moved' | 'onLeave';
  /** The first day on which the person is no longer where the account was given for. */
  readonly effectiveOn: Day;
  /** The new department of somebody who moved. */
  readonly department: string | null;
}

/** What became of an account: nobody of this system, nothing to change, closed, moved, or an end set for a coming day. */
export type PersonnelOutcome = 'unknown' | 'unchanged' | 'closed' | 'moved' | 'limited';

/**
 * Applies a personnel change to the account it names, in the transaction of the feed. On the day, an account is stopped,
 * or moved without its duties and without what was lent, which the new place asks for anew; sessions end at once. Before
 * it, the account gets its last day. It only ever takes away: nobody gets an account, a duty or a longer time.
 */
export async function applyPersonnelChange(
  tx: Tx,
  context: ActionContext,
  change: PersonnelChange,
  asOf: Day,
): Promise<{ readonly outcome: PersonnelOutcome; readonly findings: readonly Finding[] }> {
  requirePermission(context.actor, 'staff.manage');
  const staff = await findStaffByAccount(tx, foldAccountName(change.accountName));
  if (staff === undefined || staff.accountName.startsWith('os:')) return { outcome: 'unknown', findings: [] };
  if (staff.disabledAt !== null) return { outcome: 'unchanged', findings: [] };
  if (change.kind === 'moved' && (change.department ?? '').trim() === '') {
    return { outcome: 'unchanged', findings: [finding('personnelDepartmentMissing', 'refuse', 'department')] };
  }
  if (change.effectiveOn > asOf) return await limit(tx, context, staff, change);
  if (change.kind === 'moved') return await move(tx, context, staff, (change.department ?? '').trim());
  await tx.client.query('UPDATE staff_members SET disabled_at = $3 WHERE lg_code = $1 AND staff_id = $2', [
    tx.lgCode,
    staff.staffId,
    context.clock.now(),
  ]);
  await takeEverythingBack(tx, context, staff, 'access.staffDisabled', { personnel: change.kind });
  return { outcome: 'closed', findings: [] };
}

async function limit(
  tx: Tx,
  context: ActionContext,
  staff: StaffMember,
  change: PersonnelChange,
): Promise<{ readonly outcome: PersonnelOutcome; readonly findings: readonly Finding[] }> {
  const lastDay = (change.effectiveOn - 1) as Day;
  const isShorter = staff.expiresOn === null || parseIsoDay(staff.expiresOn) > lastDay;
  if (!isShorter) return { outcome: 'unchanged', findings: [] };
  const expiresOn = formatIsoDay(lastDay);
  await tx.client.query('UPDATE staff_members SET expires_on = $3 WHERE lg_code = $1 AND staff_id = $2', [
    tx.lgCode,
    staff.staffId,
    expiresOn,
  ]);
  const details = { staffId: staff.staffId, expiresOn, personnel: change.kind };
  await recordAct(tx, context.actor, { act: 'access.staffChanged', details });
  return { outcome: 'limited', findings: [] };
}

async function move(
  tx: Tx,
  context: ActionContext,
  staff: StaffMember,
  department: string,
): Promise<{ readonly outcome: PersonnelOutcome; readonly findings: readonly Finding[] }> {
  if (staff.department === department) return { outcome: 'unchanged', findings: [] };
  await tx.client.query(
    `UPDATE staff_members SET department = $3, roles = '{}', rank = 'member' WHERE lg_code = $1 AND staff_id = $2`,
    [tx.lgCode, staff.staffId, department],
  );
  const rolesBefore = staff.roles.join(' ');
  await takeEverythingBack(tx, context, staff, 'access.staffChanged', { personnel: 'moved', rolesBefore, roles: '' });
  return { outcome: 'moved', findings: [finding('personnelDutiesTaken', 'note', 'department')] };
}

async function takeEverythingBack(
  tx: Tx,
  { actor, clock }: ActionContext,
  { staffId }: StaffMember,
  act: string,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  const at = clock.now();
  const sessions = await endSessionsOf(tx, staffId, { at, end: 'revoked' });
  const takenBack = await revokeAllGrants(tx, staffId, at, actor.staffId);
  await recordAct(tx, actor, { act, details: { ...details, staffId, sessions, takenBack } });
}
