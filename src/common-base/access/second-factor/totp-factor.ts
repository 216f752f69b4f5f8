import { createHmac, type KeyObject } from 'node:crypto';
import { recordAct } from '#common-base/audit';
import { Conflict, type Decision, decide, finding, type StaffId } from '#kernel';
import { drawDataKey, KeyTrouble, type KeyWrapper, type SealContext, unwrapDataKey } from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { AccessSettings } from '../access-settings.ts';
import { noteAccountChange } from '../account-notices.ts';
import { clearAttempts, reserveAttempt } from '../sign-in-delay.ts';
import type { ActionContext } from '../types.ts';
import { countRecoveryCodes, drawRecoveryCodes } from './recovery-codes.ts';
import { insertTotp, listFactors, listTotps, type StoredTotp, takeStep } from './store.ts';
import { findMatchingStep, foldCode } from './totp.ts';

/** What the acts of the second factor need beside an action's context. */
export interface FactorContext extends ActionContext {
  readonly keyWrapper: KeyWrapper;
  /** How far clocks may differ; not at all where it is left out. */
  readonly settings?: Pick<AccessSettings, 'totpStepsAside'>;
}

/** Length of the secret given to an authenticator app in bytes (RFC 4226, section 4 recommends 160 bits). */
const secretBytes = 20;

/**
 * Begins the enrolment of an authenticator app and answers its secret, which is shown until the first right code.
 * While one is under way the same secret is answered again, so that reloading the page breaks nothing.
 */
export async function beginTotp(context: FactorContext): Promise<Buffer> {
  const { db, actor, clock, keyWrapper } = context;
  const staffId = personOf(context);
  const sealing = totpSealContext(actor.lgCode, staffId);
  const [begun] = await withMunicipality(db, actor.lgCode, async (tx) => await listTotps(tx, staffId, 'begun'));
  // One that was begun under a key now lost is begun anew.
  const known = begun && (await openSecret(keyWrapper, begun, sealing).catch(nothingWithoutKey));
  if (known !== undefined) return known;
  const wrapped = await drawDataKey(keyWrapper, sealing).catch(sayKeyTrouble);
  await withMunicipality(db, actor.lgCode, async (tx) => await insertTotp(tx, staffId, clock.now(), wrapped));
  return secretOf(await unwrapDataKey(keyWrapper, wrapped, sealing));
}

/**
 * Ends the enrolment by a first right code. The value are the recovery codes drawn with the first factor (empty for a
 * further one).
 */
export async function confirmTotp(context: FactorContext, typed: string): Promise<Decision<readonly string[]>> {
  const { db, actor, clock } = context;
  const staffId = personOf(context);
  const at = clock.now();
  const gate = await withMunicipality(db, actor.lgCode, async (tx) => {
    const { lockedUntil } = await reserveAttempt(tx, at, subjectsOf(context));
    return { lockedUntil, begun: await listTotps(tx, staffId, 'begun') };
  });
  if (gate.lockedUntil !== null) return decide([finding('secondFactorDelayed', 'refuse', 'code')], []);
  const found = await findTotpStep(context, gate.begun, typed, at);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    if (found === undefined || !(await takeStep(tx, found.factorId, found.step, at))) {
      await recordAct(tx, actor, { act: 'access.secondFactorRefused', outcome: 'refused', details: { kind: 'totp' } });
      return decide([finding('secondFactorWrong', 'refuse', 'code')], []);
    }
    await clearAttempts(tx, subjectsOf(context));
    return decide([], await noteNewFactor(tx, context, 'totp'));
  });
}

/** The step of the code that was typed, and whose app it was; the secrets are opened outside of any transaction. */
export async function findTotpStep(
  context: FactorContext,
  totps: readonly StoredTotp[],
  typed: string,
  at: Date,
): Promise<{ readonly factorId: number; readonly step: number } | undefined> {
  const code = foldCode(typed);
  for (const totp of totps) {
    const secret = await openSecret(context.keyWrapper, totp, totpSealContext(context.actor.lgCode, personOf(context)));
    const step = findMatchingStep(secret, code, at, totp.lastStep, context.settings?.totpStepsAside);
    secret.fill(0);
    if (step !== undefined) return { factorId: totp.factorId, step };
  }
  return undefined;
}

/** Writes the new factor into the log; with the first one recovery codes are drawn. */
export async function noteNewFactor(tx: Tx, context: ActionContext, kind: 'totp' | 'passkey'): Promise<string[]> {
  const staffId = personOf(context);
  const factors = await listFactors(tx, staffId);
  const needsCodes = (await countRecoveryCodes(tx, staffId)) === 0;
  const details = { kind, factors: factors.length };
  await recordAct(tx, context.actor, { act: 'access.secondFactorEnrolled', details });
  await noteAccountChange(tx, staffId, 'factorEnrolled', { ...context.actor, at: context.clock.now() });
  return needsCodes ? await drawRecoveryCodes(tx, staffId, context.clock.now()) : [];
}

/** Failures of the second factor are counted apart from those of the password, by the same rules. */
export function subjectsOf({ actor }: ActionContext): { account: string; address: string } {
  return { account: `second factor of ${actor.staffId}`, address: actor.from };
}

/** Whose factor it is; only a person has one. */
export function personOf({ actor }: ActionContext): StaffId {
  if (actor.staffId === null) throw new TypeError('only a person has a second factor');
  return actor.staffId;
}

async function openSecret(wrapper: KeyWrapper, totp: StoredTotp, sealing: SealContext): Promise<Buffer> {
  return secretOf(await unwrapDataKey(wrapper, totp.wrapped, sealing));
}

/** The secret is derived, so that what is wrapped has the length of a key. */
function secretOf(key: KeyObject): Buffer {
  return createHmac('sha256', key).update('sesshu totp 1').digest().subarray(0, secretBytes);
}

/** What the wrapped key of an app is bound to. */
export function totpSealContext(lgCode: string, staffId: StaffId): SealContext {
  return { lgCode, purpose: 'secondFactor', subject: String(staffId) };
}

function nothingWithoutKey(error: unknown): undefined {
  if (!(error instanceof KeyTrouble)) throw error;
}

/** The sentence of the trouble is for the operator; the person at the screen is told it as well (409). */
function sayKeyTrouble(error: unknown): never {
  throw error instanceof KeyTrouble ? new Conflict(error.message) : error;
}
