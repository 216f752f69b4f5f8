import type { KeyObject } from 'node:crypto';

/** This system's own key. */
export interface SystemKey {
  /** Sixteen hexadecimal digits of the public key's SHA-256. */
  readonly keyId: string;
  /** The public half as the other side enters it: 32 bytes, base64url. */
  readonly publicText: string;
  readonly privateKey: KeyObject;
}

/** The public key of another system. */
export interface PeerKey {
  readonly keyId: string;
  readonly publicKey: KeyObject;
}
