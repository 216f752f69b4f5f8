import { decodeCp932 } from './cp932.ts';
import { TextFault } from './text-fault.ts';

/** The encodings of municipal files: UTF-8 with or without a byte order mark, and CP932. */
export type TextEncoding = 'utf-8' | 'cp932';

/** What a decoder is told: the encodings to try in order, and the longest line it takes (in bytes). */
export interface DecodeOptions {
  readonly encodings: readonly TextEncoding[];
  readonly maxLineBytes: number;
}

/** The longest line a file may have: 1 MiB. A longer one is a broken or hostile file. */
export const maxLineBytes = 1024 * 1024;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const pieceBytes = 64 * 1024;

/**
 * Decodes a stream of bytes into pieces of whole lines. The first line that is not plain ASCII settles which of
 * the encodings it is; a byte order mark settles it before. A NUL byte, a byte foreign to the encoding and a line
 * over the limit throw a TextFault that names line and character. Memory stays at one piece.
 */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DecodeOptions,
): AsyncGenerator<string> {
  const decoder = new LineDecoder(options);
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      const text = decoder.push(chunk.subarray(from, from + pieceBytes));
      if (text !== '') yield text;
      decoder.throwFault();
    }
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
  decoder.throwFault();
}

type PlacedKind = 'nulByte' | 'undecodableByte' | 'truncated';

class LineDecoder {
  private encodings: readonly TextEncoding[];
  private readonly limit: number;
  private carried: Uint8Array[] = [];
  private carriedBytes = 0;
  private linesDone = 0;
  private isAtStart = true;
  private fault: TextFault | undefined;

  constructor(options: DecodeOptions) {
    this.encodings = options.encodings;
    this.limit = options.maxLineBytes;
  }

  push(chunk: Uint8Array): string {
    const last = chunk.lastIndexOf(10);
    if (last === -1) {
      this.carry(chunk);
      return '';
    }
    this.refuseLongLine(chunk);
    const piece = this.join(chunk.subarray(0, last + 1));
    this.carried = [];
    this.carriedBytes = 0;
    if (last + 1 < chunk.length) this.carry(chunk.subarray(last + 1));
    return this.decode(piece);
  }

  end(): string {
    const piece = this.join(new Uint8Array());
    this.carried = [];
    this.carriedBytes = 0;
    return piece.length === 0 ? '' : this.decode(piece);
  }

  private carry(bytes: Uint8Array): void {
    this.carried.push(bytes.slice());
    this.carriedBytes += bytes.length;
    if (this.carriedBytes > this.limit) throw new TextFault('lineTooLong', this.linesDone + 1, null, null);
  }

  /** A piece is shorter than the limit, so that only the line reaching back into what was carried can be too long. */
  private refuseLongLine(chunk: Uint8Array): void {
    if (this.carriedBytes + chunk.indexOf(10) <= this.limit) return;
    throw new TextFault('lineTooLong', this.linesDone + 1, null, null);
  }

