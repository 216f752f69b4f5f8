import { isRotationOpen, type KeyRotationResult, rewrapDataKeys, rotateDataKeys } from '#addressees/numbers';
import { rewrapSecondFactors } from '#common-base/access';
import type { LgCode } from '#kernel';
import type { KeyRing } from '#platform/keys';
import type { Office } from './open-office.ts';

/** What an office of the installation is to the exchange: who acts there, and with which keys. */
type OfficeAtHand = Pick<Office, 'lgCode' | 'context'>;

/** What an exchange of keys did. */
export interface RotationReport {
  /** Fingerprint of the wrapping key in use now. */
  readonly wrappingKeyId: string;
  /** A new wrapping key was drawn by this call (not where one was being exchanged, or the operator gives it). */
  readonly isWrappingKeyNew: boolean;
  /** Data keys and keys of authenticator apps put under it by this call. */
  readonly rewrapped: number;
  /** Keys that stay under a wrapping key that is not at hand. */
  readonly shut: number;
  readonly dataKeys: readonly ({ readonly lgCode: LgCode } & KeyRotationResult)[];
  /** What became of the former wrapping key, and what the operator has left to do. */
  readonly retired: readonly string[];
}

/**
 * Exchanges the wrapping key of the installation, and the data keys of the offices chosen, while the pages go on
 * working: processes read the ring of keys anew for each question and find the old and the new one in it. Stopped at any
 * moment, the next call goes on; a former key is put away only when nothing is wrapped by it any more.
 */
export async function rotateInstallationKeys(
  ring: KeyRing,
  offices: readonly OfficeAtHand[],
  chosen: ReadonlySet<LgCode>,
): Promise<RotationReport> {
  const isWrappingKeyNew = !(await isUnderWay(ring, offices)) && ring.renew !== null;
  if (isWrappingKeyNew) await ring.renew?.();
  let { rewrapped, shut } = await rewrapAll(ring, offices);
  const dataKeys = [];
  for (const { lgCode, context } of offices.filter((office) => chosen.has(office.lgCode))) {
    dataKeys.push({ lgCode, ...(await rotateDataKeys({ ...context, keyWrapper: ring })) });
  }
  // What another process wrapped by the former key in the moment of the exchange.
  for (let last = await rewrapAll(ring, offices); last.rewrapped > 0; last = await rewrapAll(ring, offices)) {
    rewrapped += last.rewrapped;
    shut = last.shut;
  }
  const retired = await ring.retireOthers();
  const { keyId: wrappingKeyId } = await ring.identify();
  return { wrappingKeyId, isWrappingKeyNew, rewrapped, shut, dataKeys, retired };
}

/** An exchange was stopped in the middle: keys are still beside the newest, or an office's data keys are not done. */
async function isUnderWay(ring: KeyRing, offices: readonly OfficeAtHand[]): Promise<boolean> {
  if ((await ring.listKeys()).length > 1) return true;
  for (const { context } of offices) {
    if (await isRotationOpen({ ...context, keyWrapper: ring })) return true;
  }
  return false;
}

async function rewrapAll(
  ring: KeyRing,
  offices: readonly OfficeAtHand[],
): Promise<{ rewrapped: number; shut: number }> {
  const sum = { rewrapped: 0, shut: 0 };
  for (const { context } of offices) {
    const withKeys = { ...context, keyWrapper: ring };
    for (const part of [await rewrapDataKeys(withKeys), await rewrapSecondFactors(withKeys)]) {
      sum.rewrapped += part.rewrapped;
      sum.shut += part.shut;
    }
  }
  return sum;
}
