/**
 * Remembers the keys of a file's rows with the row that had each first, in about 20 bytes a row for numeric keys of
 * up to 15 digits (leading zeros count) and as text for all others.
 */
export class KeyRegister {
  private capacity = 1 << 12;
  private keys = new Float64Array(this.capacity);
  private ordinals = new Uint32Array(this.capacity);
  private used = 0;
  private readonly texts = new Map<string, number>();

  /** The ordinal of the earlier row with this key, or undefined after entering it as new. */
  enter(key: string, ordinal: number): number | undefined {
    const number = numericKey(key);
    return number === undefined ? this.enterText(key, ordinal) : this.enterNumber(number, ordinal);
  }

  private enterText(key: string, ordinal: number): number | undefined {
    const earlier = this.texts.get(key);
    if (earlier === undefined) this.texts.set(Buffer.from(key, 'utf8').toString('utf8'), ordinal);
    return earlier;
  }

  private enterNumber(key: number, ordinal: number): number | undefined {
    if (this.used * 10 > this.capacity * 6) this.grow();
    const slot = this.findSlot(key);
    if (this.keys[slot] === key) return this.ordinals[slot];
    this.keys[slot] = key;
    this.ordinals[slot] = ordinal;
    this.used += 1;
    return undefined;
  }

  private findSlot(key: number): number {
    const mask = this.capacity - 1;
    let slot = (Math.imul(key % 4294967291, 0x9e3779b1) >>> 7) & mask;
    while (this.keys[slot] !== 0 && this.keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { keys, ordinals } = this;
    this.capacity *= 2;
    this.keys = new Float64Array(this.capacity);
    this.ordinals = new Uint32Array(this.capacity);
    for (const [i, key] of keys.entries()) {
      if (key === 0) continue;
      const slot = this.findSlot(key);
      this.keys[slot] = key;
      this.ordinals[slot] = ordinals[i] ?? 0;
    }
  }
}

/** A 1 before the digits keeps leading zeros apart; 16 digits in all stay exact in a double. */
function numericKey(key: string): number | undefined {
  if (key.length === 0 || key.length > 15) return undefined;
  let value = 1;
  for (let i = 0; i < key.length; i += 1) {
    const digit = key.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
