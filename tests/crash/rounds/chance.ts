/** Numbers drawn from a seed, the same for the same seed: what happened in one run can be made to happen again. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0 below `below`. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Draws by the Mulberry32 generator (32 bits of state: enough to choose moments, nothing else). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
  };
}
