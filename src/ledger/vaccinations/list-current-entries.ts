import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { loadEntries } from './read-entries.ts';
import { loadHistories } from './store.ts';
import type { LedgerEntry } from './types.ts';

/** The entries that hold now of a person and the records linked with it, by the day, with all their items. */
export async function listCurrentEntries(tx: Tx, personId: PersonId): Promise<LedgerEntry[]> {
  const doses = (await loadHistories(tx, [personId])).get(personId) ?? [];
  const entries = await loadEntries(
    tx,
    doses.map(({ entryId }) => entryId),
  );
  return doses.flatMap(({ entryId }) => entries.get(entryId) ?? []);
}
