import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, type StaffId } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import type { AccessSettings } from '../access-settings.ts';
import { noteAccountChange } from '../account-notices.ts';
import { getStaff } from '../manage-staff.ts';
import { requirePermission } from '../require-permission.ts';
import { endSessionsOf } from '../session.ts';
import type { ActionContext } from '../types.ts';
import { deleteRecoveryCodes, drawRecoveryCodes } from './recovery-codes.ts';
import { deleteFactors, listFactors } from './store.ts';
import { personOf } from './totp-factor.ts';

/** Gives up one of one's own factors; the last one only where the duties need none. */
export async function removeOwnFactor(
  context: ActionContext,
  settings: AccessSettings,
  factorId: number,
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  const staffId = personOf(context);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const others = (await listFactors(tx, staffId)).filter((each) => each.factorId !== factorId);
    const isNeeded = actor.roles.some((role) => settings.secondFactorRoles.includes(role));
    if (others.length === 0 && isNeeded) return decide([finding('secondFactorLast', 'refuse', null)], factorId);
    const removed = await deleteFactors(tx, staffId, factorId);
    if (removed === 0) return decide([finding('secondFactorUnknown', 'refuse', null)], factorId);
    if (others.length === 0) await deleteRecoveryCodes(tx, staffId);
    await recordAct(tx, actor, { act: 'access.secondFactorRemoved', details: { factors: others.length } });
    await noteAccountChange(tx, staffId, 'factorRemoved', { ...actor, at: clock.now() });
    return decide([], factorId);
  });
}

/** Draws new recovery codes for oneself; the ones before are worth nothing from now on. */
export async function renewRecoveryCodes(context: ActionContext): Promise<Decision<readonly string[]>> {
  const { db, actor, clock } = context;
  const staffId = personOf(context);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const factors = await listFactors(tx, staffId);
    if (factors.length === 0) return decide([finding('secondFactorUnknown', 'refuse', null)], []);
    await recordAct(tx, actor, { act: 'access.recoveryCodesRenewed' });
    await noteAccountChange(tx, staffId, 'recoveryCodesRenewed', { ...actor, at: clock.now() });
    return decide([], await drawRecoveryCodes(tx, staffId, clock.now()));
  });
}

/**
 * Takes all factors and recovery codes of a member away, who lost them: the person's identity was checked face to face.
 * All sessions end; where the duties need a second factor the next sign-in asks for a new one. Nobody does it to
 * themselves.
 */
export async function resetSecondFactor(context: ActionContext, staffId: StaffId): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'staff.manage');
  if (staffId === actor.staffId) return { answer: 'refused', findings: [finding('ownAccount', 'refuse', null)] };
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    await getStaff(tx, staffId);
    const removed = await deleteFactors(tx, staffId, 'all');
    await deleteRecoveryCodes(tx, staffId);
    const ended = await endSessionsOf(tx, staffId, { at: clock.now(), end: 'revoked' });
    const details = { staffId, factors: removed, endedSessions: ended };
    await recordAct(tx, actor, { act: 'access.secondFactorReset', details });
    await noteAccountChange(tx, staffId, 'factorsReset', { ...actor, at: clock.now() });
    return decide([], removed);
  });
}
