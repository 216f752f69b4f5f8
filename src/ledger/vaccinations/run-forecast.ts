import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Day, formatIsoDay } from '#kernel';
import { type RunHandle, withRun } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { nameStages } from './forecast/derive-answer.ts';
import { takePages } from './forecast/each-page.ts';
import { forecastPage } from './forecast/forecast-page.ts';
import { type ForecastSums, finishForecasts } from './forecast/forecast-store.ts';
import { openJudges } from './forecast/open-judges.ts';
import { listStalePages } from './forecast/read-people.ts';

/** The figures of a forecast of the whole population. */
export interface ForecastResult extends ForecastSums {
  /** Of whom something was new: the others' forecasts still held. */
  readonly judged: number;
  readonly seconds: number;
  readonly peoplePerSecond: number;
}

interface ForecastOptions {
  readonly rules: RuleSet;
  readonly asOf: Day;
}

/**
 * Judges everybody of whom something is new (facts, rules, or a day that may change the answer) and stores what is due
 * as a cache. Pages are transactions of their own and what holds is passed over, so that a forecast that was stopped or
 * killed goes on, and a nightly one is short. Its progress is shown among the runs, where it can be stopped.
 */
export async function runForecast(context: ActionContext, options: ForecastOptions): Promise<ForecastResult> {
  const { actor, db } = context;
  requirePermission(actor, 'forecast.run');
  const run = { kind: 'vaccinations.forecast', label: '接種予定の計算', startedBy: actor.staffId };
  return withRun(db, actor.lgCode, run, async (handle) => {
    const startedAt = performance.now();
    const judged = await judgeStale(context, options, handle);
    const sums = await finish(context, options, judged);
    const seconds = (performance.now() - startedAt) / 1000;
    const peoplePerSecond = Math.round(sums.people / Math.max(seconds, 0.001));
    const value = { ...sums, judged, seconds: Math.round(seconds * 1000) / 1000, peoplePerSecond };
    return { value, result: { ...value } };
  });
}

/** Everybody of whom something is new, page by page; answers how many they were. */
async function judgeStale(
  { actor, db, onProgress }: ActionContext,
  { rules, asOf }: ForecastOptions,
  handle: RunHandle,
): Promise<number> {
  const { lgCode } = actor;
  const frame = { asOf, rulesVersion: rules.version };
  const { pages, people } = await withMunicipality(db, lgCode, (tx) => listStalePages(tx, frame));
  const judges = openJudges(rules, asOf, pages.length);
  const tools = { frame, judges, stageNames: nameStages(rules) };
  let judged = 0;
  let looked = 0;
  try {
    await handle.report({ done: 0, total: people });
    await takePages(pages, judges.pagesAtOnce, async (range) => {
      const page = await forecastPage(db, lgCode, tools, range);
      judged += page.judged;
      looked += page.looked;
      onProgress?.(looked, people);
      await handle.report({ done: looked });
    });
  } finally {
    await judges.close();
  }
  return judged;
}

function finish(context: ActionContext, { rules, asOf }: ForecastOptions, judged: number): Promise<ForecastSums> {
  const { actor, db } = context;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const sums = await finishForecasts(tx, { asOf, rulesVersion: rules.version });
    const details = { asOf: formatIsoDay(asOf), rules: rules.version, judged, ...sums };
    await recordAct(tx, actor, { act: 'vaccinations.forecast', details });
    return sums;
  });
}
