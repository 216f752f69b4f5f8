import Value from 'typebox/value';
import { parseCsvTable } from '#formats';
import { UnreadableInput } from '#kernel';
import { layoutSchema, type WrittenColumn, type WrittenLayout } from './layout-schema.ts';
import { ordinalColumnName } from './layout-shape.ts';
import type { Layout, LayoutColumn } from './types.ts';

/** Gives the text of a code table that a layout names, or undefined when there is none. */
export type ReadCodes = (path: string) => string | undefined;

/**
 * Reads a layout file. A fault throws UnreadableInput with one sentence that names the layout, the place in it
 * and what is allowed there. Code tables are CSV files with the columns `code` and `value`.
 */
export function parseLayout(text: string, name: string, readCodes: ReadCodes = () => undefined): Layout {
  const written = checkShape(parseJson(text, name), name);
  const columns = [
    ...written.columns.map((column, i) => readColumn(column, name, `columns[${i}]`, readCodes)),
    ...ordinalColumn(written),
  ];
  refuseDoubles(columns, name);
  const uniqueKey = written.uniqueKey ?? [];
  const unknown = uniqueKey.find((key) => !columns.some((column) => column.key === key));
  if (unknown !== undefined) throw fault(name, 'uniqueKey', `「${unknown}」という項目は columns にありません`);
  return {
    name,
    title: written.title,
    encodings: written.encodings,
    delimiter: written.delimiter ?? ',',
    hasHeader: written.hasHeader,
    uniqueKey,
    columns,
    widths: readWidths(written, name),
    recordTypes: readRecordTypes(written),
    repeats:
      written.repeats === undefined
        ? null
        : { from: written.repeats.from - 1, hasOrdinal: written.repeats.ordinalKey !== undefined },
    constants: written.constants ?? {},
  };
}

/** The place of a repeated group stands behind the group's columns. */
function ordinalColumn({ repeats }: WrittenLayout): LayoutColumn[] {
  if (repeats?.ordinalKey === undefined) return [];
  const basics = { name: ordinalColumnName, isRequired: false, mayBeAbsent: true, emptyValues: [], zeroPadTo: null };
  return [{ ...basics, key: repeats.ordinalKey, type: 'integer' }];
}

/** Lines of fixed length: every column says its bytes, and the bytes have one meaning. */
function readWidths(written: WrittenLayout, name: string): readonly number[] | null {
  const widths = written.columns.flatMap((column) => column.bytes ?? []);
  if (widths.length === 0) return null;
  if (widths.length < written.columns.length) throw fault(name, 'columns', '固定長では、すべての列に bytes が必要です');
  if (written.encodings.length > 1) throw fault(name, 'encodings', '固定長では、文字コードを一つだけ書きます');
  if (written.hasHeader) throw fault(name, 'hasHeader', '固定長では false にします');
  return widths;
}

function readRecordTypes({ recordTypes }: WrittenLayout): Layout['recordTypes'] {
  if (recordTypes === undefined) return null;
  const { column, others, count } = recordTypes;
  const counts = count === undefined ? null : { type: count.type, at: count.column - 1 };
  return { at: column - 1, others, counts };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = error instanceof Error ? (/line \d+ column \d+/u.exec(error.message)?.[0] ?? '') : '';
    throw fault(name, place === '' ? 'ファイル' : place, 'JSONとして読めません');
  }
}

function checkShape(value: unknown, name: string): WrittenLayout {
  if (Value.Check(layoutSchema, value)) return value;
  const errors = Value.Errors(layoutSchema, value);
  const first = errors.find((error) => error.keyword !== 'boolean') ?? errors[0];
  const place = (first?.instancePath ?? '')
    .replaceAll(/\/(\d+)/gu, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./u, '');
  throw fault(name, place === '' ? '全体' : place, explain(first?.keyword ?? '', first?.params ?? {}));
}

function explain(keyword: string, params: object): string {
  const values = JSON.stringify(Object.values(params)[0] ?? '');
  if (keyword === 'required') return `必要な項目 ${values} がありません`;
  if (keyword === 'additionalProperties') return `知らない項目 ${values} があります`;
  if (keyword === 'enum') return `使える値は ${values} です`;
  if (keyword === 'type') return `型が違います(${values} で書きます)`;
  return `値が正しくありません(${keyword} ${values})`;
}

function readColumn(column: WrittenColumn, layout: string, place: string, readCodes: ReadCodes): LayoutColumn {
  const basics = {
    name: column.name,
    key: column.key,
    isRequired: column.required ?? false,
    mayBeAbsent: column.optional ?? false,
    emptyValues: column.emptyValues ?? [],
    zeroPadTo: column.zeroPadTo ?? null,
  };
  const maxLength = column.maxLength ?? null;
  switch (column.type) {
    case 'text':
      return { ...basics, type: 'text', maxLength, isName: column.isName ?? false };
    case 'digits':
      return { ...basics, type: 'digits', minLength: column.minLength ?? null, maxLength };
    case 'day':
    case 'partialDay':
      return { ...basics, type: column.type, forms: column.forms ?? ['compact'] };
    case 'code':
      return {
        ...basics,
        type: 'code',
        codes: readCodeTable(column, layout, place, readCodes),
        keepsUnknown: column.keepsUnknown ?? false,
      };
    case 'decimal':
      return { ...basics, type: 'decimal', impliedDecimals: column.impliedDecimals ?? 0 };
    case 'integer':
    case 'flag':
    case 'lgCode':
    case 'skip':
      return { ...basics, type: column.type };
    default:
      throw fault(layout, `${place}.type`, '知らない型です');
  }
}

function readCodeTable(
  column: WrittenColumn,
  layout: string,
  place: string,
  readCodes: ReadCodes,
): ReadonlyMap<string, string> {
  if (column.codes !== undefined) return new Map(Object.entries(column.codes));
  if (column.codesFile === undefined) throw fault(layout, place, '型 code には codes か codesFile が必要です');
  const table = readCodes(column.codesFile);
  if (table === undefined) throw fault(layout, `${place}.codesFile`, `コード表 ${column.codesFile} がありません`);
  return new Map(parseCsvTable(table).map(({ values }) => [values['code'] ?? '', values['value'] ?? '']));
}

function refuseDoubles(columns: readonly LayoutColumn[], layout: string): void {
  for (const property of ['name', 'key'] as const) {
    const seen = new Set<string>();
    for (const [i, column] of columns.entries()) {
      if (column.type === 'skip' && property === 'key') continue;
      const value = column[property];
      if (seen.has(value)) throw fault(layout, `columns[${i}].${property}`, `「${value}」が2回書かれています`);
      seen.add(value);
    }
  }
}

function fault(layout: string, place: string, what: string): UnreadableInput {
  return new UnreadableInput(
    `レイアウト「${layout}」の ${place} に誤りがあります: ${what}。設定フォルダの layouts/${layout}.json を直してください。`,
  );
}
