import { asJob, NotPermitted, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getRulesTexts } from '#common-base/municipalities';
import type { StaffId } from '#kernel';
import { eachPage, listPeoplePages } from '#ledger/vaccinations';
import { continueRun, finishRun, getRun, type Job, type RunHandle, RunStopped, resumeRun } from '#platform/jobs';
import { getAppUrl, withMunicipality } from '#platform/postgres';
import { parseRules } from '#schedule';
import { ChangeCounts } from './count-changes.ts';
import { createComparer } from './derive-changes.ts';
import { trialTask } from './start-trial.ts';
import { clearTrial, findTrial, finishTrial } from './store.ts';
import type { TrialThreadData } from './trial-thread.ts';
import { type TrialPage, type TrialPageCounts, tryPage } from './try-page.ts';
import type { RuleTrial } from './types.ts';

/** Nobody reads a longer list; the counts are of everybody all the same. */
const listedAtMost = 20_000;

/**
 * The worker's task `rules.try`: compares everybody by both rule sets on behalf of whoever began the trial. Run again
 * after a crash it counts anew; a trial that was taken away, stopped or is done already is left alone.
 */
export async function runTrialTask(job: Pick<Job, 'db' | 'lgCode' | 'payload' | 'signal'>): Promise<void> {
  const { db, lgCode, signal } = job;
  const trialId = Number(job.payload['trialId']);
  const found = await withMunicipality(db, lgCode, async (tx) => {
    const trial = await findTrial(tx, trialId);
    return trial === undefined ? undefined : { trial, run: await getRun(tx, trial.runId) };
  });
  if (found === undefined || found.trial.result !== null) return;
  if (found.run.state === 'stopped') return;
  const { trial } = found;
  if (found.run.state !== 'running') await withMunicipality(db, lgCode, (tx) => resumeRun(tx, trial.runId));
  try {
    const actor = await asJob(db, lgCode, { job: trialTask, startedBy: trial.startedBy as StaffId | null });
    requirePermission(actor, 'rules.try');
    await continueRun(db, lgCode, trial.runId, async (handle) => {
      const totals = await countTrial(job, trial, handle);
      const { counts, ...figures } = totals;
      await withMunicipality(db, lgCode, async (tx) => {
        await finishTrial(tx, trialId, counts.list(), figures);
        await recordAct(tx, actor, { act: 'rules.tried', details: { trial: trialId, ...figures } });
      });
      return { value: undefined, result: { people: figures.people, affected: figures.affected } };
    });
  } catch (error) {
    // Stopped by somebody on the screen: it is not to be taken up again. A worker that ends gives the job back.
    if (error instanceof RunStopped && !signal.aborted) return;
    if (signal.aborted) await withMunicipality(db, lgCode, (tx) => resumeRun(tx, trial.runId));
    if (!(error instanceof NotPermitted)) throw error;
    const message = '試算を始めた職員に権限がなくなったため、止めました。';
    await withMunicipality(db, lgCode, (tx) => finishRun(tx, trial.runId, { state: 'failed', message }));
  }
}

interface TrialTotals {
  people: number;
  affected: number;
  listed: number;
  readonly counts: ChangeCounts;
}

async function countTrial(
  { db, lgCode, signal }: Pick<Job, 'db' | 'lgCode' | 'signal'>,
  trial: RuleTrial,
  handle: RunHandle,
): Promise<TrialTotals> {
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
      if (signal.aborted) throw new RunStopped('the worker ends');
      totals.people += page.people;
      totals.affected += page.affected;
      totals.listed += page.listed;
      totals.counts.addAll(page.counts);
      looked += page.looked;
      await handle.report({ done: looked });
    },
  });
  return totals;
}
