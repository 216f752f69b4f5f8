import { recordAct } from '#common-base/audit';
import { type Day, type Decision, decide, type Finding, finding, formatIsoDay, NotFound, type StaffId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { drawSpelledSecret } from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import { noteAccountChange } from './account-notices.ts';
import { hashPassword } from './password-hash.ts';
import { isRank, isRole, type Rank } from './permission-table.ts';
import { revokeAllGrants } from './permissions/grant-store.ts';
import { requirePermission } from './require-permission.ts';
import { endSessionsOf } from './session.ts';
import { foldAccountName } from './sign-in.ts';
import { findStaff, insertPassword, insertStaff, isSamePerson } from './staff-store.ts';
import type { ActionContext, StaffMember } from './types.ts';

/** A new account as the administrator gives it. */
export interface NewStaff {
  readonly accountName: string;
  readonly displayName: string;
  readonly department: string;
  readonly roles: readonly string[];
  /** 職位; that of a section chief for the duty of approving, else none, where it is left out. */
  readonly rank?: string;
  /** Last day of use; null without end. */
  readonly expiresOn?: Day | null;
}

/** The account made, with the password that is shown this once and must be changed at the first sign-in. */
export interface AddedStaff {
  readonly staffId: StaffId;
  readonly accountName: string;
  readonly initialPassword: string;
}

/**
 * Adds an account; refused with all its faults at once. The first administrator is made so from the command line. With
 * `isPending` it begins without any duty, until somebody else approves the duties asked for.
 */
export async function addStaff(
  context: ActionContext,
  staff: NewStaff,
  options: { readonly isPending?: boolean } = {},
): Promise<Decision<AddedStaff>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  const accountName = foldAccountName(staff.accountName);
  const expiresOn = staff.expiresOn ?? null;
  const findings = decideStaff({ ...staff, accountName, expiresOn }, todayInTokyo(clock));
  if (findings.length > 0) return { answer: 'refused', findings };
  const initialPassword = drawSpelledSecret();
  const hash = await hashPassword(initialPassword);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const roles = options.isPending === true ? [] : staff.roles.filter(isRole);
    const rank = options.isPending === true ? 'member' : rankOf(staff);
    const staffId = await insertStaff(tx, {
      accountName,
      displayName: staff.displayName.trim(),
      department: staff.department.trim(),
      roles,
      rank,
      expiresOn: expiresOn === null ? null : formatIsoDay(expiresOn),
      mustChangePassword: true,
      isDemonstration: false,
    });
    if (staffId === undefined) {
      return { answer: 'refused', findings: [finding('accountNameTaken', 'refuse', 'accountName')] };
    }
    await insertPassword(tx, staffId, hash, true);
    await recordStaffAct(tx, context, 'access.staffAdded', staffId, { roles: roles.join(' '), rank });
    await noteAccountChange(tx, staffId, 'accountAdded', { ...actor, at: clock.now() });
    return decide([], { staffId, accountName, initialPassword });
  });
}

/** What may change in an account; the account's name never does. */
export interface StaffChange extends Pick<NewStaff, 'displayName' | 'department' | 'roles' | 'rank' | 'expiresOn'> {
  /** The daily account of the same person, where this is a second one. */
  readonly personStaffId?: StaffId | null;
}

/**
 * Changes name, department, duties, rank and expiry; duties hold from the next click on. A move to other work
 * (人事異動) takes back what was lent. With `mayKeepNone` a change may leave no duty, while new ones wait for approval.
 */
