import { recordAct } from '#common-base/audit';
import type { LgCode } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { hashPassword } from './password-hash.ts';
import { type Rank, type Role, roleNames } from './permission-table.ts';
import { findStaffByAccount, insertPassword, insertStaff } from './staff-store.ts';

/** An account everybody may know, for trying the system out on invented people. */
export interface DemonstrationAccount {
  readonly accountName: string;
  readonly displayName: string;
  readonly department: string;
  readonly roles: readonly Role[];
  readonly rank: Rank;
  readonly roleName: string;
  readonly password: string;
}

/** The same for all and no secret: it opens only a municipality that says on every page that it is a demonstration. */
const password = 'midori-no-oka-1';
const department = '健康推進課';

/** The accounts of a demonstration municipality, one per duty on the web. */
export const demonstrationAccounts: readonly DemonstrationAccount[] = [
  account('tantou', '佐藤 みどり', ['clerk']),
  account('kakaricho', '高橋 直樹', ['chief'], 'chief'),
  account('kanri', '中村 圭', ['administrator']),
  account('kansa', '小林 さやか', ['auditor']),
];

/**
 * Makes the demonstration accounts that are missing and answers all of them. A municipality that is no demonstration
 * gets none: that is a programmer's error.
 */
export async function ensureDemonstrationStaff(
  db: Database,
  municipality: { readonly lgCode: LgCode; readonly isDemonstration: boolean },
  accounts: readonly DemonstrationAccount[] = demonstrationAccounts,
): Promise<readonly DemonstrationAccount[]> {
  if (!municipality.isDemonstration) {
    throw new TypeError('demonstration accounts are made in a demonstration municipality only');
  }
  await withMunicipality(db, municipality.lgCode, async (tx) => {
    // Of the accounts of another system nobody handles individual numbers.
    const isOffice = accounts === demonstrationAccounts;
    if (isOffice) await insertNumberDepartment(tx);
    for (const each of accounts) {
      if ((await findStaffByAccount(tx, each.accountName)) !== undefined) continue;
      const staffId = await insertStaff(tx, {
        ...each,
        expiresOn: null,
        mustChangePassword: false,
        isDemonstration: true,
      });
      if (staffId === undefined) continue;
      await insertPassword(tx, staffId, await hashPassword(each.password), false);
      const by = { lgCode: tx.lgCode, staffId: null, staffName: '自動処理(デモの準備)', reason: null } as const;
      const act = {
        act: 'access.staffAdded',
        details: { staffId, roles: each.roles.join(' '), isDemonstration: true },
      };
      await recordAct(tx, { ...by, via: 'job', from: 'localhost', osUser: null }, act);
    }
  });
  return accounts;
}

async function insertNumberDepartment(tx: Tx): Promise<void> {
  await tx.client.query(
    'INSERT INTO departments (lg_code, name, uses_numbers) VALUES ($1, $2, true) ON CONFLICT DO NOTHING',
    [tx.lgCode, department],
  );
}

/** Whether usable accounts with a password everybody knows exist: then the server stays on this machine. */
export async function hasDemonstrationStaff(db: Database, lgCode: LgCode): Promise<boolean> {
  return await withMunicipality(db, lgCode, async (tx) => {
    const { rows } = await tx.client.query(
      'SELECT 1 FROM staff_members WHERE lg_code = $1 AND is_demonstration AND disabled_at IS NULL LIMIT 1',
      [lgCode],
    );
    return rows.length > 0;
  });
}

function account(
  accountName: string,
  displayName: string,
  roles: readonly Role[],
  rank: Rank = 'member',
): DemonstrationAccount {
  return { ...demonstrationAccount(accountName, displayName, roles, department), rank };
}

/** An account for trying out, of any system; everybody may know its password. */
export function demonstrationAccount(
  accountName: string,
  displayName: string,
  roles: readonly Role[],
  ofDepartment: string,
): DemonstrationAccount {
  const roleName = roles.map((role) => roleNames[role]).join('・');
  return { accountName, displayName, department: ofDepartment, roles, rank: 'member', roleName, password };
}
