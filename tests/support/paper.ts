import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** Dots of a rendered page per inch: what a printer of the office has at least. */
const dpi = 300;
const dotsPerMm = dpi / 25.4;

/** Why the reading of printed pages is left out, or false where it can be done. */
export const rendererMissing =
  spawnSync('pdftoppm', ['-v']).error === undefined
    ? false
    : 'pdftoppm（Debianのpoppler-utils）がないため、印刷した紙の読み戻しは試していません';

/** A printed page as grey dots, 0 black to 255 white. */
export interface PaperImage {
  readonly width: number;
  readonly height: number;
  readonly dots: Uint8Array;
}

/** Prints one page of a PDF file as a picture of 300 dots per inch, by poppler. */
export function renderPaper(pdf: Uint8Array, page = 1): PaperImage {
  const folder = mkdtempSync(join(tmpdir(), 'sesshu-paper-'));
  try {
    writeFileSync(join(folder, 'form.pdf'), pdf);
    const pages = ['-f', String(page), '-l', String(page), '-singlefile'];
    execFileSync('pdftoppm', ['-r', String(dpi), '-gray', ...pages, join(folder, 'form.pdf'), join(folder, 'dots')]);
    return readPgm(readFileSync(join(folder, 'dots.pgm')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readPgm(file: Buffer): { width: number; height: number; dots: Uint8Array } {
  const [, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/u.exec(file.subarray(0, 64).toString('latin1')) ?? [];
  if (width === undefined || height === undefined) throw new Error('not a grey picture');
  const size = Number(width) * Number(height);
  return { width: Number(width), height: Number(height), dots: file.subarray(file.length - size) };
}

let isReaderReady = false;

/** The scanner codes on a page as `format text`, sorted; read by ZXing, which shares nothing with the printing. */
export async function readScannerCodes({ width, height, dots }: PaperImage): Promise<string[]> {
  if (!isReaderReady) {
    const reader = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
    prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(readFileSync(reader)).buffer } });
    isReaderReady = true;
  }
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  dots.forEach((grey, i) => data.fill(grey, i * 4, i * 4 + 3));
  const codes = await readBarcodes(
    { data, width, height, colorSpace: 'srgb' },
    { formats: ['Code128', 'Codabar', 'QRCode'], tryHarder: true },
  );
  return codes.map((code) => `${code.format} ${code.text}`).toSorted();
}

/** A bar found on the paper, millimetres. */
interface FoundBar {
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
}

/** The black bars that stand in a part of the page, from left to right. */
function findBars(image: PaperImage, place: readonly [number, number, number, number]): FoundBar[] {
  const [left, top, width, height] = place.map((mm) => Math.round(mm * dotsPerMm)) as [number, number, number, number];
  const isBlack = (x: number, y: number) => (image.dots[y * image.width + x] ?? 255) < 128;
  const columns = Array.from({ length: width }, (_, i) => {
    const rows = Array.from({ length: height }, (_row, j) => top + j).filter((y) => isBlack(left + i, y));
    return rows.length === 0 ? null : { top: rows[0] ?? 0, bottom: (rows.at(-1) ?? 0) + 1 };
  });
  const bars: FoundBar[] = [];
  for (let i = 0; i < columns.length; i += 1) {
    if (columns[i] === null) continue;
    const from = i;
    while (i + 1 < columns.length && columns[i + 1] !== null) i += 1;
    const middle = columns[Math.floor((from + i) / 2)];
    if (middle === null || middle === undefined) continue;
    bars.push({
      left: (left + from) / dotsPerMm,
      width: (i + 1 - from) / dotsPerMm,
      top: middle.top / dotsPerMm,
      bottom: middle.bottom / dotsPerMm,
    });
  }
  return bars;
}

/** What the post reads on a letter, with the measures that its manual asks for, millimetres. */
export interface ReadCustomerBarcode {
  readonly postcode: string;
  readonly addressNumber: string;
  readonly pitch: number;
  readonly longBar: number;
  readonly timingBar: number;
}

/** The symbols by their three bars, as the post's manual lists them (郵便番号・バーコードマニュアル 表). */
const symbolsOfBars = new Map(
  Object.entries({
    ...{ 114: '1', 132: '2', 312: '3', 123: '4', 141: '5', 321: '6', 213: '7', 231: '8', 411: '9', 144: '0' },
    ...{ 414: '-', 324: 'CC1', 342: 'CC2', 234: 'CC3', 432: 'CC4', 243: 'CC5', 423: 'CC6', 441: 'CC7', 111: 'CC8' },
  }),
);
const valueOrder = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-'].concat(
  Array.from({ length: 8 }, (_, i) => `CC${i + 1}`),
);

/**
 * Reads a customer barcode from the dots of a page: heights of the bars, start and stop, check symbol. Throws with
 * what is wrong. Written from the post's manual alone, it uses nothing of the encoder.
 */
export function readCustomerBarcode(
  image: PaperImage,
  place: readonly [number, number, number, number],
): ReadCustomerBarcode {
  const bars = findBars(image, place);
  if (bars.length !== 67) throw new Error(`${bars.length} bars`);
  const highest = Math.min(...bars.map((bar) => bar.top));
  const lowest = Math.max(...bars.map((bar) => bar.bottom));
  const third = (lowest - highest) / 3;
  const kinds = bars.map(({ top, bottom }) => {
    const isHigh = top < highest + third / 2;
    const isLow = bottom > lowest - third / 2;
    return isHigh && isLow ? '1' : isHigh ? '2' : isLow ? '3' : '4';
  });
  const text = kinds.join('');
  if (!text.startsWith('13') || !text.endsWith('31')) throw new Error('no start or stop');
  const symbols = Array.from({ length: 21 }, (_, i) => symbolsOfBars.get(text.slice(2 + 3 * i, 5 + 3 * i)));
  const known = symbols.filter((symbol) => symbol !== undefined);
  if (known.length !== 21) throw new Error('an unknown symbol');
  if (known.reduce((sum, symbol) => sum + valueOrder.indexOf(symbol), 0) % 19 !== 0) throw new Error('wrong check');
  const heightOf = (kind: string) => bars.filter((_, i) => kinds[i] === kind).map((bar) => bar.bottom - bar.top);
  return {
    postcode: known.slice(0, 7).join(''),
    addressNumber: readAddressNumber(known.slice(7, 20)),
    pitch: ((bars.at(-1)?.left ?? 0) - (bars[0]?.left ?? 0)) / 66,
    longBar: Math.max(...heightOf('1')),
    timingBar: Math.max(...heightOf('4')),
  };
}

function readAddressNumber(symbols: readonly string[]): string {
  let text = '';
  let control = 0;
  for (const symbol of symbols) {
    if (symbol === 'CC4') continue;
    if (symbol.startsWith('CC')) control = Number(symbol.slice(2));
    else if (control > 0) {
      text += String.fromCharCode(65 + (control - 1) * 10 + Number(symbol));
      control = 0;
    } else text += symbol;
  }
  return text;
}

/** Where the ink of a part of the page begins and ends, millimetres; undefined where it is blank. */
export function inkExtent(
  image: PaperImage,
  place: readonly [number, number, number, number],
): { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number } | undefined {
  const bars = findBars(image, place);
  if (bars.length === 0) return undefined;
  const [left, top, width, height] = place.map((mm) => Math.round(mm * dotsPerMm)) as [number, number, number, number];
  const inked = Array.from({ length: height }, (_, j) => top + j).filter((y) =>
    Array.from({ length: width }, (_, i) => left + i).some((x) => (image.dots[y * image.width + x] ?? 255) < 128),
  );
  return {
    left: Math.min(...bars.map((bar) => bar.left)),
    right: Math.max(...bars.map((bar) => bar.left + bar.width)),
    top: (inked[0] ?? 0) / dotsPerMm,
    bottom: ((inked.at(-1) ?? 0) + 1) / dotsPerMm,
  };
}
