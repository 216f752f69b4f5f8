import { findSettings } from '#common-base/municipalities';
import { Conflict } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type CatalogueItem, catalogueItems, type ItemSubject } from './catalogue-items.ts';
import { type DeclaredItem, declaredItemsPath, isUndeclaredKey, readItemsFile } from './declared-items.ts';

/** Which items a municipality may hold of whom, as its 評価書 declares (CB-15). */
export interface ItemCatalogue {
  /** A municipality without a list of items may hold every item that the system can. */
  readonly isLimited: boolean;
  /** Whether an item may be stored and shown; of whom, where the item tells subjects apart. */
  readonly mayHold: (item: string, subject?: ItemSubject) => boolean;
  /** Whether the field of a feed may be shown: one of the items that it may be is declared, or it is none. */
  readonly mayShowField: (key: string) => boolean;
  /** The item in the 評価書's own words with its subjects; undefined where it is not declared. */
  readonly findDeclared: (item: string) => DeclaredItem | undefined;
  /** Keys that the list has and the system does not know: nothing holds them. */
  readonly strangers: readonly string[];
}

const loaded = new WeakMap<Tx, Promise<ItemCatalogue>>();

/** The catalogue in force when the transaction first asked: one transaction sees one list, and reads it once. */
export function loadItemCatalogue(tx: Tx): Promise<ItemCatalogue> {
  const known = loaded.get(tx) ?? readItemCatalogue(tx);
  loaded.set(tx, known);
  return known;
}

async function readItemCatalogue(tx: Tx): Promise<ItemCatalogue> {
  return createItemCatalogue(readItemsFile(await findSettings(tx, declaredItemsPath)).items);
}

/** The catalogue of a list; null is a municipality without one. Pure. */
function createItemCatalogue(declared: Readonly<Record<string, DeclaredItem>> | null): ItemCatalogue {
  const known = new Set(catalogueItems.map(({ item }) => item));
  return {
    isLimited: declared !== null,
    mayHold: (item, subject) => {
      if (declared === null || !known.has(item)) return true;
      const found = declared[item];
      if (found === undefined) return false;
      return subject === undefined || found.subjects === null || found.subjects.includes(subject);
    },
    mayShowField: (key) => declared === null || !isUndeclaredKey(key, declared),
    findDeclared: (item) => declared?.[item],
    strangers: Object.keys(declared ?? {}).filter((item) => !known.has(item)),
  };
}

/** Those of these items that may not be held. */
export function listUndeclared(
  catalogue: ItemCatalogue,
  items: readonly string[],
  subject?: ItemSubject,
): readonly CatalogueItem[] {
  const wanted = new Set(items);
  return catalogueItems.filter(({ item }) => wanted.has(item) && !catalogue.mayHold(item, subject));
}

/** Throws Conflict that names what of these items may not be stored; every hand that writes asks before. */
export function refuseUndeclared(catalogue: ItemCatalogue, items: readonly string[], subject?: ItemSubject): void {
  const more = listUndeclared(catalogue, items, subject);
  if (more.length === 0) return;
  const names = more.map(({ nameJa }) => `「${nameJa}」`).join('');
  throw new Conflict(
    `${names}は、この団体の評価書に書かれていないため登録できません。何も登録していません。空にして、もう一度送ってください。`,
  );
}
