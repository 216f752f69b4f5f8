import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, formatIsoDay, type StaffId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { revokeAllGrants } from '../permissions/grant-store.ts';
import { requirePermission } from '../require-permission.ts';
import { endSessionsOf } from '../session.ts';
import { isUsable, listStaff } from '../staff-store.ts';
import type { ActionContext, StaffMember } from '../types.ts';
import { insertReview, type ReviewLine } from './review-store.ts';

/** Days without a sign-in after which an account counts as unused (未使用ID). */
const unusedAfterDays = 90;

/** An account under review; `isUnused` where nobody signed in for a quarter. */
export interface ReviewedAccount {
  readonly staff: StaffMember;
  readonly isUnused: boolean;
}

/** The usable accounts, as the review of permissions goes through them; operators of commands among them. */
export async function listAccountsToReview(tx: Tx, at: Date, today: string): Promise<ReviewedAccount[]> {
  const created = await listCreationDays(tx);
  const staff = (await listStaff(tx)).filter((each) => isUsable(each, today));
  return staff.map((each) => {
    const since = each.lastSignedInAt ?? created.get(each.staffId) ?? at;
    return { staff: each, isUnused: at.getTime() - since.getTime() > unusedAfterDays * 86_400_000 };
  });
}

/**
 * Signs the review of permissions: each usable account is kept or stopped, all of them, and the stopped ones cannot be
 * used from this moment. Refused while an account has no verdict, or where somebody would stop themselves.
 */
export async function signAccessReview(
  context: ActionContext,
  given: { readonly verdicts: ReadonlyMap<number, string>; readonly note: string },
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'permissions.review');
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person signs');
  const at = clock.now();
  const today = formatIsoDay(todayInTokyo(clock));
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const accounts = await listAccountsToReview(tx, at, today);
    const lines: ReviewLine[] = [];
    for (const account of accounts) {
      const verdict = given.verdicts.get(account.staff.staffId);
      if (verdict !== 'keep' && verdict !== 'stop') return decide([finding('reviewIncomplete', 'refuse', null)], 0);
      if (verdict === 'stop' && account.staff.staffId === staffId)
        return decide([finding('ownAccount', 'refuse', null)], 0);
      lines.push({ staffId: account.staff.staffId, facts: factsOf(account), verdict, remark: '' });
    }
    const stopped = lines.filter((line) => line.verdict === 'stop');
    for (const line of stopped) {
      if (line.staffId !== null) await stopAccount(tx, context, line.staffId, at);
    }
    const note = given.note.trim().slice(0, 1000);
    const review = {
      kind: 'access',
      coversFrom: null,
      coversTo: today,
      note,
      signedBy: staffId,
      signedAt: at,
    } as const;
    const reviewId = await insertReview(tx, { ...review, lines });
    const details = { reviewId, accounts: lines.length, stopped: stopped.length };
    await recordAct(tx, actor, { act: 'access.permissionsReviewed', details });
    return decide([], reviewId);
  });
}

async function stopAccount(tx: Tx, { actor }: ActionContext, staffId: StaffId, at: Date): Promise<void> {
  await tx.client.query('UPDATE staff_members SET disabled_at = $3 WHERE lg_code = $1 AND staff_id = $2', [
    tx.lgCode,
    staffId,
    at,
  ]);
  await endSessionsOf(tx, staffId, { at, end: 'revoked' });
  await revokeAllGrants(tx, staffId, at, actor.staffId);
  await recordAct(tx, actor, { act: 'access.staffDisabled', details: { staffId, isByReview: true } });
}

function factsOf({ staff, isUnused }: ReviewedAccount): ReviewLine['facts'] {
  return {
    department: staff.department,
    roles: staff.roles.join(' '),
    rank: staff.rank,
    lent: staff.grants.map((each) => `${each.permission}:${each.expiresOn}`).join(' '),
    lastSignedInAt: staff.lastSignedInAt?.toISOString() ?? null,
    isUnused: isUnused ? 'yes' : 'no',
  };
}

async function listCreationDays(tx: Tx): Promise<ReadonlyMap<StaffId, Date>> {
  const { rows } = await tx.client.query<{ staff_id: StaffId; created_at: Date }>(
    'SELECT staff_id, created_at FROM staff_members WHERE lg_code = $1',
    [tx.lgCode],
  );
  return new Map(rows.map((row) => [row.staff_id, row.created_at]));
}
