import { type CsvRecord, decodeText, maxLineBytes, TextFault } from '#formats';
import { finding, hasWrittenIndividualNumber, type LgCode, UnreadableInput } from '#kernel';
import { RecordArranger, scannerOf } from './arrange-records.ts';
import { explainHeader, explainTextFault } from './explain-unreadable.ts';
import { findUnmappedCharacters } from './find-unmapped-characters.ts';
import { KeyRegister } from './key-register.ts';
import { prepareReader, type ValueReader } from './read-value.ts';
import type { FeedRow, FeedSource, Layout, LayoutColumn } from './types.ts';
import { isWordsColumn } from './words-columns.ts';

/** What the reader of a feed may be told besides the layout. */
export interface ReadFeedOptions {
  /** The municipality the rows must belong to, where the layout has a column that says so. */
  readonly lgCode?: LgCode;
  /** How many rows come at once; 2000 if not said. */
  readonly rowsPerChunk?: number;
  /** Only these fields are read, the others stay null and nothing is found in them: for a first look at a file. */
  readonly onlyKeys?: readonly string[];
}

/**
 * Reads a file by its layout, in chunks of rows, with flat memory for any length. What makes the whole file
 * unreadable throws UnreadableInput with one sentence (file, line, column, what to do): a missing or unknown
 * column, a foreign byte, NUL, an overlong line, an unclosed quote, an end in the middle of a row, a 個人番号 in words.
 * Anything wrong with single values is in the row's findings. Empty lines are no rows.
 */
export async function* readFeed(
  source: FeedSource,
  layout: Layout,
  options: ReadFeedOptions = {},
): AsyncGenerator<readonly FeedRow[]> {
  const rowsPerChunk = options.rowsPerChunk ?? 2000;
  const scanner = scannerOf(layout);
  const arranger = new RecordArranger(layout, source.name);
  const plain = isPlain(layout);
  const reader = new RowReader(readableLayout(layout, options.onlyKeys), source.name, options.lgCode ?? null);
  let rows: FeedRow[] = [];
  try {
    for await (const piece of decodeText(source.open(), { encodings: layout.encodings, maxLineBytes })) {
      const records = scanner.push(piece);
      reader.readInto(rows, plain ? records : records.flatMap((record) => arranger.arrange(record)));
      if (rows.length >= rowsPerChunk) {
        yield rows;
        rows = [];
      }
    }
    for (const record of scanner.end()) {
      const arranged = plain ? [record] : arranger.arrange(record);
      if (plain) reader.refuseTruncated(record);
      reader.readInto(rows, arranged);
    }
  } catch (error) {
    throw error instanceof TextFault ? explainTextFault(error, source.name, reader.columnNames) : error;
  }
  reader.refuseMissingHeader();
  arranger.finish();
  if (rows.length > 0) yield rows;
}

/** One record of the file is one row: where its last one is short, the file was cut. */
function isPlain({ widths, recordTypes, repeats }: Layout): boolean {
  return widths === null && recordTypes === null && repeats === null;
}

/** The layout with every other column skipped: the header must still be the sender's. */
function readableLayout(layout: Layout, onlyKeys: readonly string[] | undefined): Layout {
  if (onlyKeys === undefined) return layout;
  const columns = layout.columns.map((column) => (onlyKeys.includes(column.key) ? column : skipped(column)));
  return { ...layout, columns, uniqueKey: [] };
}

function skipped({ name, key, isRequired, mayBeAbsent, emptyValues, zeroPadTo }: LayoutColumn): LayoutColumn {
  return { type: 'skip', name, key, isRequired, mayBeAbsent, emptyValues, zeroPadTo };
}

interface PreparedColumn {
  readonly column: LayoutColumn;
  readonly read: ValueReader;
  readonly isText: boolean;
  readonly isName: boolean;
}

/** A column of somebody's own words (備考, 理由), and where it stands. */
interface WordsColumn {
  readonly at: number;
  readonly column: LayoutColumn;
}

function wordsOf(prepared: readonly PreparedColumn[]): readonly WordsColumn[] {
  return prepared.flatMap(({ column }, at) => (isWordsColumn(column) ? [{ at, column }] : []));
}

class RowReader {
  private readonly layout: Layout;
  private readonly fileName: string;
  private readonly lgCode: LgCode | null;
  private readonly keys: KeyRegister | undefined;
  private readonly emptyFields: Readonly<Record<string, string | null>>;
  private prepared: readonly PreparedColumn[] | undefined;
  private words: readonly WordsColumn[] | undefined;
  private ordinal = 0;

  constructor(layout: Layout, fileName: string, lgCode: LgCode | null) {
    this.layout = layout;
    this.fileName = fileName;
    this.lgCode = lgCode;
    this.keys = layout.uniqueKey.length > 0 ? new KeyRegister() : undefined;
    const keys = layout.columns.filter((column) => column.type !== 'skip').map((column) => column.key);
    this.emptyFields = { ...Object.fromEntries(keys.map((key) => [key, null])), ...layout.constants };
    if (!layout.hasHeader) this.prepared = layout.columns.map((column) => prepare(column, lgCode));
  }

  get columnNames(): readonly string[] {
    return (this.prepared ?? []).map(({ column }) => column.name);
  }

  readInto(rows: FeedRow[], records: readonly CsvRecord[]): void {
    for (const record of records) {
      const row = this.read(record);
      if (row !== undefined) rows.push(row);
    }
  }

