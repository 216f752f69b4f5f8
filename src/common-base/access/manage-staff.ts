import { randomInt } from 'node:crypto';
import { recordAct } from '#common-base/audit';
import { type Day, type Decision, decide, type Finding, finding, formatIsoDay, NotFound, type StaffId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { hashPassword } from './password-hash.ts';
import { isRole, type Role } from './permission-table.ts';
import { requirePermission } from './require-permission.ts';
import { endSessionsOf } from './session.ts';
import { foldAccountName } from './sign-in.ts';
import { findStaff, insertPassword, insertStaff } from './staff-store.ts';
import type { ActionContext, StaffMember } from './types.ts';

/** A new account as the administrator gives it. */
export interface NewStaff {
  readonly accountName: string;
  readonly displayName: string;
  readonly department: string;
  readonly roles: readonly string[];
  /** Last day of use; null without end. */
  readonly expiresOn?: Day | null;
}

/** The account made, with the password that is shown this once and must be changed at the first sign-in. */
export interface AddedStaff {
  readonly staffId: StaffId;
  readonly accountName: string;
  readonly initialPassword: string;
}

/** Adds an account; refused with all its faults at once. The first administrator is made so from the command line. */
export async function addStaff(context: ActionContext, staff: NewStaff): Promise<Decision<AddedStaff>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  const accountName = foldAccountName(staff.accountName);
  const expiresOn = staff.expiresOn ?? null;
  const findings = decideStaff({ ...staff, accountName, expiresOn }, todayInTokyo(clock));
  if (findings.length > 0) return { answer: 'refused', findings };
  const initialPassword = drawInitialPassword();
  const hash = await hashPassword(initialPassword);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const roles = staff.roles.filter(isRole);
    const staffId = await insertStaff(tx, {
      accountName,
      displayName: staff.displayName.trim(),
      department: staff.department.trim(),
      roles,
      expiresOn: expiresOn === null ? null : formatIsoDay(expiresOn),
      mustChangePassword: true,
      isDemonstration: false,
    });
    if (staffId === undefined) {
      return { answer: 'refused', findings: [finding('accountNameTaken', 'refuse', 'accountName')] };
    }
    await insertPassword(tx, staffId, hash, true);
    await recordStaffAct(tx, context, 'access.staffAdded', staffId, { roles: roles.join(' ') });
    return decide([], { staffId, accountName, initialPassword });
  });
}

/** What may change in an account; the account's name never does. */
export type StaffChange = Pick<NewStaff, 'displayName' | 'department' | 'roles' | 'expiresOn'>;

/** Changes name, department, duties and expiry; duties hold from the next click on. */
export async function changeStaff(
  context: ActionContext,
  staffId: StaffId,
  change: StaffChange,
): Promise<Decision<StaffId>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  const expiresOn = change.expiresOn ?? null;
  const findings = decideStaff({ ...change, accountName: 'unchanged', expiresOn }, todayInTokyo(clock));
  if (findings.length > 0) return { answer: 'refused', findings };
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const before = await getStaff(tx, staffId);
    const roles = change.roles.filter(isRole);
    await tx.client.query(
      `UPDATE staff_members SET display_name = $3, department = $4, roles = $5, expires_on = $6
       WHERE lg_code = $1 AND staff_id = $2`,
      [
        tx.lgCode,
        staffId,
        change.displayName.trim(),
        change.department.trim(),
        roles,
        expiresOn === null ? null : formatIsoDay(expiresOn),
      ],
    );
    const details = { rolesBefore: before.roles.join(' '), roles: roles.join(' ') };
    await recordStaffAct(tx, context, 'access.staffChanged', staffId, details);
    return decide([], staffId);
  });
}

/** Stops an account at once, with all its sessions, or lets it be used again. Nobody stops themselves. */
export async function setStaffDisabled(
  context: ActionContext,
  staffId: StaffId,
  isDisabled: boolean,
): Promise<Decision<StaffId>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  if (staffId === actor.staffId) return { answer: 'refused', findings: [finding('ownAccount', 'refuse', null)] };
  const at = clock.now();
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    await getStaff(tx, staffId);
    await tx.client.query('UPDATE staff_members SET disabled_at = $3 WHERE lg_code = $1 AND staff_id = $2', [
      tx.lgCode,
      staffId,
      isDisabled ? at : null,
    ]);
    if (isDisabled) await endSessionsOf(tx, staffId, { at, end: 'revoked' });
    await recordStaffAct(tx, context, isDisabled ? 'access.staffDisabled' : 'access.staffEnabled', staffId, {});
    return decide([], staffId);
  });
}

/** Ends all sessions of a member at once: a terminal was left open or lost. */
export async function revokeSessions(context: ActionContext, staffId: StaffId): Promise<number> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    await getStaff(tx, staffId);
    const ended = await endSessionsOf(tx, staffId, { at: clock.now(), end: 'revoked' });
    await recordAct(tx, actor, { act: 'access.sessionsRevoked', details: { staffId, ended } });
    return ended;
  });
}

/** Gives an account a new initial password and ends its sessions; the administrator learns only what lapses at once. */
export async function resetPassword(context: ActionContext, staffId: StaffId): Promise<Decision<AddedStaff>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  if (staffId === actor.staffId) return { answer: 'refused', findings: [finding('ownAccount', 'refuse', null)] };
  const initialPassword = drawInitialPassword();
  const hash = await hashPassword(initialPassword);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const staff = await getStaff(tx, staffId);
    await insertPassword(tx, staffId, hash, true);
    await endSessionsOf(tx, staffId, { at: clock.now(), end: 'revoked' });
    await recordStaffAct(tx, context, 'access.passwordReset', staffId, {});
    return decide([], { staffId, accountName: staff.accountName, initialPassword });
  });
}

/** An account of the actor's municipality; throws NotFound for any other number. */
export async function getStaff(tx: Tx, staffId: StaffId): Promise<StaffMember> {
  const staff = await findStaff(tx, staffId);
  if (staff === undefined) throw new NotFound('この職員は登録されていません。一覧から選び直してください。');
  return staff;
}

function decideStaff(staff: Required<NewStaff>, today: Day): Finding[] {
  const findings: Finding[] = [];
  if (!/^[a-z0-9][a-z0-9._-]{1,63}$/u.test(staff.accountName)) {
    findings.push(finding('accountNameInvalid', 'refuse', 'accountName'));
  }
  if (staff.displayName.trim() === '') findings.push(finding('displayNameMissing', 'refuse', 'displayName'));
  if (staff.roles.length === 0) findings.push(finding('roleMissing', 'refuse', 'roles'));
  for (const role of staff.roles) {
    if (!isRole(role)) findings.push(finding('roleUnknown', 'refuse', 'roles', { role }));
  }
  if (staff.expiresOn !== null && staff.expiresOn < today) {
    findings.push(finding('expiryInPast', 'refuse', 'expiresOn'));
  }
  return findings;
}

async function recordStaffAct(
  tx: Tx,
  context: ActionContext,
  act: string,
  staffId: StaffId,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  await recordAct(tx, context.actor, { act, details: { ...details, staffId } });
}

/** Twenty characters that cannot be mistaken for each other on paper: 98 bits. */
function drawInitialPassword(): string {
  const characters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const draw = (): string => Array.from({ length: 5 }, () => characters[randomInt(characters.length)]).join('');
  return [draw(), draw(), draw(), draw()].join('-');
}

/** The duties that may be given on the web; operators work on the command line. */
export const assignableRoles: readonly Role[] = ['clerk', 'chief', 'administrator', 'auditor'];
