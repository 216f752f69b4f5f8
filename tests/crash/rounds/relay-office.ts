import { exchangeWithIntermediate } from '#addressees/numbers';
import type { LgCode } from '#kernel';
import { carryProvisions } from '#ledger/history-inquiries';
import { openSystemKey } from '#platform/exchange';
import { createLog } from '#platform/log';
import { openPools } from '#platform/postgres';
import { openTestCluster } from '../../support/database.ts';
import { testKeyWrapper } from '../../support/numbers.ts';
import { answerQuestions } from './worker-of-rounds.ts';

/**
 * The office's worker with the intermediate server on the test database and the home of its arguments, until it is killed.
 * It works at the instant it is told; answers how much went out and came in, -1 where another worker has the turn.
 */
const [name = '', home = '', lgCode = ''] = process.argv.slice(2);
const cluster = await openTestCluster();
const db = openPools(cluster.urls(name), createLog('test', 'fatal'));
const key = await openSystemKey(home);

answerQuestions(async ({ at }: { readonly at: string }): Promise<number> => {
  const clock = { now: () => new Date(at) };
  const context = { db, clock, keyWrapper: testKeyWrapper, key };
  const round = await exchangeWithIntermediate(context, lgCode as LgCode);
  if (round === undefined) return -1;
  await carryProvisions({ db, clock }, lgCode as LgCode);
  const last = await exchangeWithIntermediate(context, lgCode as LgCode);
  return round.sent + round.received + (last === undefined ? 0 : last.sent + last.received);
});
