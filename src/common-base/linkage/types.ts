import type { TextEncoding } from '#formats';
import type { Finding } from '#kernel';

/** How a file writes a day; a column may allow several, tried in order. */
export type DayForm = 'compact' | 'iso' | 'slash' | 'wareki' | 'eraDigits';

interface ColumnBasics {
  /** The column's name in the sender's header; for a file without header the name staff knows it by. */
  readonly name: string;
  /** The key under which the value is read (`FeedRow.fields`). */
  readonly key: string;
  /** An empty value refuses the row. */
  readonly isRequired: boolean;
  /** The column itself may be absent from the file. */
  readonly mayBeAbsent: boolean;
  /** Values that stand for unknown, such as 99999999. */
  readonly emptyValues: readonly string[];
  /** Numbers that the sender writes without leading zeros get them back to this length; null = as written. */
  readonly zeroPadTo: number | null;
}

/** Free text; `isName` marks names, where a `?` is a character that the sender lost. */
export interface TextColumn extends ColumnBasics {
  readonly type: 'text';
  readonly maxLength: number | null;
  readonly isName: boolean;
}

/** Digits only, kept as text with their leading zeros. */
export interface DigitsColumn extends ColumnBasics {
  readonly type: 'digits';
  readonly minLength: number | null;
  readonly maxLength: number | null;
}

/** A whole day, read as YYYY-MM-DD. */
export interface DayColumn extends ColumnBasics {
  readonly type: 'day';
  readonly forms: readonly DayForm[];
}

/** A day of which month or day may be unknown (不詳), read as YYYY-MM-DD, YYYY-MM or YYYY. */
export interface PartialDayColumn extends ColumnBasics {
  readonly type: 'partialDay';
  readonly forms: readonly DayForm[];
}

/** A sender's code, read as ours; a code outside the table refuses the row or is kept as it came. */
export interface CodeColumn extends ColumnBasics {
  readonly type: 'code';
  readonly codes: ReadonlyMap<string, string>;
  readonly keepsUnknown: boolean;
}

/** A number with decimals; `impliedDecimals` says how many digits stand behind an unwritten point (372 → 37.2). */
export interface DecimalColumn extends ColumnBasics {
  readonly type: 'decimal';
  readonly impliedDecimals: number;
}

/** A whole number without sign. */
export interface IntegerColumn extends ColumnBasics {
  readonly type: 'integer';
}

/** 0 or 1. */
export interface FlagColumn extends ColumnBasics {
  readonly type: 'flag';
}

/** The municipality that the row belongs to; another one refuses the row. */
export interface LgCodeColumn extends ColumnBasics {
  readonly type: 'lgCode';
}

/** A column that the file has and nobody reads. */
export interface SkippedColumn extends ColumnBasics {
  readonly type: 'skip';
}

/** One column of a file layout. */
export type LayoutColumn =
  | TextColumn
  | DigitsColumn
  | DayColumn
  | PartialDayColumn
  | CodeColumn
  | DecimalColumn
  | IntegerColumn
  | FlagColumn
  | LgCodeColumn
  | SkippedColumn;

/** How one sender writes one kind of file; data of the municipality's settings, never code. */
export interface Layout {
  /** The name of its file in settings without ending. */
  readonly name: string;
  /** What staff calls it. */
  readonly title: string;
  readonly encodings: readonly TextEncoding[];
  readonly delimiter: ',' | '\t';
  readonly hasHeader: boolean;
  /** Keys that together may occur once in a file. */
  readonly uniqueKey: readonly string[];
  readonly columns: readonly LayoutColumn[];
  /** Bytes of each column of a file with lines of fixed length; null for delimited text. */
  readonly widths: readonly number[] | null;
  /** Where a record says of which type it is, which types are no data, and which one tells how many data records there are. */
  readonly recordTypes: {
    readonly at: number;
    readonly others: readonly string[];
    readonly counts: { readonly type: string; readonly at: number } | null;
  } | null;
  /** The columns from this place on are written once per dose; `hasOrdinal`: the last column is the place of the group. */
  readonly repeats: { readonly from: number; readonly hasOrdinal: boolean } | null;
  /** Values that the file does not write, since they are the same in every row. */
  readonly constants: Readonly<Record<string, string>>;
}

/** Where a feed comes from: a name to show and its bytes, which may be asked for again. */
export interface FeedSource {
  readonly name: string;
  open(): AsyncIterable<Uint8Array>;
}

/** One data row as the layout reads it. */
export interface FeedRow {
  /** Number of the data row, first = 1; the 行番号 of every list of findings. */
  readonly ordinal: number;
  /** The line of the file on which the row begins, first = 1. */
  readonly line: number;
  /** Values by field key: trimmed, codes mapped, days as YYYY-MM-DD; null = empty or unreadable (see findings). */
  readonly fields: Readonly<Record<string, string | null>>;
  /** The values as they came, in the order of the file. */
  readonly raw: readonly string[];
  /** What is wrong with single values; hold no personal data. Readers may add theirs. */
  readonly findings: Finding[];
  /** Characters of this row that the sender lost or that only the sender's own font knows. */
  readonly unmappedCharacters: number;
}

/** The figures that every import prints. */
export interface ImportResult {
  readonly rows: number;
  readonly accepted: number;
  readonly questioned: number;
  readonly refused: number;
  readonly unmappedCharacters: number;
  readonly seconds: number;
  /** The same file was taken in before: these are the figures of the first time and nothing was written. */
  readonly repeated?: true;
}