  private read(record: CsvRecord): FeedRow | undefined {
    const { values } = record;
    if (this.prepared === undefined) {
      this.prepared = this.readHeader(values);
      return undefined;
    }
    if (values.length === 1 && values[0]?.trim() === '' && this.prepared.length > 1) return undefined;
    this.ordinal += 1;
    return this.readRow(record, this.prepared);
  }

  /** A last row that is short and has no line end was cut on its way. */
  refuseTruncated(record: CsvRecord): void {
    const columns = this.prepared?.length ?? this.layout.columns.length;
    if (record.values.length >= columns || record.values.join('').trim() === '') return;
    throw new TextFault('truncated', record.line, record.values.length, null);
  }

  refuseMissingHeader(): void {
    if (this.prepared !== undefined) return;
    throw new UnreadableInput(
      `${this.fileName} は空です(1行目に列の名前がありません)。送信が終わっているかを確かめ、もう一度受け取ってください。`,
    );
  }

  private readHeader(values: readonly string[]): readonly PreparedColumn[] {
    const header = values.map((value) => value.trim());
    const fault = explainHeader(header, this.layout, this.fileName);
    if (fault !== undefined) throw fault;
    const byName = new Map(this.layout.columns.map((column) => [column.name, column]));
    return header.flatMap((name) => {
      const column = byName.get(name);
      return column === undefined ? [] : [prepare(column, this.lgCode)];
    });
  }

  private readRow({ line, values }: CsvRecord, prepared: readonly PreparedColumn[]): FeedRow {
    const fields = { ...this.emptyFields };
    const findings: FeedRow['findings'] = [];
    const { ordinal } = this;
    if (values.length !== prepared.length) {
      const params = { expected: prepared.length, actual: values.length };
      findings.push(finding('feedColumnCount', 'refuse', null, params));
      return { ordinal, line, fields, raw: values, findings, unmappedCharacters: 0 };
    }
    for (const { at, column } of (this.words ??= wordsOf(prepared))) {
      if (hasWrittenIndividualNumber(values[at] ?? '')) throw this.numberFault(line, column);
    }
    const unmappedCharacters = fillFields(fields, findings, values, prepared);
    if (this.keys !== undefined) this.refuseDouble(fields, findings, this.keys);
    return { ordinal, line, fields, raw: values, findings, unmappedCharacters };
  }

  /** Nothing of such a file is kept: a 個人番号 stands in the vault and nowhere else. */
  private numberFault(line: number, { name }: LayoutColumn): UnreadableInput {
    return new UnreadableInput(
      `${this.fileName} の ${line}行目・列「${name}」に、個人番号とみられる12桁の番号があるため、ファイルのどの行も受け取りませんでした。送付元に知らせ、番号を除いて作り直すよう依頼して、受け取ったファイルは消してください。個人番号でないと分かったときや作り直せないときは、「備考の番号を伏せて受け取る」を選んで送り直すと（コマンドでは --strike-numbers）、その番号だけを * に変えて受け取ります。`,
    );
  }

  private refuseDouble(fields: FeedRow['fields'], findings: FeedRow['findings'], keys: KeyRegister): void {
    const parts = this.layout.uniqueKey.map((key) => fields[key] ?? '');
    if (parts[0] === '') return; // an unreadable key is already a finding
    const earlier = keys.enter(parts.length === 1 ? (parts[0] ?? '') : parts.join('\u0001'), this.ordinal);
    if (earlier === undefined) return;
    const names = this.layout.columns.filter(({ key }) => this.layout.uniqueKey.includes(key)).map(({ name }) => name);
    findings.push(finding('feedKeyTwice', 'refuse', names.join('・'), { earlier }));
  }
}

function prepare(column: LayoutColumn, lgCode: LgCode | null): PreparedColumn {
  const isText = column.type === 'text';
  return { column, read: prepareReader(column, lgCode), isText, isName: isText && column.isName };
}

/** Reads every value into its field; answers how many characters were lost or are private. */
function fillFields(
  fields: Record<string, string | null>,
  findings: FeedRow['findings'],
  values: readonly string[],
  prepared: readonly PreparedColumn[],
): number {
  let unmapped = 0;
  for (let i = 0; i < prepared.length; i += 1) {
    const { column, read, isText, isName } = prepared[i] as PreparedColumn;
    if (column.type === 'skip') continue;
    const value = trimmed(values[i] ?? '');
    if (value === '' || (column.emptyValues.length > 0 && column.emptyValues.includes(value))) {
      if (column.isRequired) findings.push(finding('feedValueMissing', 'refuse', column.name));
      continue;
    }
    const text = read(value, findings);
    fields[column.key] = column.zeroPadTo === null || text === null ? text : text.padStart(column.zeroPadTo, '0');
    if (isText) unmapped += noteUnmapped(column.name, value, isName, findings);
  }
  return unmapped;
}

function noteUnmapped(name: string, value: string, isName: boolean, findings: FeedRow['findings']): number {
  const unmapped = findUnmappedCharacters(value, isName);
  if (unmapped === undefined) return 0;
  const { lost, privateUse } = unmapped;
  if (lost > 0) findings.push(finding('feedCharacterLost', 'note', name, { count: lost }));
  if (privateUse > 0) findings.push(finding('feedCharacterPrivateUse', 'note', name, { count: privateUse }));
  return lost + privateUse;
}

/** Most values have nothing to trim; String.trim would still be called on each. */
function trimmed(value: string): string {
  if (value === '') return value;
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  return first <= 32 || last <= 32 || first === 0x3000 || last === 0x3000 ? value.trim() : value;
}
