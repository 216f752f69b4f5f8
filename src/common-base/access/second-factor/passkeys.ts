import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type * as webauthn from '@simplewebauthn/server';
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { KeyTrouble } from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import { raiseSession, setPasskeyChallenge, takePasskeyChallenge } from '../session.ts';
import { clearAttempts, reserveAttempt } from '../sign-in-delay.ts';
import type { ActionContext } from '../types.ts';
import { isAsRegistered, sealPasskey } from './seal-passkey.ts';
import { insertPasskey, listPasskeys, type MadePasskey, notePasskeyUse, type StoredPasskey } from './store.ts';
import { type FactorContext, noteNewFactor, personOf, subjectsOf } from './totp-factor.ts';

/** Where a passkey is made or shown: the session, and our address as the browser called it. */
export interface PasskeyPlace {
  readonly sessionId: number;
  /** `https://sesshu.example`; the browser signs it, so that no other site's answer is taken. */
  readonly origin: string;
}

/** How a person is shown in the browser's own window. */
export interface PasskeyNames {
  readonly office: string;
  readonly accountName: string;
  readonly displayName: string;
}

/** EdDSA, ES256, RS256. */
const algorithms = [-8, -7, -257];

/** The site's name for a passkey; null where browsers know none (an address of numbers). */
function rpIdOf(origin: string): string | null {
  const host = new URL(origin).hostname;
  return isIP(host.replaceAll(/[[\]]/gu, '')) === 0 ? host : null;
}

/** What the browser is asked to make a passkey; null where the address has no name. */
export async function beginPasskey(
  context: ActionContext,
  place: PasskeyPlace,
  names: PasskeyNames,
): Promise<PublicKeyCredentialCreationOptionsJSON | null> {
  const { db, actor, clock } = context;
  const staffId = personOf(context);
  const rpID = rpIdOf(place.origin);
  if (rpID === null) return null;
  const known = await withMunicipality(db, actor.lgCode, async (tx) => await listPasskeys(tx, staffId));
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: names.office,
    rpID,
    userName: names.accountName,
    userDisplayName: names.displayName,
    userID: new Uint8Array(createHash('sha256').update(`sesshu ${actor.lgCode} ${staffId}`).digest()),
    attestationType: 'none',
    excludeCredentials: descriptorsOf(known),
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
    supportedAlgorithmIDs: algorithms,
  });
  await withMunicipality(db, actor.lgCode, async (tx) => {
    await setPasskeyChallenge(tx, place.sessionId, options.challenge, clock.now());
  });
  return options;
}

/** Takes the passkey that the browser made; the value are the recovery codes drawn with the first factor. */
export async function confirmPasskey(
  context: FactorContext,
  place: PasskeyPlace,
  given: { readonly response: string; readonly label: string },
): Promise<Decision<readonly string[]>> {
  const { db, actor, clock } = context;
  const staffId = personOf(context);
  const at = clock.now();
  const challenge = await withMunicipality(db, actor.lgCode, async (tx) => {
    return await takePasskeyChallenge(tx, place.sessionId, at);
  });
  const made = challenge === null ? undefined : await readMade(place, challenge, given.response);
  const sealed = made && (await sealPasskey(context.keyWrapper, { lgCode: actor.lgCode, staffId }, made));
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const label = given.label === '' ? 'パスキー' : given.label;
    const isKept = made && sealed && (await insertPasskey(tx, staffId, { ...made, ...sealed, label, at }));
    if (isKept === true) return decide([], await noteNewFactor(tx, context, 'passkey'));
    await recordRefused(tx, context);
    return decide([finding('passkeyRefused', 'refuse', null)], []);
  });
}

/** What the browser is asked to show a passkey at sign-in; null where the person has none for this site. */
export async function askPasskey(
  context: ActionContext,
  place: PasskeyPlace,
): Promise<PublicKeyCredentialRequestOptionsJSON | null> {
  const { db, actor, clock } = context;
  const rpID = rpIdOf(place.origin);
  const all = await withMunicipality(db, actor.lgCode, async (tx) => await listPasskeys(tx, personOf(context)));
  const known = all.filter((each) => each.rpId === rpID);
  if (rpID === null || known.length === 0) return null;
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID,
    allowCredentials: descriptorsOf(known),
    userVerification: 'preferred',
  });
  await withMunicipality(db, actor.lgCode, async (tx) => {
    await setPasskeyChallenge(tx, place.sessionId, options.challenge, clock.now());
  });
  return options;
}

