import { type CsvRecord, CsvScanner } from '#formats';
import { UnreadableInput } from '#kernel';
import type { Layout } from './types.ts';

/** What cuts the text of a file into records. */
export interface RecordScanner {
  push(piece: string): CsvRecord[];
  end(): CsvRecord[];
}

/** Delimited text by RFC 4180, or lines of fixed length. */
export function scannerOf(layout: Layout): RecordScanner {
  return layout.widths === null ? new CsvScanner({ delimiter: layout.delimiter }) : new LineScanner();
}

/** Cuts text into lines, each a record of one value; the last one needs no line end. */
class LineScanner implements RecordScanner {
  private rest = '';
  private line = 1;

  push(piece: string): CsvRecord[] {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map((text) => this.recordOf(text));
  }

  end(): CsvRecord[] {
    const last = this.rest;
    this.rest = '';
    return last === '' ? [] : [this.recordOf(last)];
  }

  private recordOf(text: string): CsvRecord {
    const record = { line: this.line, values: [text.endsWith('\r') ? text.slice(0, -1) : text] };
    this.line += 1;
    return record;
  }
}

/**
 * Makes of the records of a file those that its columns read: cuts lines of fixed length by bytes, takes the data records
 * out of several record types and holds their number against the closing record, and unfolds a group of columns that is
 * written once per dose.
 */
export class RecordArranger {
  private readonly layout: Layout;
  private readonly fileName: string;
  private counted = 0;
  private told: number | null = null;

  constructor(layout: Layout, fileName: string) {
    this.layout = layout;
    this.fileName = fileName;
  }

  arrange(record: CsvRecord): readonly CsvRecord[] {
    const { widths, recordTypes, repeats } = this.layout;
    const values = widths === null ? record.values : cutByBytes(record.values[0] ?? '', widths, this.isCp932());
    if (values.join('').trim() === '') return [];
    if (recordTypes !== null) {
      const type = (values[recordTypes.at] ?? '').trim();
      if (recordTypes.counts?.type === type) this.told = Number((values[recordTypes.counts.at] ?? '').trim());
      if (recordTypes.others.includes(type)) return [];
      this.counted += 1;
    }
    if (repeats === null) return [{ line: record.line, values }];
    return unfold(record.line, values, repeats, this.layout.columns.length);
  }

  /** Refuses a file whose closing record tells another number of data records than came. */
  finish(): void {
    const counts = this.layout.recordTypes?.counts ?? null;
    if (counts === null || this.told === this.counted) return;
    const told = this.told === null ? 'ありません' : `${this.told}件です`;
    throw new UnreadableInput(
      `${this.fileName} のデータは${this.counted}件ですが、終わりの記録の件数は${told}。途中で切れていないかを送付元に確かめてください。`,
    );
  }

  private isCp932(): boolean {
    return this.layout.encodings[0] === 'cp932';
  }
}

/** Cuts a line by the bytes that it has in its file; what is missing at its end is empty, what is too long is one more. */
export function cutByBytes(line: string, widths: readonly number[], isCp932: boolean): string[] {
  const values: string[] = [];
  let at = 0;
  for (const width of widths) {
    let bytes = 0;
    const from = at;
    while (at < line.length && bytes < width) {
      const code = line.codePointAt(at) ?? 0;
      bytes += isCp932 ? cp932Bytes(code) : utf8Bytes(code);
      at += code > 0xffff ? 2 : 1;
    }
    values.push(line.slice(from, at));
  }
  return at < line.length ? [...values, line.slice(at)] : values;
}

/** ASCII and half-width kana take one byte in CP932, all others two. */
function cp932Bytes(code: number): number {
  return code <= 0x7f || (code >= 0xff61 && code <= 0xff9f) ? 1 : 2;
}

function utf8Bytes(code: number): number {
  return code <= 0x7f ? 1 : code <= 0x7ff ? 2 : code <= 0xffff ? 3 : 4;
}

/** One record per filled group, with its place (first = 1) behind it where the layout asks for it. */
function unfold(
  line: number,
  values: readonly string[],
  repeats: NonNullable<Layout['repeats']>,
  columns: number,
): CsvRecord[] {
  const shared = values.slice(0, repeats.from);
  const size = columns - repeats.from - (repeats.hasOrdinal ? 1 : 0);
  const records: CsvRecord[] = [];
  for (let at = repeats.from, n = 1; at < values.length; at += size, n += 1) {
    const group = values.slice(at, at + size);
    if (group.join('').trim() === '') continue;
    records.push({ line, values: [...shared, ...group, ...(repeats.hasOrdinal ? [String(n)] : [])] });
  }
  return records;
}
