import type { WrittenColumn, WrittenLayout } from '#common-base/linkage';
import { UnreadableInput } from '#kernel';
import type { FormFields } from '#platform/http';

const unreadable = '並びの表を読み取れません。画面を開き直してください。';
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The layout as the table of the screen says it; what the table does not show is carried along unchanged. Lines of
 * fixed length have no header, one encoding, and a byte for each column until somebody says how many.
 */
export function readLayoutForm(body: FormFields): WrittenLayout {
  const rest = readJson(body.text('layoutRest')) as Partial<WrittenLayout>;
  const layout: Writable<WrittenLayout> = {
    ...rest,
    title: body.text('title'),
    encodings: body.text('encodings').split(' ') as WrittenLayout['encodings'],
    hasHeader: body.text('hasHeader') === 'yes',
    columns: readColumns(body),
  };
  delete layout.delimiter;
  delete layout.uniqueKey;
  delete layout.recordTypes;
  delete layout.constants;
  if (body.text('shape') === 'tab') layout.delimiter = '\t';
  const uniqueKey = wordsOf(body.text('uniqueKey'));
  if (uniqueKey.length > 0) layout.uniqueKey = uniqueKey;
  const recordTypes = readRecordTypes(body);
  if (recordTypes !== undefined) layout.recordTypes = recordTypes;
  const constants = pairsOf(body.text('constants'));
  if (Object.keys(constants).length > 0) layout.constants = constants;
  if (body.text('shape') !== 'fixed') return { ...layout, columns: layout.columns.map(withoutBytes) };
  const columns = layout.columns.map((column) => ({ ...column, bytes: column.bytes ?? 1 }));
  return { ...layout, hasHeader: false, encodings: layout.encodings.slice(0, 1), columns };
}

/** What a button of the table asks beside reading it: some columns more, one less, one further up. */
export function changeColumns(layout: WrittenLayout, action: string, count: number): WrittenLayout {
  const [kind, place] = action.split(':');
  const columns = [...layout.columns];
  const at = Number(place);
  if (kind === 'add') {
    const fixed = columns.some(({ bytes }) => bytes !== undefined) ? { bytes: 1 } : {};
    for (let number = columns.length + 1, end = number + count; number < end; number += 1) {
      columns.push({ name: `${number}列目`, key: `unused${number}`, type: 'skip', ...fixed });
    }
  }
  if (kind === 'remove' && columns.length > 1) columns.splice(at, 1);
  if (kind === 'up' && at > 0) columns.splice(at - 1, 0, ...columns.splice(at, 1));
  return { ...layout, columns };
}

function withoutBytes(column: WrittenColumn): WrittenColumn {
  const delimited: Writable<WrittenColumn> = { ...column };
  delete delimited.bytes;
  return delimited;
}

function readColumns(body: FormFields): WrittenColumn[] {
  const list = (name: string) => body.list(name);
  const rests = list('columnRest');
  return list('columnName').map((name, i): WrittenColumn => {
    const rest = readJson(rests[i] ?? '{}') as Partial<WrittenColumn>;
    const column: Writable<WrittenColumn> = {
      ...rest,
      name: name.trim(),
      key: (list('columnKey')[i] ?? '').trim(),
      type: (list('columnType')[i] ?? 'skip') as WrittenColumn['type'],
    };
    for (const key of ['required', 'optional', 'bytes', 'codes', 'forms', 'impliedDecimals', 'maxLength'] as const) {
      delete column[key];
    }
    const need = list('columnNeed')[i];
    if (need === 'required') column.required = true;
    if (need === 'optional') column.optional = true;
    const bytes = Number(list('columnBytes')[i] ?? '');
    if (Number.isInteger(bytes) && bytes > 0) column.bytes = bytes;
    return { ...column, ...readMore(column.type, (list('columnMore')[i] ?? '').trim()) };
  });
}

/** The one field that says more, by what the column is: codes, forms of days, decimals, or a length. */
function readMore(type: WrittenColumn['type'], text: string): Partial<WrittenColumn> {
  if (text === '') return {};
  switch (type) {
    case 'code':
      return { codes: pairsOf(text) };
    case 'day':
    case 'partialDay':
      return { forms: wordsOf(text) as NonNullable<WrittenColumn['forms']> };
    case 'decimal':
      return /^\d$/u.test(text) ? { impliedDecimals: Number(text) } : {};
    case 'text':
    case 'digits':
      return /^[1-9]\d{0,4}$/u.test(text) ? { maxLength: Number(text) } : {};
    default:
      return {};
  }
}

/** What that field holds of a column as written. */
export function writeMore(column: WrittenColumn): string {
  switch (column.type) {
    case 'code':
      return writePairs(column.codes ?? {});
    case 'day':
    case 'partialDay':
      return (column.forms ?? []).join(' ');
    case 'decimal':
      return column.impliedDecimals === undefined ? '' : String(column.impliedDecimals);
    case 'text':
    case 'digits':
      return column.maxLength === undefined ? '' : String(column.maxLength);
    default:
      return '';
  }
}

/** `1=male 2=female`, as the screen writes what stands for what. */
export function writePairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([from, to]) => `${from}=${to}`)
    .join(' ');
}

function readRecordTypes(body: FormFields): WrittenLayout['recordTypes'] {
  const column = body.text('typeColumn');
  if (column === '') return undefined;
  const others = wordsOf(body.text('otherTypes'));
  const [type, at] = body.text('typeCount').split('=');
  if (type === undefined || at === undefined) return { column: Number(column), others };
  return { column: Number(column), others, count: { type: type.trim(), column: Number(at) } };
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,、，]+/u).filter((word) => word !== '');
}

function pairsOf(text: string): Record<string, string> {
  const pairs = wordsOf(text).map((word): [string, string] => {
    const at = word.lastIndexOf('=');
    // A word alone stands for itself.
    return at < 0 ? [word, word] : [word.slice(0, at), word.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new UnreadableInput(unreadable);
  }
}
