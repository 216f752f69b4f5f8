import { recordAct } from '#common-base/audit';
import { formatIsoDay, type LgCode } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import type { AccessSettings, OpenIdSettings } from '../access-settings.ts';
import { noteAccountChange } from '../account-notices.ts';
import { actBy, foldAccountName, openSession, placeRefusal, recordFailure } from '../sign-in.ts';
import { countFailures } from '../sign-in-delay.ts';
import { findStaff, findStaffByAccount, isUsable } from '../staff-store.ts';
import type { StaffMember } from '../types.ts';
import type { OpenIdClaims } from './openid-client.ts';
import { bindIdentity, findBoundStaff } from './openid-store.ts';

/** Where a browser that comes back from the provider is. */
export interface OpenIdVisit {
  readonly lgCode: LgCode;
  readonly from: string;
  readonly browser: string;
  readonly terminal: string | null;
  readonly oldToken: string | null;
}

/**
 * Signs in whom the provider named, where that is an account of ours that may be used today; answers the new session's
 * token, undefined when refused. The first time the account is found by its name and bound to the provider's subject;
 * from then on only the subject counts. Nobody gets an account, a duty or a permission here.
 */
export async function signInByOpenId(
  db: Database,
  clock: Clock,
  settings: AccessSettings & { readonly openId: OpenIdSettings },
  visit: OpenIdVisit,
  claims: OpenIdClaims,
): Promise<string | undefined> {
  const at = clock.now();
  const today = formatIsoDay(todayInTokyo(clock));
  return await withMunicipality(db, visit.lgCode, async (tx) => {
    const { staff, cause } = await findNamed(tx, visit, claims, at);
    const isClosed = staff !== undefined && !isUsable(staff, today);
    const refusal = cause ?? (isClosed ? 'accountClosed' : placeRefusal(settings, visit, staff, at));
    if (staff === undefined || refusal !== null) {
      await recordFailure(tx, visit, staff, `openId:${refusal ?? 'unknownAccount'}`);
      return undefined;
    }
    const isStrong = claims.methods.some((method) => settings.openId.secondFactorMethods.includes(method));
    const failures = await countFailures(tx, staff.accountName);
    return await openSession(tx, {
      ...{ attempt: visit, staff, at, failures, settings },
      ...{ secondFactorAt: isStrong ? at : null, signedInBy: 'openid' },
    });
  });
}

async function findNamed(
  tx: Tx,
  visit: OpenIdVisit,
  claims: OpenIdClaims,
  at: Date,
): Promise<{ readonly staff: StaffMember | undefined; readonly cause: string | null }> {
  const { issuer, subject } = claims;
  const bound = await findBoundStaff(tx, issuer, subject);
  if (bound !== undefined) return { staff: await findStaff(tx, bound), cause: null };
  const name = claims.accountName === undefined ? '' : foldAccountName(claims.accountName);
  const staff = await findStaffByAccount(tx, name);
  // Operators of the command line are people of the machine, not of the provider.
  if (staff === undefined || staff.accountName.startsWith('os:')) return { staff: undefined, cause: 'unknownAccount' };
  if (!(await bindIdentity(tx, { issuer, subject, staffId: staff.staffId }, at))) {
    return { staff, cause: 'boundToAnother' };
  }
  const by = actBy(visit, staff);
  await recordAct(tx, by, { act: 'access.identityBound', details: { staffId: staff.staffId } });
  await noteAccountChange(tx, staff.staffId, 'identityBound', { ...by, at });
  return { staff, cause: null };
}
