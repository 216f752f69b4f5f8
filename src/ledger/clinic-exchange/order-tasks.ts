import { createOrderTask } from '#common-base/access';
import type { LgCode } from '#kernel';
import { batchPath } from '#ledger/intake';
import type { Clock } from '#platform/clock';
import type { TaskList } from '#platform/jobs';
import type { RuleSet } from '#schedule';
import { deliverToIntake } from './deliver-to-intake.ts';
import { clinicsPath } from './pages/paths.ts';

/** The long work of this room, which a page asks the worker for. */
export const deliverTask = 'clinics.deliver';

/** What the worker lends to the task. */
export interface DeliverTaskTools {
  readonly clock: Clock;
  readonly rulesOf: (lgCode: LgCode) => Promise<RuleSet>;
}

/** Making a batch of 受付 out of the records that arrived; a delivery that a kill left goes on. */
export function createDeliverTasks({ clock, rulesOf }: DeliverTaskTools): TaskList {
  return {
    [deliverTask]: createOrderTask(clock, async ({ action, handle }) => {
      const rules = await rulesOf(action.actor.lgCode);
      const { batchId, delivered } = await deliverToIntake(action, { rules, run: handle });
      return { next: batchId === null ? clinicsPath : batchPath(batchId), delivered };
    }),
  };
}
