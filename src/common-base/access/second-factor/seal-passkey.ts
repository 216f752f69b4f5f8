import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { StaffId } from '#kernel';
import { drawDataKey, type KeyWrapper, unwrapDataKey, type WrappedKey } from '#platform/keys';
import type { StoredPasskey } from './store.ts';
import { totpSealContext } from './totp-factor.ts';

/** What a seal vouches for: whose key it is, for which site, and every bit of it. */
type SealedFields = Pick<StoredPasskey, 'credentialId' | 'rpId'> & { readonly publicKey: Uint8Array };

/** Whose passkey it is. */
interface Owner {
  readonly lgCode: string;
  readonly staffId: StaffId;
}

/** The seal of a passkey with its wrapped key: who can write to the database but has no wrapping key makes none. */
export async function sealPasskey(
  wrapper: KeyWrapper,
  owner: Owner,
  passkey: SealedFields,
): Promise<{ readonly wrapped: WrappedKey; readonly seal: Buffer }> {
  const sealing = totpSealContext(owner.lgCode, owner.staffId);
  const wrapped = await drawDataKey(wrapper, sealing);
  return { wrapped, seal: sealOf(await unwrapDataKey(wrapper, wrapped, sealing), owner, passkey) };
}

/** Whether a stored passkey is as it was registered. Throws KeyTrouble where its wrapping key is not at hand. */
export async function isAsRegistered(wrapper: KeyWrapper, owner: Owner, passkey: StoredPasskey): Promise<boolean> {
  const { wrapped, seal } = passkey;
  if (wrapped === null || seal === null) return false;
  const key = await unwrapDataKey(wrapper, wrapped, totpSealContext(owner.lgCode, owner.staffId));
  const wanted = sealOf(key, owner, passkey);
  return wanted.length === seal.length && timingSafeEqual(wanted, seal);
}

function sealOf(key: KeyObject, { lgCode, staffId }: Owner, { credentialId, rpId, publicKey }: SealedFields): Buffer {
  const fields = ['sesshu passkey 1', lgCode, staffId, credentialId, rpId, Buffer.from(publicKey).toString('base64')];
  return createHmac('sha256', key).update(JSON.stringify(fields)).digest();
}
