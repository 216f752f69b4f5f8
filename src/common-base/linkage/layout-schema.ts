import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';

const dayForms = ['compact', 'iso', 'slash', 'wareki', 'eraDigits'] as const;
const columnTypes = [
  'text',
  'digits',
  'day',
  'partialDay',
  'code',
  'decimal',
  'integer',
  'flag',
  'lgCode',
  'skip',
] as const;

const columnSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    key: Type.String({ pattern: '^[a-z][a-zA-Z0-9]*$' }),
    type: Type.Enum([...columnTypes]),
    required: Type.Optional(Type.Boolean()),
    optional: Type.Optional(Type.Boolean()),
    emptyValues: Type.Optional(Type.Array(Type.String())),
    minLength: Type.Optional(Type.Integer({ minimum: 1 })),
    maxLength: Type.Optional(Type.Integer({ minimum: 1 })),
    isName: Type.Optional(Type.Boolean()),
    forms: Type.Optional(Type.Array(Type.Enum([...dayForms]), { minItems: 1 })),
    codes: Type.Optional(Type.Record(Type.String(), Type.String())),
    codesFile: Type.Optional(Type.String({ pattern: '^[a-z0-9/-]+\\.csv$' })),
    keepsUnknown: Type.Optional(Type.Boolean()),
    zeroPadTo: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
    bytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    impliedDecimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 4 })),
  },
  { additionalProperties: false },
);

/** The shape of a layout file (`settings/<municipality>/layouts/<name>.json`). */
export const layoutSchema = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    encodings: Type.Array(Type.Enum(['utf-8', 'cp932']), { minItems: 1 }),
    delimiter: Type.Optional(Type.Enum([',', '\t'])),
    hasHeader: Type.Boolean(),
    uniqueKey: Type.Optional(Type.Array(Type.String())),
    recordTypes: Type.Optional(
      Type.Object(
        {
          column: Type.Integer({ minimum: 1 }),
          others: Type.Array(Type.String()),
          count: Type.Optional(
            Type.Object({ type: Type.String(), column: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    repeats: Type.Optional(
      Type.Object(
        {
          from: Type.Integer({ minimum: 1 }),
          ordinalKey: Type.Optional(Type.String({ pattern: '^[a-z][a-zA-Z0-9]*$' })),
        },
        { additionalProperties: false },
      ),
    ),
    constants: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9]*$' }), Type.String())),
    columns: Type.Array(columnSchema, { minItems: 1 }),
  },
  { additionalProperties: false },
);

/** A layout file as written. */
export type WrittenLayout = Static<typeof layoutSchema>;

/** One column of a layout file as written. */
export type WrittenColumn = Static<typeof columnSchema>;

/** A layout's text in its written shape; undefined where it has not that shape. What its columns mean is not asked here. */
export function readWritten(text: string): WrittenLayout | undefined {
  return readBySchema(text, layoutSchema);
}

/** A text of JSON as its schema says; undefined where it is not so. */
export function readBySchema<Schema extends TSchema>(text: string, schema: Schema): Static<Schema> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(schema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The columns of a layout's text; none where it has not the shape of one. */
export function layoutColumnsOf(text: string): readonly WrittenColumn[] {
  return readWritten(text)?.columns ?? [];
}
