import { asJob } from '#common-base/access';
import type { RuleBook } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { runForecast } from '#ledger/vaccinations';
import { type Clock, todayInTokyo } from '#platform/clock';
import { enqueue, type Job, listRuns, type NewsListener, RunStopped, type ScheduledTask } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';

/** The task that judges a municipality's whole population. */
export const forecastTask = 'forecast.run';

/** The task that hears news and asks for a forecast. */
export const forecastNewsTask = 'forecast.renew';

/** What makes a stored forecast old. */
export const forecastListener: NewsListener = {
  task: forecastNewsTask,
  topics: ['persons.imported', 'vaccinations.changed'],
};

const windowSecondsMin = 30;
const shareOfTime = 10;

/**
 * Asks for one forecast per window of time however much news there is. The window grows with the last forecast, so
 * that judging everybody takes at most a tenth of a machine's time.
 */
export function createForecastNewsTask(clock: Clock): (job: Job) => Promise<void> {
  return ({ db, lgCode }) =>
    withMunicipality(db, lgCode, async (tx) => {
      const [last] = await listRuns(tx, { kind: 'vaccinations.forecast', limit: 1 });
      const seconds = Number(last?.result?.['seconds'] ?? 0);
      const runAt = nextWindowEnd(clock.now(), Math.max(windowSecondsMin, seconds * shareOfTime));
      await enqueue(
        tx,
        forecastTask,
        { lgCode },
        { jobKey: `${forecastTask}:${lgCode}`, queue: queueOf(lgCode), runAt },
      );
    });
}

/** The end of the window that holds an instant: the same for all news in it, so that later news never puts it off. */
export function nextWindowEnd(at: Date, windowSeconds: number): Date {
  const windowMs = Math.ceil(windowSeconds) * 1000;
  return new Date((Math.floor(at.getTime() / windowMs) + 1) * windowMs);
}

/** Judges a municipality's population as of today; told to end, it stops between two pages and is run again. */
export function createForecastTask(clock: Clock, ruleBook: RuleBook): (job: Job) => Promise<void> {
  return ({ db, lgCode, log, signal }) => forecastOf({ db, lgCode, log, signal }, clock, ruleBook);
}

/** The forecast of the new day, at twenty past midnight in Tokyo. */
export function createDailyForecast(clock: Clock, ruleBook: RuleBook): ScheduledTask {
  return { name: 'forecast.daily', match: '20 15 * * *', run: (context) => forecastOf(context, clock, ruleBook) };
}

async function forecastOf(
  { db, lgCode, log, signal }: Pick<Job, 'db' | 'lgCode' | 'log' | 'signal'>,
  clock: Clock,
  ruleBook: RuleBook,
): Promise<void> {
  const actor = await asJob(db, lgCode, { job: forecastTask, startedBy: null });
  const onProgress = (): void => {
    if (signal.aborted) throw new RunStopped('the worker ends');
  };
  const rules = await ruleBook.rulesOf(lgCode);
  try {
    await runForecast({ db, actor, clock, log, onProgress }, { rules, asOf: todayInTokyo(clock) });
  } catch (error) {
    // Stopped by somebody on the screen: the next news or night goes on. A worker that ends gives the job back.
    if (!(error instanceof RunStopped) || signal.aborted) throw error;
  }
}

function queueOf(lgCode: LgCode): string {
  return `forecast:${lgCode}`;
}
