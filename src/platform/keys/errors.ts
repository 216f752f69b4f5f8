/** Why a key or a sealed value cannot be used. */
export type KeyTroubleKind = 'keyLost' | 'keyUnfit' | 'wrongKey' | 'tampered';

/**
 * A key is missing, unfit or another one, or a sealed value was changed or moved. The message is one Japanese sentence
 * that says what to do, without anything of a key or a value; exit code 2 at the command line.
 */
export class KeyTrouble extends Error {
  override readonly name = 'KeyTrouble';
  readonly kind: KeyTroubleKind;

  constructor(kind: KeyTroubleKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
