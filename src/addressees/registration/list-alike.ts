import type { Alike } from '#addressees/matching';
import { listPersonSummaries } from '#addressees/persons';
import type { Day } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { ListedAlike } from './pages/alike-columns.ts';

/** Records that may be the same person's as a list shows them; who is on no record any more is left out. */
export async function listAlike(tx: Tx, alike: readonly Alike[], on: Day): Promise<ListedAlike[]> {
  const ids = alike.map(({ personId }) => personId);
  const summaries = new Map((await listPersonSummaries(tx, ids, on)).map((each) => [each.personId, each]));
  return alike.flatMap(({ personId, score, reasons }) => {
    const summary = summaries.get(personId);
    return summary === undefined ? [] : [{ score, reasons, summary }];
  });
}