export async function changeStaff(
  context: ActionContext,
  staffId: StaffId,
  change: StaffChange,
  options: { readonly mayKeepNone?: boolean } = {},
): Promise<Decision<StaffId>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  const expiresOn = change.expiresOn ?? null;
  const asked = { ...change, accountName: 'unchanged', expiresOn };
  const findings = decideStaff(asked, todayInTokyo(clock)).filter(
    (each) => options.mayKeepNone !== true || each.code !== 'roleMissing',
  );
  if (findings.length > 0) return { answer: 'refused', findings };
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const before = await getStaff(tx, staffId);
    const roles = change.roles.filter(isRole);
    const rank = rankOf(change);
    const personStaffId = change.personStaffId === undefined ? before.personStaffId : change.personStaffId;
    const fault = await findPersonFault(tx, context, before, personStaffId);
    if (fault !== undefined) return { answer: 'refused', findings: [fault] };
    await tx.client.query(
      `UPDATE staff_members SET display_name = $3, department = $4, roles = $5, expires_on = $6, rank = $7,
         person_staff_id = $8
       WHERE lg_code = $1 AND staff_id = $2`,
      [
        tx.lgCode,
        staffId,
        change.displayName.trim(),
        change.department.trim(),
        roles,
        expiresOn === null ? null : formatIsoDay(expiresOn),
        rank,
        personStaffId,
      ],
    );
    const hasMoved = before.department !== change.department.trim() || before.roles.join(' ') !== roles.join(' ');
    const takenBack = hasMoved ? await revokeAllGrants(tx, staffId, clock.now(), actor.staffId) : 0;
    const details = { rolesBefore: before.roles.join(' '), roles: roles.join(' '), rank, takenBack, personStaffId };
    await recordStaffAct(tx, context, 'access.staffChanged', staffId, details);
    await noteAccountChange(tx, staffId, 'accountChanged', { ...actor, at: clock.now() });
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
    if (isDisabled) {
      await endSessionsOf(tx, staffId, { at, end: 'revoked' });
      await revokeAllGrants(tx, staffId, at, actor.staffId);
    }
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
  const initialPassword = drawSpelledSecret();
  const hash = await hashPassword(initialPassword);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const staff = await getStaff(tx, staffId);
    await insertPassword(tx, staffId, hash, true);
    await endSessionsOf(tx, staffId, { at: clock.now(), end: 'revoked' });
    await recordStaffAct(tx, context, 'access.passwordReset', staffId, {});
    await noteAccountChange(tx, staffId, 'passwordReset', { ...actor, at: clock.now() });
    return decide([], { staffId, accountName: staff.accountName, initialPassword });
  });
}

/** An account of the actor's municipality; throws NotFound for any other number. */
export async function getStaff(tx: Tx, staffId: StaffId): Promise<StaffMember> {
  const staff = await findStaff(tx, staffId);
  if (staff === undefined) throw new NotFound('この職員は登録されていません。一覧から選び直してください。');
  return staff;
}

/** The rank that was given; a section chief's where the duty of approving is given and no rank. */
function rankOf(staff: Pick<NewStaff, 'rank' | 'roles'>): Rank {
  if (staff.rank !== undefined && isRank(staff.rank)) return staff.rank;
  return staff.roles.includes('chief') ? 'chief' : 'member';
}

/**
 * A second account names a daily one, which names none. Nobody changes a link of their own accounts, whichever of them
 * they use, nor makes another account their own: parted, one person could ask and approve.
 */
async function findPersonFault(
  tx: Tx,
  { actor }: ActionContext,
  before: StaffMember,
  personStaffId: StaffId | null,
): Promise<Finding | undefined> {
  if (personStaffId === before.personStaffId) return undefined;
  for (const account of [before.staffId, personStaffId]) {
    if (await isSamePerson(tx, account, actor.staffId)) return finding('ownPersonLink', 'refuse', 'personStaffId');
  }
  if (personStaffId === null) return undefined;
  const daily = personStaffId === before.staffId ? undefined : await findStaff(tx, personStaffId);
  const isNamed = (await tx.client.query(namesAsDaily, [tx.lgCode, before.staffId])).rowCount !== 0;
  const isFit = daily !== undefined && daily.personStaffId === null && !isNamed;
  return isFit ? undefined : finding('personLinkUnfit', 'refuse', 'personStaffId');
}

const namesAsDaily = 'SELECT 1 FROM staff_members WHERE lg_code = $1 AND person_staff_id = $2 LIMIT 1';

function decideStaff(staff: Omit<Required<NewStaff>, 'rank'> & Pick<NewStaff, 'rank'>, today: Day): Finding[] {
  const findings: Finding[] = [];
  if (!/^[a-z0-9][a-z0-9._-]{1,63}$/u.test(staff.accountName)) {
    findings.push(finding('accountNameInvalid', 'refuse', 'accountName'));
  }
  if (staff.displayName.trim() === '') findings.push(finding('displayNameMissing', 'refuse', 'displayName'));
  if (staff.roles.length === 0) findings.push(finding('roleMissing', 'refuse', 'roles'));
  for (const role of staff.roles) {
    if (!isRole(role)) findings.push(finding('roleUnknown', 'refuse', 'roles', { role }));
  }
  if (staff.rank !== undefined && !isRank(staff.rank)) findings.push(finding('rankUnknown', 'refuse', 'rank'));
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
  details: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  await recordAct(tx, context.actor, { act, details: { ...details, staffId } });
}
