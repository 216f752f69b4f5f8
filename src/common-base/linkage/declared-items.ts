import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { UnreadableInput } from '#kernel';
import type { Layout } from './types.ts';

/** The file of a municipality's item catalogue. */
export const declaredItemsPath = 'items.json';

const schema = Type.Object(
  { declared: Type.Record(Type.String(), Type.Array(Type.String())) },
  { additionalProperties: false },
);

/**
 * Holds a layout to the municipality's item catalogue (`items.json`): an item that its 評価書 does not declare is read
 * by no feed, and so is never stored. A layout that the catalogue does not name takes nothing in. Without a catalogue
 * (undefined) every item of the layout is taken. Throws UnreadableInput with all items that are too many.
 */
export function requireDeclared(layout: Layout, catalogue: string | undefined): Layout {
  if (catalogue === undefined) return layout;
  const declared = new Set(readCatalogue(catalogue)[layout.name] ?? []);
  const more = layout.columns.filter((column) => column.type !== 'skip' && !declared.has(column.key));
  if (more.length === 0) return layout;
  const names = more.map(({ name, key }) => `${name}（${key}）`).join('、');
  throw new UnreadableInput(
    `レイアウト「${layout.title}」(${layout.name})に、項目の一覧 ${declaredItemsPath} にない項目があります: ${names}。評価書で届け出ている項目なら一覧に加え、届け出ていない項目なら、並びで "type": "skip" にして読み飛ばしてください。何も取り込んでいません。`,
  );
}

function readCatalogue(text: string): Readonly<Record<string, readonly string[]>> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new UnreadableInput(`${declaredItemsPath} が JSON として読めません。`);
  }
  if (Value.Check(schema, read)) return read.declared;
  throw new UnreadableInput(`${declaredItemsPath} の形が違います（docs/guides/settings.md）。`);
}
