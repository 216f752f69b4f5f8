import { recordAct } from '#common-base/audit';
import { KeyTrouble } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';
import { requirePermission } from '../require-permission.ts';
import { listOtherWrappings, replaceWrapping } from './store.ts';
import { type FactorContext, totpSealContext } from './totp-factor.ts';

/**
 * Puts the keys of all authenticator apps and of the passkeys' seals under the wrapping key that is in use now; they go
 * on as they are. Answers how many were rewrapped and how many stay shut, since their wrapping key is not at hand.
 */
export async function rewrapSecondFactors(
  context: FactorContext,
): Promise<{ readonly rewrapped: number; readonly shut: number }> {
  const { actor, db, keyWrapper } = context;
  requirePermission(actor, 'keys.rotate');
  const { keyId } = await keyWrapper.identify();
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    let rewrapped = 0;
    let shut = 0;
    for (const { factorId, staffId, wrapped } of await listOtherWrappings(tx, keyId)) {
      const sealing = totpSealContext(actor.lgCode, staffId);
      const key = await keyWrapper.unwrap(wrapped, sealing).catch(ifNotAtHand);
      if (key === undefined) {
        shut += 1;
        continue;
      }
      await replaceWrapping(tx, factorId, await keyWrapper.wrap(key, sealing));
      key.fill(0);
      rewrapped += 1;
    }
    if (rewrapped > 0) {
      const details = { wrappingKeyId: keyId, rewrapped, shut };
      await recordAct(tx, actor, { act: 'access.secondFactorsRewrapped', details });
    }
    return { rewrapped, shut };
  });
}

function ifNotAtHand(error: unknown): undefined {
  if (error instanceof KeyTrouble && error.kind === 'wrongKey') return undefined;
  throw error;
}
