import type { Day, PersonId } from '#kernel';
import { loadFormHolders } from '#ledger/forms';
import type { Tx } from '#platform/postgres';
import type { StageKey } from './load-people.ts';
import { loadTold } from './message-store.ts';

/** Who was told the same by letter or electronically and may still act on it: person → doses. Nobody is told twice. */
export async function loadCalled(
  tx: Tx,
  { programme, stage, layoutId }: StageKey & { readonly layoutId: string },
  on: Day,
): Promise<ReadonlyMap<PersonId, ReadonlySet<number | null>>> {
  const letters = await loadFormHolders(tx, { programme, stage, on }, { letter: layoutId });
  const told = await loadTold(tx, { programme, stage, layoutId, on });
  const called = new Map<PersonId, ReadonlySet<number | null>>(letters);
  for (const [personId, doses] of told) called.set(personId, new Set([...(called.get(personId) ?? []), ...doses]));
  return called;
}
