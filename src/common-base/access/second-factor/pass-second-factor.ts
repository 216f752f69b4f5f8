import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { KeyTrouble } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';
import { noteAccountChange } from '../account-notices.ts';
import { raiseSession } from '../session.ts';
import { clearAttempts, reserveAttempt } from '../sign-in-delay.ts';
import { takeRecoveryCode } from './recovery-codes.ts';
import { listTotps, takeStep } from './store.ts';
import { foldCode } from './totp.ts';
import { type FactorContext, findTotpStep, personOf, subjectsOf } from './totp-factor.ts';

/**
 * Takes the code of an authenticator app, or a recovery code, and lets the session pass: its value is the new token.
 * Attempts are counted before they are looked at, like those of a password.
 */
export async function passByCode(context: FactorContext, sessionId: number, typed: string): Promise<Decision<string>> {
  const { db, actor, clock } = context;
  const staffId = personOf(context);
  const at = clock.now();
  const known = await withMunicipality(db, actor.lgCode, async (tx) => {
    const gate = await reserveAttempt(tx, at, subjectsOf(context));
    if (gate.lockedUntil !== null) await recordRefused(tx, context, 'delayed');
    return { gate, totps: await listTotps(tx, staffId, 'confirmed') };
  });
  if (known.gate.lockedUntil !== null) return decide([finding('secondFactorDelayed', 'refuse', 'code')], '');
  const isRecovery = /[a-z]/iu.test(foldCode(typed));
  const found = isRecovery ? undefined : await findTotpStep(context, known.totps, typed, at).catch(onlyKeyTrouble);
  if (found === 'keyTrouble') return decide([finding('secondFactorUnreadable', 'refuse', 'code')], '');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const isRight = isRecovery
      ? await takeRecoveryCode(tx, staffId, foldCode(typed), at)
      : found !== undefined && (await takeStep(tx, found.factorId, found.step, at));
    if (!isRight) {
      await recordRefused(tx, context, isRecovery ? 'recoveryCode' : 'totp');
      return decide([finding('secondFactorWrong', 'refuse', 'code')], '');
    }
    await clearAttempts(tx, subjectsOf(context));
    const token = await raiseSession(tx, sessionId, at);
    const details = { kind: isRecovery ? 'recoveryCode' : 'totp' };
    await recordAct(tx, actor, { act: 'access.secondFactorPassed', details });
    if (isRecovery) await noteAccountChange(tx, staffId, 'recoveryCodeUsed', { ...actor, at });
    return decide([], token);
  });
}

async function recordRefused(
  tx: Parameters<typeof recordAct>[0],
  context: FactorContext,
  cause: string,
): Promise<void> {
  const act = { act: 'access.secondFactorRefused', outcome: 'refused', details: { cause } } as const;
  await recordAct(tx, context.actor, act);
}

/** A lost wrapping key is no fault of the code that was typed; anything else is an error of the machine. */
function onlyKeyTrouble(error: unknown): 'keyTrouble' {
  if (error instanceof KeyTrouble) return 'keyTrouble';
  throw error;
}
