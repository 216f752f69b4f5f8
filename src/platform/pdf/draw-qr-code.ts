import { codeEncoder } from './load-when-drawing.ts';

/** The modules of a QR code: 1 dark, 0 light, row by row. */
export interface QrModules {
  readonly size: number;
  readonly dark: Uint8Array;
}

const masks = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** By the size of the symbol: in which modules each mask differs from the first one, whatever the text. */
const differences = new Map<number, readonly Uint8Array[]>();

/**
 * A QR code (JIS X 0510, error correction M) with the mask of the least penalty. The encoder is asked for one mask only and
 * the other seven are derived: a mask and its format bits change the same modules for every text of one size, so that what
 * they change is learnt once. Trying all masks in the encoder takes two thirds of its time.
 */
export function drawQrCode(text: string): QrModules {
  const first = encode(text, 1);
  let best = first.dark;
  let least = Infinity;
  for (const difference of differencesOf(first.size, text)) {
    const dark = combine(first.dark, difference);
    const penalty = penaltyOf(dark, first.size, least);
    if (penalty < least) [best, least] = [dark, penalty];
  }
  return { size: first.size, dark: best };
}

function encode(text: string, mask: number): QrModules {
  const [symbol] = codeEncoder().raw('qrcode', text, `eclevel=M mask=${mask}`);
  if (symbol === undefined || !('pixs' in symbol)) throw new Error('no QR code');
  return { size: symbol.pixx, dark: new Uint8Array(symbol.pixs) };
}

function differencesOf(size: number, text: string): readonly Uint8Array[] {
  const known = differences.get(size);
  if (known !== undefined) return known;
  const [first, ...others] = masks.map((mask) => encode(text, mask).dark);
  if (first === undefined) throw new Error('no mask');
  const learnt = [new Uint8Array(size * size), ...others.map((dark) => combine(first, dark))];
  differences.set(size, learnt);
  return learnt;
}

function combine(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i += 1) both[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return both;
}

/**
 * The penalty of a masked symbol: long runs, blocks, what looks like a finder pattern, too much of one colour; counted
 * until it is no longer less than the least so far. @spec JIS X 0510
 */
function penaltyOf(dark: Uint8Array, size: number, least: number): number {
  let penalty = 0;
  for (let line = 0; line < size && penalty < least; line += 1) {
    penalty += lineOf(dark, line * size, 1, size) + lineOf(dark, line, size, size);
  }
  if (penalty >= least) return penalty;
  let count = 0;
  for (let i = 0; i < dark.length; i += 1) {
    count += dark[i] ?? 0;
    if (i % size === size - 1 || i + size >= dark.length) continue;
    const sum = (dark[i] ?? 0) + (dark[i + 1] ?? 0) + (dark[i + size] ?? 0) + (dark[i + size + 1] ?? 0);
    if (sum === 0 || sum === 4) penalty += 3;
  }
  const percent = (count * 100) / dark.length;
  return penalty + Math.floor(Math.abs(percent - 50) / 5) * 10;
}

/** 1:1:3:1:1 with four light modules on one side, as bits; what lies beyond the edge is light. */
const finderLike = [0b10111010000, 0b00001011101] as const;

function lineOf(dark: Uint8Array, from: number, step: number, size: number): number {
  let penalty = 0;
  let run = 0;
  let before = -1;
  let bits = 0;
  for (let i = 0; i < size; i += 1) {
    const module = dark[from + i * step] ?? 0;
    run = module === before ? run + 1 : 1;
    before = module;
    if (run === 5) penalty += 3;
    else if (run > 5) penalty += 1;
    bits = ((bits << 1) | module) & 0b11111111111;
    if (isFinderLike(bits)) penalty += 40;
  }
  for (let beyond = 0; beyond < 4; beyond += 1) {
    bits = (bits << 1) & 0b11111111111;
    if (isFinderLike(bits)) penalty += 40;
  }
  return penalty;
}

function isFinderLike(bits: number): boolean {
  return bits === finderLike[0] || bits === finderLike[1];
}
