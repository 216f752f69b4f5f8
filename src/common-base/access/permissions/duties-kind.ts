import { recordAct } from '#common-base/audit';
import { decide, finding, type StaffId } from '#kernel';
import { noteAccountChange } from '../account-notices.ts';
import type { ApprovalKind, ApprovalSubject } from '../approvals/types.ts';
import { isRank, isRole, rankNames, roleNames } from '../permission-table.ts';
import { findStaff } from '../staff-store.ts';
import type { StaffMember } from '../types.ts';

/** Duties or a rank beyond those a member has: asked by an administrator, approved by a person of rank. */
export const dutiesKind: ApprovalKind = {
  kind: 'access.duties',
  nameJa: '職員の役割',
  requestPermission: 'staff.manage',
  approvePermission: 'permissions.approve',
  daysOpen: 14,
  describe: async (tx, subject) => {
    const staff = await findStaff(tx, subject['staffId'] as StaffId);
    return [
      ['職員', staff === undefined ? '' : `${staff.displayName}(${staff.department})`],
      ['いまの役割と職位', wordsOf(String(subject['rolesBefore']), String(subject['rankBefore']))],
      ['新しい役割と職位', wordsOf(String(subject['roles']), String(subject['rank']))],
    ];
  },
  findFaults: async () => await Promise.resolve([]),
  carryOut: async (tx, by, subject) => {
    const staff = await findStaff(tx, subject['staffId'] as StaffId);
    const isSame =
      staff !== undefined && staff.roles.join(' ') === subject['rolesBefore'] && staff.rank === subject['rankBefore'];
    if (!isSame) return decide([finding('dutiesChangedMeanwhile', 'refuse', null)], null);
    const roles = String(subject['roles']).split(' ').filter(isRole);
    const rank = String(subject['rank']);
    await tx.client.query('UPDATE staff_members SET roles = $3, rank = $4 WHERE lg_code = $1 AND staff_id = $2', [
      tx.lgCode,
      staff.staffId,
      roles,
      rank,
    ]);
    const details = { staffId: staff.staffId, roles: roles.join(' '), rank, requestId: by.requestId };
    await recordAct(tx, by.approver, { act: 'access.dutiesGiven', details });
    await noteAccountChange(tx, staff.staffId, 'accountChanged', { ...by.approver, at: by.at });
    return decide([], null);
  },
};

/** The subject of a request for duties: what the member has after the change at once, and what is asked for. */
export function dutiesSubject(
  staff: Pick<StaffMember, 'staffId' | 'roles' | 'rank'>,
  asked: { readonly roles: readonly string[]; readonly rank: string },
): ApprovalSubject {
  return {
    staffId: staff.staffId,
    rolesBefore: staff.roles.join(' '),
    rankBefore: staff.rank,
    roles: asked.roles.join(' '),
    rank: asked.rank,
  };
}

function wordsOf(roles: string, rank: string): string {
  const names = roles
    .split(' ')
    .filter(isRole)
    .map((role) => roleNames[role]);
  const rankName = isRank(rank) ? rankNames[rank] : '';
  return `${names.length === 0 ? 'なし' : names.join('、')}・${rankName}`;
}
