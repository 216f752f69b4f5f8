import type { Day, LgCode } from '#kernel';
import { createLog } from '#platform/log';
import { openPools } from '#platform/postgres';
import { serveThread } from '#platform/threads';
import { parseRules } from '#schedule';
import { createForecaster } from './derive-answer.ts';
import { forecastPage } from './forecast-page.ts';
import type { PeopleRange } from './read-people.ts';

/** What a thread of a forecast is prepared with. */
export interface ForecastThreadData {
  readonly appUrl: string;
  readonly lgCode: LgCode;
  readonly asOf: Day;
  /** The tables of the rules by file. */
  readonly rules: ReadonlyMap<string, string>;
}

/** One thread of a forecast: pages of people in, how many were judged out, on a connection of its own. */
await serveThread(async ({ appUrl, lgCode, asOf, rules: texts }: ForecastThreadData) => {
  const rules = parseRules(texts);
  const forecaster = createForecaster(rules, asOf);
  const db = openPools({ app: appUrl }, createLog('forecast', 'warn'), { app: 1, vault: 1, disposal: 1, read: 1 });
  const frame = { asOf, rulesVersion: rules.version };
  return (range: PeopleRange) => forecastPage(db, lgCode, forecaster, frame, range);
});
