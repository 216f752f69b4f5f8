/**
 * A small seeded source of chance (sfc32): the same seed gives the same municipality on every machine. Not for
 * secrets.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** `stream` separates independent sequences of one seed, so that a household does not depend on its neighbours. */
  constructor(seed: number, stream: number) {
    this.a = mix(seed ^ 0x9e3779b9);
    this.b = mix(this.a ^ stream);
    this.c = mix(this.b ^ 0x85ebca6b ^ Math.floor(stream / 0x100000000));
    for (let i = 0; i < 12; i += 1) this.next();
  }

  /** A number from 0 up to but not including 1. */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return (sum >>> 0) / 0x100000000;
  }

  /** A whole number between both ends, inclusive. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Days of delay: most are short, a few long (exponential), at most five times the mean. */
  delayDays(mean: number): number {
    return Math.min(mean * 5, Math.floor(-Math.log(1 - this.next()) * mean));
  }

  /** One of the items, each as likely. */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

/** Items drawn in proportion to their weights. */
export class Lottery<T> {
  private readonly items: readonly T[];
  private readonly ends: readonly number[];
  private readonly total: number;

  constructor(items: readonly T[], weights: readonly number[]) {
    let sum = 0;
    this.items = items;
    this.ends = weights.map((weight) => (sum += weight));
    this.total = sum;
    if (sum <= 0 || items.length !== weights.length) throw new RangeError('nothing to draw from');
  }

  /** One of the items. */
  draw(random: Random): T {
    const point = random.next() * this.total;
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ends[middle] ?? 0) > point) high = middle;
      else low = middle + 1;
    }
    return this.items[low] as T;
  }
}

function mix(value: number): number {
  let mixed = (value + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) | 0;
}
