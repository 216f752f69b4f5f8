import { ocrBDigits } from './ocr-b-digits.ts';
import type { PaperImage } from './paper.ts';

const dotsPerMm = 300 / 25.4;

/** A line of digits as it was read from the dots of a page. */
export interface ReadOcrLine {
  readonly digits: string;
  /** The least share of dots by which a digit was nearer to what it was read as than to any other. */
  readonly marginMin: number;
  /** Distance from digit to digit, millimetres, the smallest and the largest. */
  readonly pitch: readonly [number, number];
  /** Height of the digits, millimetres. */
  readonly height: number;
}

interface Glyph {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Reads a line of OCR-B digits in a part of a page by comparing the picture of each with those of another font file. */
export function readOcrLine(image: PaperImage, place: readonly [number, number, number, number]): ReadOcrLine {
  const glyphs = findGlyphs(image, place);
  const read = glyphs.map((glyph) => {
    const ranked = ocrBDigits
      .map((picture, digit) => ({ digit, differing: differingShare(image, glyph, picture) }))
      .toSorted((a, b) => a.differing - b.differing);
    const [best, next] = ranked;
    return { digit: best?.digit ?? -1, margin: (next?.differing ?? 0) - (best?.differing ?? 1) };
  });
  const centres = glyphs.map(({ left, right }) => (left + right) / 2);
  const steps = centres.slice(1).map((centre, i) => (centre - (centres[i] ?? 0)) / dotsPerMm);
  return {
    digits: read.map(({ digit }) => digit).join(''),
    marginMin: Math.min(...read.map(({ margin }) => margin)),
    pitch: [Math.min(...steps), Math.max(...steps)],
    height: Math.max(...glyphs.map(({ top, bottom }) => bottom - top)) / dotsPerMm,
  };
}

function isInk({ width, dots }: PaperImage, x: number, y: number): boolean {
  return (dots[y * width + x] ?? 255) < 128;
}

/** Runs of columns with ink, each cut to its own height. */
function findGlyphs(image: PaperImage, place: readonly [number, number, number, number]): Glyph[] {
  const [left, top, width, height] = place.map((mm) => Math.round(mm * dotsPerMm)) as [number, number, number, number];
  const rowsOf = (x: number) => Array.from({ length: height }, (_, j) => top + j).filter((y) => isInk(image, x, y));
  const glyphs: Glyph[] = [];
  let open: Glyph | undefined;
  for (let x = left; x <= left + width; x += 1) {
    const rows = x < left + width ? rowsOf(x) : [];
    if (rows.length === 0) {
      if (open !== undefined) glyphs.push(open);
      open = undefined;
      continue;
    }
    const [first = 0] = rows;
    const last = rows.at(-1) ?? 0;
    open = {
      left: open?.left ?? x,
      right: x + 1,
      top: Math.min(open?.top ?? first, first),
      bottom: Math.max(open?.bottom ?? 0, last + 1),
    };
  }
  return glyphs;
}

/** The share of dots in which a glyph differs from a picture laid over its middle. */
function differingShare(image: PaperImage, glyph: Glyph, picture: readonly string[]): number {
  const width = picture[0]?.length ?? 0;
  const height = picture.length;
  const left = Math.round((glyph.left + glyph.right - width) / 2);
  const top = Math.round((glyph.top + glyph.bottom - height) / 2);
  const wide = Math.max(width, glyph.right - glyph.left);
  const high = Math.max(height, glyph.bottom - glyph.top);
  const x0 = Math.min(left, glyph.left);
  const y0 = Math.min(top, glyph.top);
  let differing = 0;
  for (let y = y0; y < y0 + high; y += 1) {
    for (let x = x0; x < x0 + wide; x += 1) {
      const isInGlyph = x >= glyph.left && x < glyph.right && y >= glyph.top && y < glyph.bottom;
      const isPrinted = isInGlyph && isInk(image, x, y);
      if (isPrinted !== (picture[y - top]?.[x - left] === '#')) differing += 1;
    }
  }
  return differing / (wide * high);
}
