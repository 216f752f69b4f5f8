import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { UnreadableInput } from '#kernel';
import { openSigningKey } from '#platform/keys';
import type { PeerKey, SystemKey } from './types.ts';

const fileName = 'exchange.key.pem';

/** This system's key in `<home>/keys`, made on the first call: Ed25519, mode 0600. */
export async function openSystemKey(home: string): Promise<SystemKey> {
  const privateKey = await openSigningKey(home, fileName);
  const publicText = publicTextOf(createPublicKey(privateKey));
  return { keyId: keyIdOf(publicText), publicText, privateKey };
}

/** The public key that another system gave as text; throws UnreadableInput for anything else. */
export function readPeerKey(text: string): PeerKey {
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9_-]{43}$/u.test(trimmed)) {
    throw new UnreadableInput(
      '連携相手の公開鍵の形ではありません。「sesshu clinic key」などが示す43文字を写してください。',
    );
  }
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: trimmed }, format: 'jwk' });
  return { keyId: keyIdOf(trimmed), publicKey };
}

function publicTextOf(key: KeyObject): string {
  return String(key.export({ format: 'jwk' }).x);
}

function keyIdOf(publicText: string): string {
  return createHash('sha256').update(Buffer.from(publicText, 'base64url')).digest('hex').slice(0, 16);
}
