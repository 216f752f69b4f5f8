import { askResidentNetwork, enterApprovedNumbers, exchangeWithIntermediate } from '#addressees/numbers';
import { asJob } from '#common-base/access';
import { listMunicipalities } from '#common-base/municipalities';
import { carryInquiries, carryProvisions, historyNewsTask, raiseInquiries } from '#ledger/history-inquiries';
import { type Clock, todayInTokyo } from '#platform/clock';
import type { SystemKey } from '#platform/exchange';
import type { RepeatedTask, TaskList } from '#platform/jobs';
import type { KeyWrapper } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';

const exchangeEveryMs = 5000;

/** Hears of move-ins: each raises an inquiry of the former municipality. */
export function createHistoryTasks(clock: Clock): TaskList {
  return {
    [historyNewsTask]: async ({ db, lgCode }) => {
      const by = await asJob(db, lgCode, { job: 'histories.hear', startedBy: null });
      const now = { at: clock.now(), today: todayInTokyo(clock) };
      await withMunicipality(db, lgCode, (tx) => raiseInquiries(tx, by, now));
    },
  };
}

/**
 * Speaks with the national systems of every municipality that is connected; one that fails is noted on its page and tried
 * again next time.
 */
export function createNationalExchange(
  { clock, keyWrapper }: { readonly clock: Clock; readonly keyWrapper: KeyWrapper },
  key: SystemKey,
): RepeatedTask {
  return {
    name: 'national.exchange',
    everyMs: exchangeEveryMs,
    async run({ db, log, signal }) {
      for (const { lgCode } of await listMunicipalities(db)) {
        if (signal.aborted) return;
        try {
          const context = { db, clock, keyWrapper, key, signal };
          await enterApprovedNumbers(context, lgCode);
          await askResidentNetwork(context, lgCode);
          if ((await exchangeWithIntermediate(context, lgCode)) === undefined) continue;
          await carryProvisions(context, lgCode);
          const { asked } = await carryInquiries(context, lgCode);
          if (asked === 0) continue;
          // What was just handed over need not wait for the next time.
          await exchangeWithIntermediate(context, lgCode);
          await carryInquiries(context, lgCode);
        } catch (error) {
          log.warn({ err: error, lgCode }, 'the exchange with the national systems failed; trying again');
        }
      }
    },
  };
}
