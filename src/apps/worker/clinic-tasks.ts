import { asJob } from '#common-base/access';
import { listMunicipalities, type RuleBook } from '#common-base/municipalities';
import {
  clinicNewsTask,
  deliverToIntake,
  exchangeWithClinics,
  hearNews,
  markAllHolders,
} from '#ledger/clinic-exchange';
import { type Clock, todayInTokyo } from '#platform/clock';
import type { SystemKey } from '#platform/exchange';
import type { RepeatedTask, ScheduledTask, TaskList } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';

const exchangeEveryMs = 5000;

/** Hears what the clinics' system should be told of. */
export const clinicTasks: TaskList = {
  [clinicNewsTask]: ({ db, lgCode, payload }) => {
    const ids = Array.isArray(payload['ids']) ? payload['ids'].map(String) : [];
    return withMunicipality(db, lgCode, (tx) => hearNews(tx, String(payload['topic']), ids));
  },
};

/** Exchanges with every municipality's clinics; one that fails is noted on its page and tried again next time. */
export function createClinicExchange(clock: Clock, key: SystemKey): RepeatedTask {
  return {
    name: 'clinics.exchange',
    everyMs: exchangeEveryMs,
    async run({ db, log, signal }) {
      for (const { lgCode } of await listMunicipalities(db)) {
        if (signal.aborted) return;
        await exchangeWithClinics({ db, clock, key, signal }, lgCode).catch((error: unknown) =>
          log.warn({ err: error, lgCode }, 'the exchange with the clinics failed; trying again'),
        );
      }
    },
  };
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
