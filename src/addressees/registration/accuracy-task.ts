import { countAccuracy } from '#addressees/persons';
import { createOrderTask, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Clock, todayInTokyo } from '#platform/clock';
import type { TaskList } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { accuracyPath } from './pages/paths.ts';

/** The worker's task that counts what the check of accuracy and freshness finds. */
export const accuracyTask = 'registration.countAccuracy';

/** Counting the register for its periodic check (AD-21): one transaction, so that a stop keeps the count before. */
export function createAccuracyTasks(clock: Clock): TaskList {
  return {
    [accuracyTask]: createOrderTask(clock, async ({ action }) => {
      const { actor, db, onProgress } = action;
      requirePermission(actor, 'persons.register');
      const at = { now: clock.now(), asOf: todayInTokyo(clock) };
      const { people, found } = await withMunicipality(db, actor.lgCode, async (tx) => {
        const counted = await countAccuracy(tx, actor, at, onProgress);
        const details = { count: counted.countId, people: counted.people, ...counted.found };
        await recordAct(tx, actor, { act: 'persons.accuracyCounted', details });
        return counted;
      });
      return { next: accuracyPath, people, found: Object.values(found).reduce((sum, count) => sum + count, 0) };
    }),
  };
}
