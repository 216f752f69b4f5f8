import { loadItemCatalogue, refuseUndeclared } from '#common-base/linkage';
import type { Tx } from '#platform/postgres';
import { type RecordItemKey, type RecordItems, recordItems } from './record-items.ts';

/** The item of the municipality's catalogue (CB-15) that a record item is. */
function catalogueItemOf(key: RecordItemKey): string {
  return `doses.${key}`;
}

/** Throws Conflict where records are to be written with items that the municipality may not hold. */
export async function requireHeldItems(tx: Tx, records: readonly RecordItems[]): Promise<void> {
  const filled = new Set(
    records.flatMap((items) => recordItems.flatMap(({ key }) => ((items[key] ?? '') === '' ? [] : [key]))),
  );
  refuseUndeclared(await loadItemCatalogue(tx), [...filled].map(catalogueItemOf));
}

/** The record items that the municipality may hold. */
export async function listHeldItems(tx: Tx): Promise<ReadonlySet<RecordItemKey>> {
  const { mayHold } = await loadItemCatalogue(tx);
  return new Set(recordItems.flatMap(({ key }) => (mayHold(catalogueItemOf(key)) ? [key] : [])));
}
