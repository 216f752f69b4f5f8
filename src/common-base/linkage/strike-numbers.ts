import { isUtf8 } from 'node:buffer';
import { maxLineBytes } from '#formats';
import { hasWrittenIndividualNumber, strikeWrittenIndividualNumbers } from '#kernel';
import type { FeedSource, Layout } from './types.ts';
import { wordsPlaces } from './words-columns.ts';

const [lineFeed, quote, asterisk] = [10, 34, 42];
const utf8 = new TextDecoder('utf-8');
const cp932 = new TextDecoder('shift_jis');

/**
 * The same file with every 個人番号 in its words (備考, 理由) struck out by asterisks, byte for byte as long as it came; no
 * other byte changes. What the reader cannot read is left to its sentence.
 */
export function strikingSource(source: FeedSource, layout: Layout): FeedSource {
  return {
    name: source.name,
    async *open() {
      const striker = new NumberStriker(layout);
      for await (const chunk of source.open()) {
        const bytes = striker.push(chunk);
        if (bytes.length > 0) yield bytes;
      }
      const last = striker.end();
      if (last.length > 0) yield last;
    },
  };
}

/** In how many rows of a file words are struck out. */
export async function countStruckRows(source: FeedSource, layout: Layout): Promise<number> {
  const striker = new NumberStriker(layout);
  for await (const chunk of source.open()) striker.push(chunk);
  striker.end();
  return striker.rows;
}

/** Strikes record by record; the quotes, delimiters and line ends of UTF-8 and CP932 are the same single bytes. */
class NumberStriker {
  /** Rows in which something was struck out. */
  rows = 0;
  private readonly layout: Layout;
  private readonly delimiter: number;
  private isWords: ((at: number) => boolean) | null;
  private rest: Buffer = Buffer.alloc(0);

  constructor(layout: Layout) {
    this.layout = layout;
    this.delimiter = layout.delimiter.charCodeAt(0);
    this.isWords = layout.hasHeader ? null : wordsPlaces(layout, null);
  }

  /** The whole records up to here, struck. */
  push(chunk: Uint8Array): Buffer {
    const bytes = Buffer.concat([this.rest, chunk]);
    const done = this.strikeRecords(bytes);
    this.rest = bytes.subarray(done);
    // Longer than any record may be: it is refused by whoever reads it, and need not wait here.
    if (this.rest.length <= maxLineBytes) return bytes.subarray(0, done);
    this.rest = Buffer.alloc(0);
    return bytes;
  }

  /** The last record, where the file does not end with a line end. */
  end(): Buffer {
    const bytes = Buffer.concat([this.rest, Buffer.of(lineFeed)]);
    this.strikeRecords(bytes);
    return bytes.subarray(0, -1);
  }

  private strikeRecords(bytes: Buffer): number {
    let at = 0;
    for (;;) {
      const bounds = this.layout.widths === null ? this.delimited(bytes, at) : this.cut(bytes, at, this.layout.widths);
      const end = bounds?.at(-1);
      if (bounds === undefined || end === undefined) return at;
      this.strikeRecord(bytes, bounds);
      at = end;
    }
  }

  /** Where the values of a record begin, and behind them its end; undefined where it is not whole yet. */
  private delimited(bytes: Buffer, from: number): number[] | undefined {
    const bounds = [from];
    for (let at = from; at < bytes.length; at += 1) {
      if (bytes[at] === quote && at === bounds.at(-1)) {
        const closing = closingQuote(bytes, at);
        if (closing === -1) return undefined;
        at = closing;
      } else if (bytes[at] === this.delimiter) bounds.push(at + 1);
      else if (bytes[at] === lineFeed) return [...bounds, at + 1];
    }
    return undefined;
  }

  private cut(bytes: Buffer, from: number, widths: readonly number[]): number[] | undefined {
    const end = bytes.indexOf(lineFeed, from);
    if (end === -1) return undefined;
    let at = from;
    const bounds = widths.map((width) => Math.min((at += width), end));
    return [from, ...bounds, end + 1];
  }

  private strikeRecord(bytes: Buffer, bounds: readonly number[]): void {
    const values = bounds.length - 1;
    if (this.isWords === null) {
      const texts = bounds.slice(0, values).map((from, at) => textOf(bytes.subarray(from, bounds[at + 1])));
      this.isWords = wordsPlaces(this.layout, texts.map(headerName));
      return;
    }
    let isStruck = false;
    for (let at = 0; at < values; at += 1) {
      if (!this.isWords(at)) continue;
      if (strikeBytes(bytes.subarray(bounds[at], bounds[at + 1]))) isStruck = true;
    }
    if (isStruck) this.rows += 1;
  }
}

/** The quote that closes a quoted value; doubled ones are data; -1 where it has not come yet. */
function closingQuote(bytes: Buffer, opening: number): number {
  let at = bytes.indexOf(quote, opening + 1);
  while (at !== -1 && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
  return at;
}

function headerName(text: string): string {
  const name = text.replace(/^\uFEFF/u, '').replace(/[,\t\r\n]+$/u, '');
  return name.replaceAll(/^"|"$/gu, '').replaceAll('""', '"').trim();
}

function textOf(bytes: Buffer): string {
  return (isUtf8(bytes) ? utf8 : cp932).decode(bytes);
}

/** Strikes in place: the bytes of each digit become as many asterisks. */
function strikeBytes(bytes: Buffer): boolean {
  if (bytes.length < 12) return false;
  const text = textOf(bytes);
  if (!hasWrittenIndividualNumber(text)) return false;
  const struck = Array.from(strikeWrittenIndividualNumbers(text));
  const isUnicode = isUtf8(bytes);
  let at = 0;
  for (const [i, character] of Array.from(text).entries()) {
    const length = isUnicode ? Buffer.byteLength(character) : cp932Length(bytes[at] ?? 0);
    if (struck[i] !== character) bytes.fill(asterisk, at, at + length);
    at += length;
  }
  return true;
}

/** Bytes of the character of CP932 that begins with this one. */
function cp932Length(lead: number): 1 | 2 {
  return (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc) ? 2 : 1;
}
