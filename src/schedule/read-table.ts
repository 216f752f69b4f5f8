import { type Day, findIsoDay, UnreadableInput } from '#kernel';

/** A table of `rules/`: its file name and its rows, each with the line it begins on. */
export interface RuleTable {
  readonly file: string;
  readonly rows: readonly RuleRow[];
}

/** One row of a table of `rules/`; reading a column that the table lacks is a fault of the file. */
export interface RuleRow {
  readonly file: string;
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** First and last day in force; days outside every table's reach stand for "no limit". */
export interface Period {
  readonly from: Day;
  readonly to: Day;
}

/** Stands for "since ever" in comparisons; earlier than any day a person can have. */
export const firstDay = -10_000_000 as Day;

/** Stands for "until further notice" in comparisons. */
export const lastDay = 10_000_000 as Day;

/** Every kind of certainty a row may carry, as in the domain notes: verified, second-hand, derived, memory. */
const certainties = new Set(['V', 'V2', 'D', 'M-h', 'M-m', 'M-l']);

/** Reads one table (RFC 4180, UTF-8) and holds that it has exactly the columns it must have. */
export function readTable(files: ReadonlyMap<string, string>, file: string, columns: readonly string[]): RuleTable {
  const text = files.get(file);
  if (text === undefined) throw new UnreadableInput(`rules/${file} がありません。規則の表をそろえてください。`);
  const records = splitRecords(file, text);
  const header = records[0]?.cells ?? [];
  const wanted = [...columns, 'basis', 'checked_on', 'certainty', 'note'];
  const missing = wanted.filter((column) => !header.includes(column));
  if (missing.length > 0) fail(file, 1, `列 ${missing.join('、')} がありません。`);
  const extra = header.filter((column) => !wanted.includes(column));
  if (extra.length > 0) fail(file, 1, `列 ${extra.join('、')} は知らない列です。`);
  const rows = records.slice(1).map(({ line, cells }) => {
    if (cells.length !== header.length)
      fail(file, line, `列が${cells.length}個です。${header.length}個にしてください。`);
    return { file, line, cells: new Map(header.map((column, i) => [column, (cells[i] ?? '').trim()])) };
  });
  for (const row of rows) checkCitation(row);
  return { file, rows };
}

/** The text of a cell; empty where the row says nothing. */
export function cell(row: RuleRow, column: string): string {
  return row.cells.get(column) ?? '';
}

/** The words of a cell, parted by blanks. */
export function words(row: RuleRow, column: string): readonly string[] {
  return cell(row, column)
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** A cell that must not be empty. */
export function required(row: RuleRow, column: string): string {
  const text = cell(row, column);
  if (text === '') failRow(row, `列 ${column} が空です。`);
  return text;
}

/** One of the given words. */
export function oneOf<T extends string>(row: RuleRow, column: string, choices: readonly T[]): T {
  const text = cell(row, column);
  const choice = choices.find((each) => each === text);
  return choice ?? failRow(row, `列 ${column} の「${text}」は ${choices.join('、')} のどれでもありません。`);
}

/** The two ISO days of a pair of columns; an empty cell is no limit. */
export function period(row: RuleRow, fromColumn: string, toColumn: string): Period {
  const from = isoDay(row, fromColumn) ?? firstDay;
  const to = isoDay(row, toColumn) ?? lastDay;
  if (from > to) failRow(row, `${fromColumn} が ${toColumn} より後です。`);
  return { from, to };
}

/** Stops the reading and names file and line; the sentence says what is wrong with the row. */
export function failRow(row: RuleRow, sentence: string): never {
  return fail(row.file, row.line, sentence);
}

function fail(file: string, line: number, sentence: string): never {
  throw new UnreadableInput(`rules/${file} ${line}行目: ${sentence}`);
}

function isoDay(row: RuleRow, column: string): Day | undefined {
  const text = cell(row, column);
  if (text === '') return undefined;
  return findIsoDay(text) ?? failRow(row, `列 ${column} の「${text}」は YYYY-MM-DD の日付ではありません。`);
}

function checkCitation(row: RuleRow): void {
  if (cell(row, 'basis') === '') failRow(row, '根拠(basis)が空です。法令か通知を書いてください。');
  if (isoDay(row, 'checked_on') === undefined) failRow(row, '確かめた日(checked_on)が空です。');
  const certainty = cell(row, 'certainty');
  if (!certainties.has(certainty)) {
    failRow(row, `確かさ(certainty)の「${certainty}」は ${[...certainties].join('、')} のどれでもありません。`);
  }
}

function splitRecords(file: string, text: string): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = [];
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let line = 1;
  let recordLine = 1;
  let cells: string[] = [];
  let at = 0;
  while (at < body.length) {
    const isQuoted = body[at] === '"';
    const [value, end] = isQuoted ? readQuoted(file, line, body, at) : readPlain(body, at);
    if (isQuoted) line += value.split('\n').length - 1;
    cells.push(value);
    const mark = body[end];
    if (mark !== undefined && mark !== ',' && mark !== '\n' && mark !== '\r') {
      fail(file, line, '引用符の後に文字があります。');
    }
    at = end + 1;
    if (mark === ',' && at < body.length) continue;
    if (mark === ',') cells.push('');
    if (mark === '\r' && body[at] === '\n') at += 1;
    if (cells.length > 1 || cells[0] !== '') records.push({ line: recordLine, cells });
    cells = [];
    line += 1;
    recordLine = line;
  }
  return records;
}

function readPlain(text: string, from: number): [value: string, end: number] {
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return [text.slice(from, end), end];
}

function readQuoted(file: string, line: number, text: string, from: number): [value: string, end: number] {
  let value = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) fail(file, line, '引用符が閉じていません。');
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [value, quote + 1];
    value += '"';
    at = quote + 2;
  }
}
