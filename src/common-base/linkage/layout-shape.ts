import Type from 'typebox';
import type { TextEncoding } from '#formats';
import type { ItemCatalogue } from './item-catalogue.ts';
import { readBySchema } from './layout-schema.ts';

/** A column as the shape of a layout tells it. */
interface ShapeColumn {
  /** The column's name in the sender's header, or the name staff knows it by. */
  readonly name: string;
  /** The key under which its value was read. */
  readonly key: string;
  /** Nobody reads it, or nobody may see it any more. */
  readonly isSkipped: boolean;
}

/**
 * What of a layout is asked to show or give back rows that were read by it: names and keys of its columns and how its files
 * are written. It is asked of layouts of any day, so that no rule made since may stand in its way.
 */
export interface LayoutShape {
  readonly title: string;
  readonly encodings: readonly TextEncoding[];
  readonly delimiter: ',' | '\t';
  readonly hasHeader: boolean;
  readonly columns: readonly ShapeColumn[];
  /** A line of the file is one row; false for lines of fixed length, several record types and several doses in a line. */
  readonly isPlain: boolean;
}

/** Texts of years ago are read with it: whatever is demanded here must have been demanded ever since. */
const shapeSchema = Type.Object({
  title: Type.String(),
  encodings: Type.Array(Type.String()),
  delimiter: Type.Optional(Type.String()),
  hasHeader: Type.Boolean(),
  recordTypes: Type.Optional(Type.Unknown()),
  repeats: Type.Optional(Type.Object({ ordinalKey: Type.Optional(Type.String()) })),
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      key: Type.String(),
      type: Type.String(),
      bytes: Type.Optional(Type.Number()),
    }),
  ),
});

/** What stands behind the columns of a repeated group: the place of the group. */
export const ordinalColumnName = '何番目';

/** The shape of a layout's text; undefined where the text is none. */
export function readLayoutShape(text: string): LayoutShape | undefined {
  const written = readBySchema(text, shapeSchema);
  if (written === undefined) return undefined;
  const { title, hasHeader, delimiter, repeats, recordTypes } = written;
  const columns = written.columns.map(({ name, key, type }) => ({ name, key, isSkipped: type === 'skip' }));
  const ordinal = repeats?.ordinalKey;
  return {
    title,
    hasHeader,
    encodings: written.encodings.filter((one): one is TextEncoding => one === 'utf-8' || one === 'cp932'),
    delimiter: delimiter === '\t' ? '\t' : ',',
    columns:
      ordinal === undefined ? columns : [...columns, { name: ordinalColumnName, key: ordinal, isSkipped: false }],
    isPlain:
      repeats === undefined && recordTypes === undefined && written.columns.every(({ bytes }) => bytes === undefined),
  };
}

/** The shape without the items that the municipality's catalogue does not declare any more: they are shown nowhere. */
export function withoutUndeclared(shape: LayoutShape, { mayShowField }: ItemCatalogue): LayoutShape {
  const columns = shape.columns.map((column) => (mayShowField(column.key) ? column : { ...column, isSkipped: true }));
  return { ...shape, columns };
}
