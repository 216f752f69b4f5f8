import type { Day, PersonId } from '#kernel';
import { loadFormHolders } from '#ledger/forms';
import type { Tx } from '#platform/postgres';
import type { StageKey } from './load-people.ts';
import { loadTold } from './message-store.ts';
import { overLinkedRecords } from './over-linked-records.ts';

type Doses = ReadonlySet<number | null>;

/**
 * Who was told the same by letter or electronically, under any linked record, and may still act on it: person → doses, of
 * some people or of all. Nobody is told twice.
 */
export async function loadCalled(
  tx: Tx,
  { programme, stage, layoutId }: StageKey & { readonly layoutId: string },
  on: Day,
  personIds?: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, Doses>> {
  const load = async (records: readonly PersonId[] | undefined): Promise<ReadonlyMap<PersonId, Doses>> => {
    const letters = await loadFormHolders(tx, { programme, stage, on }, { letter: layoutId }, records);
    const told = await loadTold(tx, { programme, stage, layoutId, on }, records);
    const called = new Map<PersonId, Doses>(letters);
    for (const [personId, doses] of told) called.set(personId, union(called.get(personId) ?? new Set(), doses));
    return called;
  };
  return overLinkedRecords(tx, personIds, load, union);
}

function union(a: Doses, b: Doses): Doses {
  return new Set([...a, ...b]);
}
