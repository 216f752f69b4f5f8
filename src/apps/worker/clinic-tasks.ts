import { asJob } from '#common-base/access';
import type { RuleBook } from '#common-base/municipalities';
import {
  clinicNewsTask,
  deliverToIntake,
  exchangeWithClinics,
  hearNews,
  listClinicWork,
  markAllHolders,
} from '#ledger/clinic-exchange';
import { type Clock, todayInTokyo } from '#platform/clock';
import type { SystemKey } from '#platform/exchange';
import type { RepeatedTask, ScheduledTask, TaskList } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { createRounds } from './rounds.ts';

/** Hears what the clinics' system should be told of. */
export const clinicTasks: TaskList = {
  [clinicNewsTask]: ({ db, lgCode, payload }) => {
    const ids = Array.isArray(payload['ids']) ? payload['ids'].map(String) : [];
    return withMunicipality(db, lgCode, (tx) => hearNews(tx, String(payload['topic']), ids));
  },
};

/** Turns of five seconds that the clinics' system is not asked what clinics recorded, at most. */
const restMax = 3;

/** Exchanges with every municipality's clinics; one that fails is noted on its page and tried again next time. */
export function createClinicExchange(clock: Clock, key: SystemKey): RepeatedTask {
  return createRounds({
    name: 'clinics.exchange',
    restMax,
    list: ({ db }) => listClinicWork(db),
    async run({ db, signal }, { lgCode }) {
      const done = await exchangeWithClinics({ db, clock, key, signal }, lgCode);
      return done !== undefined && done.tickets + done.records > 0;
    },
  });
}

/** Ten past midnight in Tokyo: the day's records are closed and go to 受付, and days alone may have changed who may be called. */
export function createClinicDayEnd(clock: Clock, ruleBook: RuleBook): ScheduledTask {
  return {
    name: 'clinics.dayEnd',
    match: '10 15 * * *',
    async run({ db, lgCode, log }) {
      await withMunicipality(db, lgCode, markAllHolders);
      const actor = await asJob(db, lgCode, { job: 'clinics.dayEnd', startedBy: null });
      const options = { rules: await ruleBook.rulesOf(lgCode), closedBefore: todayInTokyo(clock) };
      for (;;) {
        const { batchId } = await deliverToIntake({ db, actor, clock, log }, options);
        if (batchId === null) return;
      }
    },
  };
}
