import { asJob } from '#common-base/access';
import type { LgCode } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import type { Job, ScheduledTask } from '#platform/jobs';
import type { RuleSet } from '#schedule';
import type { NoticeLibrary } from './library.ts';
import { makePlannedCohorts, monthToMake } from './plan-year.ts';

/** The worker's task that makes the cohorts which the year plan asks for now. */
export const planTask = 'notices.makePlanned';

/** What the worker lends to the plan. */
export interface PlanTools {
  readonly clock: Clock;
  readonly library: NoticeLibrary;
  rulesOf(lgCode: LgCode): Promise<RuleSet>;
}

/** Makes what the plan asks for now; asked for on the screen, or every night. */
export function createPlanTask(tools: PlanTools): (job: Pick<Job, 'db' | 'lgCode' | 'log'>) => Promise<void> {
  return async ({ db, lgCode, log }) => {
    const actor = await asJob(db, lgCode, { job: planTask, startedBy: null, name: '自動作成(年間計画)' });
    const library = { ...tools.library, rules: await tools.rulesOf(lgCode) };
    const context = { db, actor, clock: tools.clock, log, library };
    await makePlannedCohorts(context, monthToMake(todayInTokyo(tools.clock)));
  };
}

/** Every night at a quarter to one in Tokyo: the plan's cohorts, ready when the office opens. */
export function createNightlyPlan(tools: PlanTools): ScheduledTask {
  return { name: 'notices.plan', match: '45 15 * * *', run: createPlanTask(tools) };
}
