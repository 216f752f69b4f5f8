import { drawQrCode } from './draw-qr-code.ts';
import { codeEncoder } from './load-when-drawing.ts';
import type { Box, Symbology } from './types.ts';

type ScannerSymbology = Exclude<Symbology, 'fourState'>;

const encoders = { code128: 'code128', nw7: 'rationalizedCodabar' } as const satisfies Record<
  Exclude<ScannerSymbology, 'qr'>,
  string
>;

/** Quiet zone on each side that scanners need, in modules (JIS X 0504, JIS X 0506, JIS X 0510). */
const quietModules = { code128: 10, nw7: 10, qr: 4 } as const satisfies Record<ScannerSymbology, number>;

/** Free space around bars of four heights, millimetres. */
export const fourStateQuietMm = 2;

/**
 * The black rectangles of a bar code that fills a box, quiet zones included in the box. A linear code uses the
 * box's whole height; a QR code is square, centred; bars of four heights are three pitches high, in the middle.
 * Throws when the symbology cannot carry the text.
 */
export function drawBarCode(symbology: Symbology, text: string, box: Box): Box[] {
  if (symbology === 'fourState') return fourStateBars(text, box);
  const quiet = quietModules[symbology];
  if (symbology === 'qr') {
    const { size, dark } = drawQrCode(text);
    return matrixBars(dark, size, quiet, box);
  }
  const [symbol] = codeEncoder().raw({ bcid: encoders[symbology], text });
  if (symbol === undefined || !('sbs' in symbol)) throw new Error(`no bar code for ${symbology}`);
  return linearBars(symbol.sbs, quiet, box);
}

/** From top to bottom in pitches of the three that a long bar is high: [top, height] by kind. */
const fourStateHeights = new Map([
  ['1', [0, 3]],
  ['2', [0, 2]],
  ['3', [1, 2]],
  ['4', [1, 1]],
]);

function fourStateBars(text: string, box: Box): Box[] {
  const pitch = (box.width - 2 * fourStateQuietMm) / (text.length - 0.5);
  const top = box.y + (box.height - 3 * pitch) / 2;
  return Array.from(text, (kind, i) => {
    const extent = fourStateHeights.get(kind);
    if (extent === undefined) throw new Error(`no bar of kind ${kind}`);
    const [from = 0, height = 0] = extent;
    const x = box.x + fourStateQuietMm + i * pitch;
    return { x, y: top + from * pitch, width: pitch / 2, height: height * pitch };
  });
}

function linearBars(widths: readonly number[], quiet: number, box: Box): Box[] {
  const total = widths.reduce((sum, width) => sum + width, 0) + 2 * quiet;
  const module = box.width / total;
  const bars: Box[] = [];
  let at = quiet;
  widths.forEach((width, i) => {
    if (i % 2 === 0) bars.push({ x: box.x + at * module, y: box.y, width: width * module, height: box.height });
    at += width;
  });
  return bars;
}

/** Neighbouring dark modules of a row become one rectangle, so that no hair line stands between them. */
function matrixBars(pixels: Uint8Array, size: number, quiet: number, box: Box): Box[] {
  const module = Math.min(box.width, box.height) / (size + 2 * quiet);
  const left = box.x + (box.width - size * module) / 2;
  const top = box.y + (box.height - size * module) / 2;
  const bars: Box[] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (pixels[row * size + column] !== 1) continue;
      const from = column;
      while (column + 1 < size && pixels[row * size + column + 1] === 1) column += 1;
      const width = (column - from + 1) * module;
      bars.push({ x: left + from * module, y: top + row * module, width, height: module });
    }
  }
  return bars;
}
