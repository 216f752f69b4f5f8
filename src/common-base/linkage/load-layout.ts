import { findSettings } from '#common-base/municipalities';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';
import { declaredItemsPath, requireDeclared } from './declared-items.ts';
import { findKeptLayout } from './kept-layouts.ts';
import { parseLayout } from './parse-layout.ts';
import { findStandardLayout } from './standard-layouts.ts';
import type { Layout } from './types.ts';

/**
 * The municipality's layout of that name (`layouts/<name>.json` of its settings as last loaded, else the one kept on a
 * screen, else the one that comes with the program), with its code tables; an unknown name throws UnreadableInput, and so
 * does a layout with items that the municipality's catalogue does not declare.
 */
export async function loadLayout(tx: Tx, name: string): Promise<Layout> {
  return await readLayout(tx, name, await getLayoutText(tx, name));
}

/** What is written of a layout; an unknown name throws UnreadableInput. */
export async function getLayoutText(tx: Tx, name: string): Promise<string> {
  const text = await findLayoutText(tx, name);
  if (text !== undefined) return text;
  throw new UnreadableInput(
    `レイアウト「${name}」が設定にありません。設定フォルダの layouts/ にあるファイル名(.json を除く)か、画面で登録した並びの名前を指定してください。`,
  );
}

/** What is written of a layout: the municipality's own, else one kept on a screen, else the one of the program. */
export async function findLayoutText(tx: Tx, name: string): Promise<string | undefined> {
  if (!/^[a-z0-9-]+$/u.test(name)) return undefined;
  return (
    (await findSettings(tx, `layouts/${name}.json`)) ??
    (await findKeptLayout(tx, name))?.text ??
    (await findStandardLayout(name))
  );
}

/** A layout as written, with the code tables of the municipality; a fault throws UnreadableInput with its place. */
export async function readLayout(tx: Tx, name: string, text: string): Promise<Layout> {
  const tables = new Map<string, string>();
  for (const [, path] of text.matchAll(/"codesFile"\s*:\s*"([^"]+)"/gu)) {
    const table = path === undefined || tables.has(path) ? undefined : await findSettings(tx, path);
    if (path !== undefined && table !== undefined) tables.set(path, table);
  }
  const layout = parseLayout(text, name, (path) => tables.get(path));
  const isOurs = text === (await findStandardLayout(name));
  return requireDeclared(layout, await findSettings(tx, declaredItemsPath), isOurs);
}
