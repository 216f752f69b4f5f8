import { askResidentNetwork, enterApprovedNumbers, exchangeWithIntermediate } from '#addressees/numbers';
import { asJob } from '#common-base/access';
import { listMunicipalities } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { carryInquiries, carryProvisions, historyNewsTask, raiseInquiries } from '#ledger/history-inquiries';
import { type Clock, todayInTokyo } from '#platform/clock';
import type { SystemKey } from '#platform/exchange';
import type { RepeatedTask, TaskList } from '#platform/jobs';
import type { KeyWrapper } from '#platform/keys';
import type { Log } from '#platform/log';
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

/** Rounds without anything to do after which a municipality is looked at every fourth time only. */
const quietRounds = 3;
const quietEvery = 4;

/**
 * Speaks with the national systems of every municipality that is connected, and writes numbers that two people typed into
 * the vault. What fails is noted on the office's page and tried again next time; it holds nothing else back. A
 * municipality that is not connected costs little: it is looked at less often.
 */
export function createNationalExchange(
  tools: { readonly clock: Clock; readonly keyWrapper: KeyWrapper },
  key: SystemKey,
): RepeatedTask {
  const quiet = new Map<LgCode, number>();
  return {
    name: 'national.exchange',
    everyMs: exchangeEveryMs,
    async run({ db, log, signal }) {
      for (const { lgCode } of await listMunicipalities(db)) {
        if (signal.aborted) return;
        const rounds = quiet.get(lgCode) ?? 0;
        const isDue = rounds < quietRounds || rounds % quietEvery === 0;
        const { clock, keyWrapper } = tools;
        const isConnected = isDue && (await exchange({ db, clock, keyWrapper, key, signal }, lgCode, log));
        quiet.set(lgCode, isConnected ? 0 : rounds + 1);
      }
    },
  };
}

/** One round of a municipality; answers whether there was anything to speak with or to write. */
async function exchange(
  context: Parameters<typeof exchangeWithIntermediate>[0],
  lgCode: LgCode,
  log: Log,
): Promise<boolean> {
  let isBusy = false;
  for (const step of [enterNumbers, askNetwork, speakWithIntermediate]) {
    try {
      if (await step(context, lgCode)) isBusy = true;
    } catch (error) {
      isBusy = true;
      log.warn({ err: error, lgCode, step: step.name }, 'the exchange with the national systems failed; trying again');
    }
  }
  return isBusy;
}

type Step = (context: Parameters<typeof exchangeWithIntermediate>[0], lgCode: LgCode) => Promise<boolean>;

const enterNumbers: Step = async (context, lgCode) => (await enterApprovedNumbers(context, lgCode)) > 0;

const askNetwork: Step = async (context, lgCode) => (await askResidentNetwork(context, lgCode)) !== undefined;

const speakWithIntermediate: Step = async (context, lgCode) => {
  if ((await exchangeWithIntermediate(context, lgCode)) === undefined) return false;
  await carryProvisions(context, lgCode);
  const { asked } = await carryInquiries(context, lgCode);
  if (asked === 0) return true;
  // What was just handed over need not wait for the next time.
  await exchangeWithIntermediate(context, lgCode);
  await carryInquiries(context, lgCode);
  return true;
};
