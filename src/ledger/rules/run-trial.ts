import { type ActionContext, createOrderTask, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getRulesTexts } from '#common-base/municipalities';
import { eachPage, listPeoplePages } from '#ledger/vaccinations';
import type { Clock } from '#platform/clock';
import { type RunHandle, type RunNote, RunStopped, type TaskList } from '#platform/jobs';
import { getAppUrl, withMunicipality } from '#platform/postgres';
import { parseRules } from '#schedule';
import { ChangeCounts } from './count-changes.ts';
import { createComparer } from './derive-changes.ts';
import { trialPath } from './pages/paths.ts';
import { trialTask } from './start-trial.ts';
import { clearTrial, findTrialOfRun, finishTrial } from './store.ts';
import type { TrialThreadData } from './trial-thread.ts';
import { type TrialPage, type TrialPageCounts, tryPage } from './try-page.ts';
import type { RuleTrial } from './types.ts';

/** Nobody reads a longer list; the counts are of everybody all the same. */
const listedAtMost = 20_000;

/**
 * The worker's task `rules.try`: compares everybody by both rule sets on behalf of whoever began the trial. Run again
 * after a crash it counts anew; a trial that was counted already is left alone, one that was taken away stops.
 */
export function createTrialTask(clock: Clock): TaskList {
  return {
    [trialTask]: createOrderTask(clock, async ({ action, handle }) => {
      const { db, actor } = action;
      requirePermission(actor, 'rules.try');
      const trial = await withMunicipality(db, actor.lgCode, (tx) => findTrialOfRun(tx, handle.runId));
      if (trial === undefined) throw new RunStopped('the trial was taken away');
      if (trial.result !== null) return noteOf(trial.trialId, trial.result);
      const totals = await countTrial(action, trial, handle);
      const { counts, ...figures } = totals;
      await withMunicipality(db, actor.lgCode, async (tx) => {
        await finishTrial(tx, trial.trialId, counts.list(), figures);
        await recordAct(tx, actor, { act: 'rules.tried', details: { trial: trial.trialId, ...figures } });
      });
      return noteOf(trial.trialId, figures);
    }),
  };
}

function noteOf(trialId: number, { people, affected }: Pick<TrialTotals, 'people' | 'affected'>): RunNote {
  return { next: trialPath(trialId), people, affected };
}

interface TrialTotals {
  people: number;
  affected: number;
  listed: number;
  readonly counts: ChangeCounts;
}

async function countTrial(action: ActionContext, trial: RuleTrial, handle: RunHandle): Promise<TrialTotals> {
  const { db } = action;
  const { lgCode } = action.actor;
  const { trialId, asOf } = trial;
  const { base, plan } = await withMunicipality(db, lgCode, async (tx) => {
    await clearTrial(tx, trialId);
    return { base: await getRulesTexts(tx, trial.baseVersion), plan: await listPeoplePages(tx) };
  });
  const proposed = new Map([...base, ...trial.texts]);
  const compare = createComparer(parseRules(base), parseRules(proposed), asOf);
  const data: TrialThreadData = { appUrl: getAppUrl(db), lgCode, trialId, asOf, base, proposed };
  const totals: TrialTotals = { people: 0, affected: 0, listed: 0, counts: new ChangeCounts() };
  let looked = 0;
  await handle.report({ done: 0, total: plan.people });
  await eachPage<TrialPage, TrialPageCounts>(plan.pages, {
    entry: new URL('trial-thread.ts', import.meta.url),
    data,
    inputOf: (range) => ({ ...range, isListing: totals.listed < listedAtMost }),
    here: (page) => withMunicipality(db, lgCode, (tx) => tryPage(tx, compare, trial, page)),
    onPage: async (page) => {
      totals.people += page.people;
      totals.affected += page.affected;
      totals.listed += page.listed;
      totals.counts.addAll(page.counts);
      looked += page.looked;
      action.onProgress?.(looked, plan.people);
    },
  });
  return totals;
}
