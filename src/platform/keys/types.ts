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
 * Holds the wrapping key (鍵を包む鍵) and never gives it away. A file and a secret of the environment are here; a
 * security module (PKCS#11) or a key service comes in by the same three questions, which is why all are asynchronous.
 */
export interface KeyWrapper {
  /** Throws KeyTrouble where the key is missing or unfit. */
  identify(): Promise<WrappingKeyIdentity>;
  wrap(dataKey: Uint8Array, context: SealContext): Promise<WrappedKey>;
  /** The data key in the clear; the caller overwrites it with zeros after use. */
  unwrap(wrapped: WrappedKey, context: SealContext): Promise<Buffer>;
}
