import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { isPasswordOf } from './password-hash.ts';
import { confirmSession } from './session.ts';
import { clearAttempts, reserveAttempt } from './sign-in-delay.ts';
import { findStaff, listPasswords } from './staff-store.ts';
import type { ActionContext, SessionInfo } from './types.ts';

/**
 * Takes the password again, before a dangerous act or to open a locked screen. Failures are counted together with those
 * of the sign-in, so that a session left alone is no way around its delays. The value is the session's new token.
 */
export async function confirmIdentity(
  context: ActionContext,
  session: SessionInfo,
  password: string,
): Promise<Decision<string>> {
  const { db, actor, clock } = context;
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person has a password');
  const at = clock.now();
  const known = await withMunicipality(db, actor.lgCode, async (tx) => {
    const staff = await findStaff(tx, staffId);
    const subjects = { account: staff?.accountName ?? '', address: actor.from };
    const gate = await reserveAttempt(tx, at, subjects);
    const [current] = await listPasswords(tx, staffId, 1);
    return { subjects, gate, current };
  });
  if (known.gate.lockedUntil !== null) return decide([finding('passwordDelayed', 'refuse', 'password')], '');
  const isRight = known.current !== undefined && (await isPasswordOf(password, known.current.hash));
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const details = { isUnlock: session.isLocked };
    if (!isRight) {
      await recordAct(tx, actor, { act: 'access.confirmationRefused', outcome: 'refused', details });
      return decide([finding('passwordWrong', 'refuse', 'password')], '');
    }
    await clearAttempts(tx, known.subjects);
    const token = await confirmSession(tx, session.sessionId, at);
    await recordAct(tx, actor, { act: session.isLocked ? 'access.screenUnlocked' : 'access.confirmed' });
    return decide([], token);
  });
}