/** Takes the answer of a passkey and lets the session pass: its value is the new token. Counted like a code. */
export async function passByPasskey(
  context: FactorContext,
  place: PasskeyPlace,
  response: string,
): Promise<Decision<string>> {
  const { db, actor, clock } = context;
  const at = clock.now();
  const known = await withMunicipality(db, actor.lgCode, async (tx) => ({
    gate: await reserveAttempt(tx, at, subjectsOf(context)),
    challenge: await takePasskeyChallenge(tx, place.sessionId, at),
    passkeys: await listPasskeys(tx, personOf(context)),
  }));
  if (known.gate.lockedUntil !== null) return decide([finding('secondFactorDelayed', 'refuse', 'code')], '');
  const used = known.challenge === null ? undefined : await readUsed(place, known.challenge, response, known.passkeys);
  const isWhole = used && (await isWholePasskey(context, used.passkey));
  if (isWhole === 'keyTrouble') return decide([finding('secondFactorUnreadable', 'refuse', 'code')], '');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    if (used === undefined || isWhole !== true) {
      await recordRefused(tx, context, used === undefined ? 'passkey' : 'passkeyAltered');
      return decide([finding('passkeyRefused', 'refuse', null)], '');
    }
    await clearAttempts(tx, subjectsOf(context));
    await notePasskeyUse(tx, used.passkey.factorId, used.signCount, at);
    const token = await raiseSession(tx, place.sessionId, at);
    await recordAct(tx, actor, { act: 'access.secondFactorPassed', details: { kind: 'passkey' } });
    return decide([], token);
  });
}

async function readMade(
  place: PasskeyPlace,
  expectedChallenge: string,
  text: string,
): Promise<MadePasskey | undefined> {
  const rpId = rpIdOf(place.origin);
  if (rpId === null) return undefined;
  const { verifyRegistrationResponse } = await library();
  const verified = await readOrNothing(text, async (response) => {
    const expected = { expectedChallenge, expectedOrigin: place.origin, expectedRPID: rpId };
    const policy = { requireUserVerification: false, supportedAlgorithmIDs: algorithms };
    return await verifyRegistrationResponse({ response: response as RegistrationResponseJSON, ...expected, ...policy });
  });
  if (verified?.verified !== true) return undefined;
  const { credential } = verified.registrationInfo;
  const { id, publicKey, counter, transports } = credential;
  return { credentialId: id, publicKey, signCount: counter, transports: (transports ?? []).slice(0, 10), rpId };
}

async function readUsed(
  place: PasskeyPlace,
  expectedChallenge: string,
  text: string,
  passkeys: readonly StoredPasskey[],
): Promise<{ readonly passkey: StoredPasskey; readonly signCount: number } | undefined> {
  const { verifyAuthenticationResponse } = await library();
  return await readOrNothing(text, async (given) => {
    const response = given as AuthenticationResponseJSON;
    const passkey = passkeys.find((each) => each.credentialId === response.id);
    if (passkey === undefined) return undefined;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: place.origin,
      expectedRPID: passkey.rpId,
      requireUserVerification: false,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.signCount,
        transports: passkey.transports as AuthenticatorTransport[],
      },
    });
    return verified ? { passkey, signCount: authenticationInfo.newCounter } : undefined;
  });
}

/** What the browser sent is anybody's text: whatever is wrong with it, it is simply not accepted. */
async function readOrNothing<T>(text: string, verify: (response: unknown) => Promise<T>): Promise<T | undefined> {
  try {
    return await verify(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** A key that somebody changed in the database signs as it likes: its seal tells. */
async function isWholePasskey(context: FactorContext, passkey: StoredPasskey): Promise<boolean | 'keyTrouble'> {
  const owner = { lgCode: context.actor.lgCode, staffId: personOf(context) };
  return isAsRegistered(context.keyWrapper, owner, passkey).catch((error: unknown) => {
    if (error instanceof KeyTrouble) return 'keyTrouble';
    throw error;
  });
}

async function recordRefused(tx: Tx, context: ActionContext, cause = 'passkey'): Promise<void> {
  const details = { cause };
  await recordAct(tx, context.actor, { act: 'access.secondFactorRefused', outcome: 'refused', details });
}

function descriptorsOf(passkeys: readonly StoredPasskey[]): { id: string; transports: string[] }[] {
  return passkeys.map((each) => ({ id: each.credentialId, transports: [...each.transports] }));
}

/** Loaded when the first passkey is asked for: commands and jobs never need it. */
async function library(): Promise<typeof webauthn> {
  return await import('@simplewebauthn/server');
}
