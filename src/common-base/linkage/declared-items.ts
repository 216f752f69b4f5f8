import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { UnreadableInput } from '#kernel';
import { catalogueItems, type ItemSubject } from './catalogue-items.ts';
import type { Layout, LayoutColumn } from './types.ts';

/** The file of a municipality's item catalogue. */
export const declaredItemsPath = 'items.json';

/** An item as the 評価書 declares it. */
export interface DeclaredItem {
  /** The 評価書's own words. */
  readonly words: string;
  /** Of whom it may be held; null: of everybody. */
  readonly subjects: readonly ItemSubject[] | null;
}

/** What items.json says: the columns that each layout may bring, and the items that may be held; null where it says nothing. */
export interface ItemsFile {
  readonly layouts: Readonly<Record<string, readonly string[]>> | null;
  readonly items: Readonly<Record<string, DeclaredItem>> | null;
}

const schema = Type.Object(
  {
    declared: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
    items: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            words: Type.String({ minLength: 1 }),
            subjects: Type.Optional(Type.Array(Type.Union([Type.Literal('residents'), Type.Literal('nonRegistered')]))),
          },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

/**
 * Holds a layout to the municipality's item catalogue: an item that its 評価書 does not declare is read by no feed, and so
 * is never stored. A layout that the list of layouts does not name takes nothing in. Of a layout that comes with the program
 * (`isOurs`) such columns are passed over, since nobody here can change it. Throws UnreadableInput with all items that are
 * too many.
 */
export function requireDeclared(layout: Layout, catalogue: string | undefined, isOurs: boolean): Layout {
  const { layouts, items } = readItemsFile(catalogue);
  const named = layouts === null ? null : new Set(layouts[layout.name] ?? []);
  const isTooMuch = ({ key, type }: LayoutColumn): boolean =>
    type !== 'skip' && (named?.has(key) === false || (items !== null && isUndeclaredKey(key, items)));
  const more = layout.columns.filter(isTooMuch);
  if (more.length === 0) return layout;
  if (isOurs && more.every(({ isRequired }) => !isRequired)) {
    return { ...layout, columns: layout.columns.map((column) => (isTooMuch(column) ? skipped(column) : column)) };
  }
  const names = more.map(({ name, key }) => `${name}（${key}）`).join('、');
  throw new UnreadableInput(
    `レイアウト「${layout.title}」(${layout.name})に、項目の一覧 ${declaredItemsPath} にない項目があります: ${names}。評価書で届け出ている項目なら一覧に加え、届け出ていない項目なら、並びで "type": "skip" にして読み飛ばしてください。何も取り込んでいません。`,
  );
}

/** A column brings an undeclared item where every item that it may be is undeclared. */
export function isUndeclaredKey(key: string, items: Readonly<Record<string, DeclaredItem>>): boolean {
  const known = catalogueItems.filter(({ feedKeys }) => feedKeys.includes(key));
  return known.length > 0 && known.every(({ item }) => items[item] === undefined);
}

function skipped({ name, key, mayBeAbsent, emptyValues, zeroPadTo }: LayoutColumn): LayoutColumn {
  return { name, key, isRequired: false, mayBeAbsent, emptyValues, zeroPadTo, type: 'skip' };
}

/** Reads the text of items.json; undefined is a municipality without one. Throws UnreadableInput. */
export function readItemsFile(text: string | undefined): ItemsFile {
  if (text === undefined) return { layouts: null, items: null };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new UnreadableInput(`${declaredItemsPath} が JSON として読めません。`);
  }
  if (!Value.Check(schema, read)) {
    throw new UnreadableInput(`${declaredItemsPath} の形が違います（docs/guides/settings.md）。`);
  }
  const items = Object.entries(read.items ?? {}).map(
    ([item, { words, subjects }]) => [item, { words, subjects: subjects ?? null }] as const,
  );
  return { layouts: read.declared ?? null, items: read.items === undefined ? null : Object.fromEntries(items) };
}
