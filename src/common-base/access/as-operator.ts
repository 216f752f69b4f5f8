import { hostname } from 'node:os';
import { recordAct } from '#common-base/audit';
import { formatIsoDay, type LgCode, NotFound, refuseNumberInText, type StaffId } from '#kernel';
import { systemClock, todayInTokyo } from '#platform/clock';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { permissionsOf, type Role } from './permission-table.ts';
import { NotPermitted } from './require-permission.ts';
import { foldAccountName } from './sign-in.ts';
import { findStaff, findStaffByAccount, insertStaff, isUsable, permissionsOfStaff } from './staff-store.ts';
import type { Actor, StaffMember } from './types.ts';

/** Who runs a command: the system's user, and whom `--as` names (account name or number). */
export interface OperatorOptions {
  readonly osUser: string;
  readonly as: string | null;
  readonly reason: string | null;
}

/**
 * The actor of a command. Without `--as` it is the operating system's user under an operator account of its own,
 * made on first use and without a password; with it, that member with that member's permissions. The system's user
 * is recorded in both cases.
 */
export async function asOperator(db: Database, lgCode: LgCode, options: OperatorOptions): Promise<Actor> {
  refuseNumberInText(options.reason ?? '');
  const staff = await withMunicipality(db, lgCode, async (tx) => {
    if (options.as === null) return await ensureOperator(tx, options.osUser);
    const found = await findNamed(tx, options.as);
    if (found === undefined) {
      throw new NotFound(
        `--as に指定された職員「${options.as}」は登録されていません。アカウント名か職員番号を確かめてください。`,
      );
    }
    return found;
  });
  if (!isUsable(staff, today())) {
    throw new NotPermitted(
      null,
      `アカウント「${staff.accountName}」は停止されているか、有効期限が切れています。システム管理者に確かめてください。`,
    );
  }
  return { ...actorOf(staff, today()), via: 'cli', from: hostname(), osUser: options.osUser, reason: options.reason };
}

/**
 * The actor of work that runs by itself. Begun by a member, it may do what that member may do at this moment (a
 * permission taken away stops the work); begun by the schedule, what operators may do. `name` is who did it in the words of
 * the office, where pages show that.
 */
export async function asJob(
  db: Database,
  lgCode: LgCode,
  options: { readonly job: string; readonly startedBy: StaffId | null; readonly name?: string },
): Promise<Actor> {
  const place = { via: 'job', from: hostname(), osUser: null, reason: `自動処理: ${options.job}` } as const;
  const { startedBy } = options;
  if (startedBy === null) {
    const roles: readonly Role[] = ['operator'];
    const staffName = options.name ?? `自動処理(${options.job})`;
    return { lgCode, staffId: null, staffName, roles, permissions: operatorPermissions, ...place };
  }
  const staff = await withMunicipality(db, lgCode, async (tx) => await findStaff(tx, startedBy));
  if (staff === undefined || !isUsable(staff, today())) {
    throw new NotPermitted(null, '処理を始めた職員のアカウントが停止されたため、処理を止めました。');
  }
  return { ...actorOf(staff, today()), ...place };
}

const operatorPermissions = permissionsOf({ roles: ['operator'], rank: 'member', isInCharge: false, lent: [] });

/** The actor that a member is on a day (`YYYY-MM-DD`), wherever from. */
export function actorOf(staff: StaffMember, on: string): Omit<Actor, 'via' | 'from' | 'osUser' | 'reason'> {
  return {
    lgCode: staff.lgCode,
    staffId: staff.staffId,
    staffName: staff.displayName,
    roles: staff.roles,
    permissions: permissionsOfStaff(staff, on),
  };
}

async function findNamed(tx: Tx, as: string): Promise<StaffMember | undefined> {
  const byAccount = await findStaffByAccount(tx, foldAccountName(as));
  if (byAccount !== undefined || !/^\d{1,15}$/u.test(as)) return byAccount;
  return await findStaff(tx, Number(as) as StaffId);
}

async function ensureOperator(tx: Tx, osUser: string): Promise<StaffMember> {
  const accountName = `os:${foldAccountName(osUser)
    .replaceAll(/[^a-z0-9._-]/gu, '-')
    .slice(0, 60)}`;
  const known = await findStaffByAccount(tx, accountName);
  if (known !== undefined) return known;
  const staffId = await insertStaff(tx, {
    accountName,
    displayName: `運用者 ${osUser}`,
    department: '運用',
    roles: ['operator'],
    rank: 'member',
    expiresOn: null,
    mustChangePassword: false,
    isDemonstration: false,
  });
  const made = await findStaffByAccount(tx, accountName);
  if (made === undefined) throw new Error('the operator account was not made');
  if (staffId !== undefined) {
    const by = { ...actorOf(made, today()), via: 'cli', from: hostname(), osUser, reason: null } as const;
    await recordAct(tx, by, { act: 'access.staffAdded', details: { staffId, roles: 'operator' } });
  }
  return made;
}

function today(): string {
  return formatIsoDay(todayInTokyo(systemClock));
}
