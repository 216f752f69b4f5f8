import type { LgCode } from '#kernel';
import { deliverToIntake, exchangeWithClinics } from '#ledger/clinic-exchange';
import { fixedClock } from '#platform/clock';
import { openSystemKey } from '#platform/exchange';
import { createLog } from '#platform/log';
import { openPools } from '#platform/postgres';
import { openTestCluster } from '../../support/database.ts';
import { checkoutRules } from '../../support/demonstration.ts';
import { intakeContext } from '../../support/intake.ts';
import { answerQuestions } from './worker-of-rounds.ts';

/** What the office's worker is asked for: a round with the clinics, or a batch of 受付 out of what arrived. */
export type OfficeWork = 'exchange' | 'deliver';

/** The office's worker on the test database and the home of its arguments, until it is killed. Answers how much it did. */
const [name = '', home = '', lgCode = ''] = process.argv.slice(2);
const cluster = await openTestCluster();
const db = openPools(cluster.urls(name), createLog('test', 'fatal'));
const clock = fixedClock('2026-11-24T10:00:00+09:00');
const key = await openSystemKey(home);
const context = { ...intakeContext(db, lgCode as LgCode), clock };
const rules = await checkoutRules();

answerQuestions(async ({ work }: { readonly work: OfficeWork }): Promise<number> => {
  if (work === 'deliver') return (await deliverToIntake(context, { rules })).delivered;
  const done = await exchangeWithClinics({ db, clock, key }, lgCode as LgCode);
  return done === undefined ? -1 : done.tickets + done.records;
});
