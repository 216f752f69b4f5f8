import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { AccessSettings } from './access-settings.ts';
import { noteAccountChange } from './account-notices.ts';
import type { BreachedPasswords } from './breached-passwords.ts';
import { hashPassword, isPasswordOf } from './password-hash.ts';
import { decidePassword } from './password-rules.ts';
import { endSessionsOf, startSession } from './session.ts';
import { findStaff, insertPassword, listPasswords } from './staff-store.ts';
import type { ActionContext, SessionInfo } from './types.ts';

/** How many earlier passwords may not come back. */
const rememberedPasswords = 10;

/** What a person typed to change their own password. */
export interface PasswordChange {
  readonly current: string;
  readonly next: string;
  readonly repeated: string;
  readonly session: SessionInfo;
  readonly browser: string;
  readonly isBreached?: BreachedPasswords | undefined;
}

/**
 * Changes one's own password: the current one is asked for, the rules and earlier passwords are checked, all
 * sessions end and this browser goes on under a new token, which is the value of the decision.
 */
export async function changePassword(
  context: ActionContext,
  settings: AccessSettings,
  change: PasswordChange,
): Promise<Decision<string>> {
  const { db, actor, clock } = context;
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person has a password');
  const known = await withMunicipality(db, actor.lgCode, async (tx) => {
    const staff = await findStaff(tx, staffId);
    return { staff, passwords: await listPasswords(tx, staffId, rememberedPasswords) };
  });
  const current = known.passwords[0];
  if (known.staff === undefined || current === undefined) throw new TypeError('only a person has a password');
  if (!(await isPasswordOf(change.current, current.hash))) {
    await withMunicipality(db, actor.lgCode, async (tx) => {
      await recordAct(tx, actor, { act: 'access.passwordChangeRefused', outcome: 'refused' });
    });
    return decide([finding('currentPasswordWrong', 'refuse', 'currentPassword')], '');
  }
  const decision = await decidePassword({
    password: change.next,
    accountName: known.staff.accountName,
    displayName: known.staff.displayName,
    currentPassword: change.current,
    contextWords: settings.contextWords,
    lengthMin: settings.passwordLengthMin,
    isBreached: change.isBreached,
  });
  if (decision.answer === 'refused') return decision;
  if (change.next !== change.repeated) return decide([finding('passwordsDiffer', 'refuse', 'repeatedPassword')], '');
  for (const old of known.passwords) {
    if (await isPasswordOf(change.next, old.hash)) {
      return decide([finding('passwordReused', 'refuse', 'newPassword')], '');
    }
  }
  const hash = await hashPassword(change.next);
  const at = clock.now();
  const token = await withMunicipality(db, actor.lgCode, async (tx: Tx) => {
    await insertPassword(tx, staffId, hash, false);
    const ended = await endSessionsOf(tx, staffId, { at, end: 'passwordChanged' });
    await recordAct(tx, actor, { act: 'access.passwordChanged', details: { endedSessions: ended } });
    await noteAccountChange(tx, staffId, 'passwordChanged', { ...actor, at });
    const { session } = change;
    const memory = { ...session, failedSignInsSince: 0 };
    const { reason, secondFactorAt } = session;
    const fresh = {
      staffId,
      at,
      from: actor.from,
      browser: change.browser,
      memory,
      reason,
      secondFactorAt,
      signedInBy: 'password',
    } as const;
    return await startSession(tx, fresh, settings);
  });
  return decide([], token);
}
