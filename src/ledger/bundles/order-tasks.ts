import { createOrderTask } from '#common-base/access';
import { Conflict, type LgCode } from '#kernel';
import { batchPath } from '#ledger/intake';
import type { Clock } from '#platform/clock';
import type { TaskList } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { handOverBundle } from './hand-over.ts';
import { findBundle } from './store.ts';

/** The long work of this room, which a page asks the worker for. */
export const handOverTask = 'bundles.handOver';

/** What the worker lends to the task. */
export interface BundleTaskTools {
  readonly clock: Clock;
  readonly rulesOf: (lgCode: LgCode) => Promise<RuleSet>;
}

/** Handing the typed forms of a bundle to intake. Tried again after a crash, it may be done already. */
export function createBundleTasks({ clock, rulesOf }: BundleTaskTools): TaskList {
  return {
    [handOverTask]: createOrderTask(clock, async ({ action, params, handle, attempt }) => {
      const { db, actor } = action;
      const asked = { bundleId: Number(params['bundle']), version: Number(params['version']) };
      try {
        const { batchId } = await handOverBundle(action, { ...asked, rules: await rulesOf(actor.lgCode), run: handle });
        return { next: batchPath(batchId) };
      } catch (error) {
        if (attempt === 1 || !(error instanceof Conflict)) throw error;
        const bundle = await withMunicipality(db, actor.lgCode, (tx) => findBundle(tx, asked.bundleId));
        if (bundle === undefined || bundle.batchId === null) throw error;
        return { next: batchPath(bundle.batchId) };
      }
    }),
  };
}
