import { createOrderTask, type OrderedTask } from '#common-base/access';
import { type LgCode, parseIsoDay } from '#kernel';
import type { Clock } from '#platform/clock';
import type { RunNote, TaskList } from '#platform/jobs';
import type { RuleSet } from '#schedule';
import { type KeptNarrowing, narrowingJson, readNarrowing } from './cohort-store.ts';
import { createCohort, previewCohort } from './create-cohort.ts';
import type { NoticeContext, NoticeLibrary } from './library.ts';
import type { CohortNarrowing } from './narrow-people.ts';
import { cohortCountedPath, cohortPath } from './pages/paths.ts';
import type { CohortConditions } from './types.ts';

/** The long work on cohorts, which pages ask the worker for. */
export const cohortTask = { count: 'notices.countCohort', create: 'notices.createCohort' } as const;

/** What the worker lends to these tasks. */
export interface CohortTaskTools {
  readonly clock: Clock;
  readonly library: NoticeLibrary;
  readonly rulesOf: (lgCode: LgCode) => Promise<RuleSet>;
}

/** Counting whom a cohort would call, and freezing it: each judges the whole population, page by page. */
export function createCohortTasks({ clock, library, rulesOf }: CohortTaskTools): TaskList {
  const contextOf = async ({ action }: OrderedTask): Promise<NoticeContext> => ({
    ...action,
    library: { ...library, rules: await rulesOf(action.actor.lgCode) },
  });
  return {
    [cohortTask.count]: createOrderTask(clock, async (task) => {
      const { included, excluded, reasons } = await previewCohort(await contextOf(task), readConditions(task.params));
      const counts = { people: included + excluded, included, excluded, reasons: JSON.stringify(reasons) };
      return { ...task.params, ...counts, next: cohortCountedPath(task.handle.runId) };
    }),
    [cohortTask.create]: createOrderTask(clock, async (task) => {
      const context = await contextOf(task);
      const { params, handle } = task;
      const request = { label: String(params['label']), conditions: readConditions(params), runId: handle.runId };
      const { cohortId, included, excluded } = await createCohort(context, request);
      return { people: included + excluded, included, next: cohortPath(cohortId) };
    }),
  };
}

/** The conditions as they stand in an order. */
export function noteConditions(
  label: string,
  conditions: CohortConditions,
  days: { asOf: string; dueBy: string },
): RunNote {
  const { programme, stage, layoutId } = conditions;
  const narrowing = JSON.stringify(narrowingJson(conditions.narrowing ?? {}));
  return { label, programme, stage, layoutId, narrowing, ...days };
}

/** The conditions beside the law as they stand in an order or in what came of it. */
export function notedNarrowing(params: RunNote): CohortNarrowing {
  return readNarrowing(JSON.parse(String(params['narrowing'] ?? '{}')) as KeptNarrowing);
}

function readConditions(params: RunNote): CohortConditions {
  const text = (name: string) => String(params[name]);
  return {
    ...{ programme: text('programme'), stage: text('stage'), layoutId: text('layoutId') },
    ...{ asOf: parseIsoDay(text('asOf')), dueBy: parseIsoDay(text('dueBy')) },
    narrowing: notedNarrowing(params),
  };
}