  private join(tail: Uint8Array): Uint8Array {
    if (this.carried.length === 0) return tail;
    const whole = new Uint8Array(this.carriedBytes + tail.length);
    let at = 0;
    for (const part of [...this.carried, tail]) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** Throws the fault that was found after the lines just handed out. */
  throwFault(): void {
    if (this.fault !== undefined) throw this.fault;
  }

  private decode(piece: Uint8Array): string {
    const bytes = this.isAtStart ? this.withoutByteOrderMark(piece) : piece;
    this.isAtStart = false;
    const nul = bytes.indexOf(0);
    if (nul !== -1) return this.stopBefore(bytes, nul, 'nulByte', this.encodings);
    if (this.encodings.length > 1) this.settleEncoding(bytes);
    const text = tryDecode(bytes, this.encodings[0] ?? 'utf-8');
    if (text === undefined) return this.stopAtUndecodable(bytes);
    this.linesDone += countLines(bytes);
    return text;
  }

  /** The whole lines before the fault are good and are handed out first. */
  private stopBefore(bytes: Uint8Array, offset: number, kind: PlacedKind, encodings: readonly TextEncoding[]): string {
    this.fault = placedFault(kind, bytes, this.linesDone, offset, encodings);
    const good = bytes.subarray(0, bytes.subarray(0, offset).lastIndexOf(10) + 1);
    if (this.encodings.length > 1) this.settleEncoding(good);
    return tryDecode(good, this.encodings[0] ?? 'utf-8') ?? '';
  }

  private withoutByteOrderMark(piece: Uint8Array): Uint8Array {
    const isUtf16 = (piece[0] === 0xff && piece[1] === 0xfe) || (piece[0] === 0xfe && piece[1] === 0xff);
    if (isUtf16) throw new TextFault('undecodableByte', 1, 1, 1);
    if (piece[0] !== 0xef || piece[1] !== 0xbb || piece[2] !== 0xbf) return piece;
    this.encodings = ['utf-8'];
    return piece.subarray(3);
  }

  /** The first line beyond ASCII, which reads the same in all of them, tells the encoding of the whole file. */
  private settleEncoding(bytes: Uint8Array): void {
    const place = bytes.findIndex((byte) => byte >= 0x80);
    if (place === -1) return;
    const feed = bytes.indexOf(10, place);
    const line = bytes.subarray(bytes.lastIndexOf(10, place) + 1, feed === -1 ? bytes.length : feed);
    const encoding = this.encodings.find((candidate) => tryDecode(line, candidate) !== undefined);
    if (encoding !== undefined) this.encodings = [encoding];
  }

  private stopAtUndecodable(bytes: Uint8Array): string {
    const places = this.encodings.map((encoding) => findUndecodable(bytes, encoding));
    const furthest = Math.max(...places);
    const encoding = this.encodings[places.indexOf(furthest)] ?? 'utf-8';
    const kind = isBegunCharacter(bytes.subarray(furthest), encoding) ? 'truncated' : 'undecodableByte';
    return this.stopBefore(bytes, furthest, kind, [encoding]);
  }
}

function tryDecode(bytes: Uint8Array, encoding: TextEncoding): string | undefined {
  try {
    return encoding === 'cp932' ? decodeCp932(bytes) : strictUtf8.decode(bytes);
  } catch {
    return undefined; // the caller names the place of the fault
  }
}

/** Byte offset of the first character that the encoding does not know. */
function findUndecodable(bytes: Uint8Array, encoding: TextEncoding): number {
  let from = 0;
  while (from < bytes.length) {
    const feed = bytes.indexOf(10, from);
    const to = feed === -1 ? bytes.length : feed + 1;
    if (tryDecode(bytes.subarray(from, to), encoding) === undefined) return firstBadByte(bytes, from, to, encoding);
    from = to;
  }
  return bytes.length;
}

function firstBadByte(bytes: Uint8Array, from: number, to: number, encoding: TextEncoding): number {
  let at = from;
  while (at < to) {
    const step = characterBytes(bytes[at] ?? 0, encoding);
    if (tryDecode(bytes.subarray(at, Math.min(at + step, to)), encoding) === undefined) return at;
    at += step;
  }
  return at;
}

/** True where the bytes are the beginning of one character and nothing else: the file was cut inside it. */
function isBegunCharacter(bytes: Uint8Array, encoding: TextEncoding): boolean {
  if (encoding === 'cp932')
    return bytes.length === 1 && tryDecode(Uint8Array.of(bytes[0] ?? 0, 0x40), encoding) !== undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }) === '';
  } catch {
    return false;
  }
}

function characterBytes(lead: number, encoding: TextEncoding): number {
  if (lead < 0x80) return 1;
  if (encoding === 'cp932') return lead >= 0xa1 && lead <= 0xdf ? 1 : 2;
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

function placedFault(
  kind: PlacedKind,
  bytes: Uint8Array,
  linesBefore: number,
  offset: number,
  encodings: readonly TextEncoding[],
): TextFault {
  const before = bytes.subarray(0, offset);
  const lineStart = before.lastIndexOf(10) + 1;
  const inLine = before.subarray(lineStart);
  const text = encodings.map((encoding) => tryDecode(inLine, encoding)).find((decoded) => decoded !== undefined) ?? '';
  const column = text.split(',').length;
  return new TextFault(kind, linesBefore + countLines(before) + 1, column, [...text].length + 1);
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}
