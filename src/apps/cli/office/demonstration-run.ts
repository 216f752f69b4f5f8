import type { LgCode } from '#kernel';
import { listRuns } from '#platform/jobs';
import { type Database, withMunicipality } from '#platform/postgres';

/** The kind of the run under which the demonstration is loaded, once. */
export const demonstrationRunKind = 'demonstration.load';

/** Whether the demonstration's data are in: asked before what loads them is itself loaded. */
export async function isDemonstrationLoaded(db: Database, lgCode: LgCode): Promise<boolean> {
  const [last] = await withMunicipality(db, lgCode, (tx) => listRuns(tx, { kind: demonstrationRunKind, limit: 1 }));
  return last?.state === 'done';
}
