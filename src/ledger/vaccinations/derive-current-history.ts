import type { EntryId } from '#kernel';

/** What the derivation of the current history needs to know of an entry. */
export interface EntryLink {
  readonly entryId: EntryId;
  readonly kind: 'entry' | 'correction' | 'retraction';
  readonly replaces: EntryId | null;
}

/** An entry that holds now, and the entry at the start of its chain of corrections. */
export interface CurrentEntry<Entry extends EntryLink = EntryLink> {
  readonly entry: Entry;
  readonly originEntryId: EntryId;
}

/**
 * The current history of one person: every entry or correction that nothing replaced. The order of the input never
 * matters, and a retraction ends its chain.
 */
export function deriveCurrentHistory<Entry extends EntryLink>(entries: readonly Entry[]): CurrentEntry<Entry>[] {
  const byId = new Map(entries.map((entry) => [entry.entryId, entry]));
  const replaced = new Set(entries.flatMap((entry) => (entry.replaces === null ? [] : [entry.replaces])));
  return entries
    .filter((entry) => entry.kind !== 'retraction' && !replaced.has(entry.entryId))
    .map((entry) => ({ entry, originEntryId: originOf(entry, byId) }))
    .sort((a, b) => a.entry.entryId - b.entry.entryId);
}

/** Follows the chain to its start; an entry whose predecessor is not among the input is its own start. */
function originOf<Entry extends EntryLink>(entry: Entry, byId: ReadonlyMap<EntryId, Entry>): EntryId {
  let start = entry;
  for (let steps = byId.size; start.replaces !== null && steps > 0; steps -= 1) {
    const before = byId.get(start.replaces);
    if (before === undefined) break;
    start = before;
  }
  return start.entryId;
}
