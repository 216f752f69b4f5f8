import {
  askResidentNetwork,
  enterApprovedNumbers,
  exchangeWithIntermediate,
  listNationalWork,
  type NationalWork,
} from '#addressees/numbers';
import { asJob } from '#common-base/access';
import type { LgCode } from '#kernel';
import {
  carryInquiries,
  carryProvisions,
  historyNewsTask,
  listHistoryWork,
  raiseInquiries,
} from '#ledger/history-inquiries';
import { type Clock, todayInTokyo } from '#platform/clock';
import type { SystemKey } from '#platform/exchange';
import type { RepeatedTask, TaskList } from '#platform/jobs';
import type { KeyWrapper } from '#platform/keys';
import type { Log } from '#platform/log';
import { type Database, withMunicipality } from '#platform/postgres';
import { createRounds, type RoundWork } from './rounds.ts';

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

/** Turns of five seconds that the intermediate server is not asked what other municipalities want, at most. */
const restMax = 6;

/** What waits in either room, as one list. */
async function listWork(db: Database): Promise<(NationalWork & RoundWork)[]> {
  const [national, histories] = [await listNationalWork(db), new Set(await listHistoryWork(db))];
  return national.map((work) => ({
    ...work,
    isWaiting:
      work.hasEntries || work.hasConfirmations || (work.isConnected && (work.hasRelays || histories.has(work.lgCode))),
  }));
}

/**
 * Speaks with the national systems of every municipality that is connected, and writes numbers that two people typed into
 * the vault. What fails is noted on the office's page and tried again next time; it holds nothing else back. A
 * municipality that is not connected costs nothing.
 */
export function createNationalExchange(
  tools: { readonly clock: Clock; readonly keyWrapper: KeyWrapper },
  key: SystemKey,
): RepeatedTask {
  const { clock, keyWrapper } = tools;
  return createRounds({
    name: 'national.exchange',
    restMax,
    list: ({ db }) => listWork(db),
    run: ({ db, signal, log }, work) => exchange({ db, clock, keyWrapper, key, signal }, work, log),
  });
}

/** One round of a municipality; answers whether anything happened. Throws the last failure when all steps had their turn. */
async function exchange(context: NationalContext, work: NationalWork, log: Log): Promise<boolean> {
  const steps = [
    ...(work.hasEntries ? [enterNumbers] : []),
    ...(work.hasConfirmations ? [askNetwork] : []),
    ...(work.isConnected ? [speakWithIntermediate] : []),
  ];
  let hasHappened = false;
  let failure: unknown = null;
  for (const step of steps) {
    try {
      if (await step(context, work.lgCode)) hasHappened = true;
    } catch (error) {
      failure = error;
      log.debug({ lgCode: work.lgCode, step: step.name }, 'a step with the national systems failed');
    }
  }
  if (failure !== null) throw new Error('a step with the national systems failed', { cause: failure });
  return hasHappened;
}

type NationalContext = Parameters<typeof exchangeWithIntermediate>[0];
type Step = (context: NationalContext, lgCode: LgCode) => Promise<boolean>;

const enterNumbers: Step = async (context, lgCode) => (await enterApprovedNumbers(context, lgCode)) > 0;

const askNetwork: Step = async (context, lgCode) => ((await askResidentNetwork(context, lgCode)) ?? 0) > 0;

const speakWithIntermediate: Step = async (context, lgCode) => {
  const first = await exchangeWithIntermediate(context, lgCode);
  if (first === undefined) return false;
  await carryProvisions(context, lgCode);
  const { asked, answered } = await carryInquiries(context, lgCode);
  const hasHappened = first.sent + first.received + asked + answered > 0;
  if (asked === 0) return hasHappened;
  // What was just handed over need not wait for the next time.
  await exchangeWithIntermediate(context, lgCode);
  await carryInquiries(context, lgCode);
  return true;
};
