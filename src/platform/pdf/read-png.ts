import { inflateSync } from 'node:zlib';
import { UnreadableInput } from '#kernel';

/** A picture in memory: three bytes a dot, and how much each dot covers where the file says so. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Buffer;
  /** 0 transparent to 255 opaque; null where every dot covers. */
  readonly alpha: Buffer | null;
  /** The file it was read from. */
  readonly file: Buffer;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const dotsMax = 4_000_000;
const advice = '画像ソフトで「PNG、8ビット、インターレースなし」を選んで保存し直してください。';

/**
 * Reads a PNG picture of eight bits a channel, not interlaced: grey, colour or palette, with or without
 * transparency. Refuses anything else in words, and pictures of more than four million dots.
 * @spec W3C Portable Network Graphics (Third Edition)
 */
export function readPng(file: Uint8Array): Picture {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!bytes.subarray(0, 8).equals(signature)) throw new UnreadableInput(`PNGの画像ではありません。${advice}`);
  const chunks = readChunks(bytes);
  const head = chunks.find(({ type }) => type === 'IHDR')?.data;
  if (head === undefined || head.length < 13) throw new UnreadableInput(`PNGの画像が壊れています。${advice}`);
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const [depth, colour, , , interlace] = head.subarray(8, 13);
  const channels = channelsOf[colour ?? -1];
  if (depth !== 8 || interlace !== 0 || channels === undefined) {
    throw new UnreadableInput(`この種類のPNGは読めません。${advice}`);
  }
  if (width * height === 0 || width * height > dotsMax) {
    throw new UnreadableInput('画像の大きさは、縦横の画素数をかけて400万までにしてください。');
  }
  const dots = unfilter(inflateImage(chunks), width, height, channels);
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data;
  const cover = chunks.find(({ type }) => type === 'tRNS')?.data;
  return { ...spreadChannels({ width, height, colour: colour ?? 0, channels, dots, palette, cover }), file: bytes };
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function readChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    chunks.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      data: bytes.subarray(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  return chunks;
}

function inflateImage(chunks: readonly Chunk[]): Buffer {
  const data = chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data);
  try {
    return inflateSync(Buffer.concat(data), { maxOutputLength: dotsMax * 5 });
  } catch {
    throw new UnreadableInput(`PNGの画像が壊れています。${advice}`);
  }
}

/** Takes the filters of the rows away (PNG 9: None, Sub, Up, Average, Paeth). */
function unfilter(raw: Buffer, width: number, height: number, channels: number): Buffer {
  const rowBytes = width * channels;
  if (raw.length < height * (rowBytes + 1)) throw new UnreadableInput(`PNGの画像が途中で切れています。${advice}`);
  const out = Buffer.alloc(height * rowBytes);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (rowBytes + 1)] ?? 0;
    for (let i = 0; i < rowBytes; i += 1) {
      const at = y * rowBytes + i;
      const left = i >= channels ? (out[at - channels] ?? 0) : 0;
      const up = y > 0 ? (out[at - rowBytes] ?? 0) : 0;
      const corner = y > 0 && i >= channels ? (out[at - rowBytes - channels] ?? 0) : 0;
      const value = raw[y * (rowBytes + 1) + 1 + i] ?? 0;
      out[at] = (value + predict(filter, left, up, corner)) & 0xff;
    }
  }
  return out;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

interface Raster {
  readonly width: number;
  readonly height: number;
  readonly colour: number;
  readonly channels: number;
  readonly dots: Buffer;
  readonly palette: Buffer | undefined;
  readonly cover: Buffer | undefined;
}

function spreadChannels({ width, height, colour, channels, dots, palette, cover }: Raster): Omit<Picture, 'file'> {
  const count = width * height;
  const rgb = Buffer.alloc(count * 3);
  const hasAlpha = colour === 4 || colour === 6 || (colour === 3 && cover !== undefined);
  const alpha = hasAlpha ? Buffer.alloc(count, 255) : null;
  for (let i = 0; i < count; i += 1) {
    const from = i * channels;
    const first = dots[from] ?? 0;
    const isColour = colour === 2 || colour === 6;
    for (let c = 0; c < 3; c += 1) {
      rgb[i * 3 + c] = colour === 3 ? (palette?.[first * 3 + c] ?? 0) : isColour ? (dots[from + c] ?? 0) : first;
    }
    if (alpha !== null) alpha[i] = colour === 3 ? (cover?.[first] ?? 255) : (dots[from + channels - 1] ?? 255);
  }
  return { width, height, rgb, alpha };
}
