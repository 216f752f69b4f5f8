/**
 * What a sealed value belongs to. It is bound into the ciphertext: opened for another municipality, purpose or subject
 * the value is refused, so that no ciphertext can be moved to another row.
 */
export interface SealContext {
  readonly lgCode: string;
  /** What the value is and what for, e.g. `dataKey`. */
  readonly purpose: string;
  /** Whose it is, e.g. the key of its row as text. */
  readonly subject: string;
}

/** Which key wraps the data keys. Nothing here tells anything of the key itself. */
export interface WrappingKeyIdentity {
  /** Fingerprint (16 hexadecimal digits), stored beside everything that the key wrapped. */
  readonly keyId: string;
  /** Where it is kept, for a person, in Japanese. */
  readonly place: string;
}

/** A data key as it may lie in a database: useless without the wrapping key of that fingerprint. */
export interface WrappedKey {
  readonly keyId: string;
  readonly bytes: Buffer;
}

/**
 * Holds the wrapping key (鍵を包む鍵) and never gives it away: a file, a secret of the environment, or a security module
 * (PKCS#11). While a key is exchanged several are at hand: the newest wraps, each opens what it wrapped.
 */
export interface KeyWrapper {
  /** The key that wraps. Throws KeyTrouble where the key is missing or unfit. */
  identify(): Promise<WrappingKeyIdentity>;
  wrap(dataKey: Uint8Array, context: SealContext): Promise<WrappedKey>;
  /** The data key in the clear; the caller overwrites it with zeros after use. */
  unwrap(wrapped: WrappedKey, context: SealContext): Promise<Buffer>;
}

/** The wrapping keys of an installation, with the ways to make the first one and to exchange it. */
export interface KeyRing extends KeyWrapper {
  /** Every key at hand: the one that wraps first, then those that only open what they wrapped before. */
  listKeys(): Promise<readonly WrappingKeyIdentity[]>;
  /** Makes the very first key unless there is one; null where the operator gives it (a secret of the environment). */
  readonly makeFirst: (() => Promise<MadeKey>) | null;
  /** Draws a new key that wraps from now on, beside those that are there; null where the operator gives it. */
  readonly renew: (() => Promise<void>) | null;
  /**
   * Puts away every key but the one that wraps, when nothing is wrapped by them any more. Answers, in Japanese, what
   * became of each and what the operator has left to do; empty where there was none.
   */
  retireOthers(): Promise<readonly string[]>;
}

/** A wrapping key that was made now, or was there before. */
export interface MadeKey {
  readonly isNew: boolean;
  /** Where it is, for a person. */
  readonly path: string;
}
