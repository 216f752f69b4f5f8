import { join } from 'node:path';
import { createAccuracyTasks } from '#addressees/registration';
import { createImportTasks } from '#apps/staff-web';
import { readLogCollector, startAuditKeeper } from '#common-base/audit';
import { listMunicipalities, openRuleBook, type RuleBook } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { createBundleTasks } from '#ledger/bundles';
import { clinicNewsListener, createDeliverTasks } from '#ledger/clinic-exchange';
import { historyNewsListener } from '#ledger/history-inquiries';
import { createIntakeTasks } from '#ledger/intake';
import {
  createCohortTasks,
  createDeliverTask,
  createNightlyPlan,
  createPlanTask,
  createPrintTask,
  deliverTask,
  type NoticeLibrary,
  openNoticeLibrary,
  planTask,
  printTask,
} from '#ledger/notices';
import { createTrialTask } from '#ledger/rules';
import type { Clock } from '#platform/clock';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { createNewsRelay, runWorker, type TaskList } from '#platform/jobs';
import type { KeyWrapper } from '#platform/keys';
import type { Log } from '#platform/log';
import type { Database } from '#platform/postgres';
import { parseRules } from '#schedule';
import { createAccountMail } from './account-mail.ts';
import { clinicTasks, createClinicDayEnd, createClinicExchange } from './clinic-tasks.ts';
import {
  createDailyForecast,
  createForecastNewsTask,
  createForecastTask,
  forecastListener,
  forecastNewsTask,
  forecastTask,
} from './forecast-tasks.ts';
import { createHistoryTasks, createNationalExchange } from './national-tasks.ts';
import { openNoticeChannels } from './notice-channels.ts';
import { createDailyErasure } from './oversight-tasks.ts';

/** Everything that differs between installations, given by whoever starts the worker. */
export interface OfficeWorkerOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** SESSHU_HOME: the key of the log's checkpoints, the municipality's own fonts (外字). */
  readonly home: string;
  /** Whoever holds the wrapping key of the vault of individual numbers: national systems are told numbers. */
  readonly keyWrapper: KeyWrapper;
  /** The folder of the rules; the forms lie in its `forms`. */
  readonly rulesFolder: string;
}

/** A working worker. */
export interface OfficeWorker {
  /** Lets the jobs under way come to a safe point and ends; what is left is done by another worker or the next start. */
  stop(): Promise<void>;
}

/** The mail server; null where none is named. */
const smtpUrl = process.env['SESSHU_SMTP_URL'] ?? null;

/** Starts everything the office does by itself: the queue's tasks, the news, the calendar, the seals of the log. */
export async function startOfficeWorker(options: OfficeWorkerOptions): Promise<OfficeWorker> {
  const { db, clock, log, home } = options;
  const ruleBook = await openRuleBook(db, options.rulesFolder, () => clock.now().getTime(), '自動処理');
  const library = await openLibrary(options, ruleBook);
  const systemKey = await openSystemKey(home);
  const tasks = listTasks(options, ruleBook, library, systemKey);
  const planTools = { clock, library, rulesOf: (lgCode: LgCode) => ruleBook.rulesOf(lgCode) };
  const collector = readLogCollector(process.env);
  const listLgCodes = async () => (await listMunicipalities(db)).map(({ lgCode }) => lgCode);
  const keeper = startAuditKeeper(db, { home, clock, log, listLgCodes, collector });
  try {
    const worker = await runWorker(db, tasks, log, {
      repeated: [
        createNewsRelay([forecastListener, clinicNewsListener, historyNewsListener]),
        createClinicExchange(clock, systemKey),
        createNationalExchange(options, systemKey),
        createAccountMail(clock, smtpUrl),
      ],
      scheduled: [
        createDailyForecast(clock, ruleBook),
        createClinicDayEnd(clock, ruleBook),
        createDailyErasure(clock),
        createNightlyPlan(planTools),
      ],
      // While a long import and a forecast go on, what a clerk waits for still finds a hand.
      concurrency: 4,
    });
    return {
      async stop() {
        await worker.stop();
        // Last, so that what the jobs did at the end is sealed too.
        await keeper.stop();
      },
    };
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

function openLibrary(options: OfficeWorkerOptions, ruleBook: RuleBook): Promise<NoticeLibrary> {
  return openNoticeLibrary({
    rules: parseRules(ruleBook.files),
    formsFolder: join(options.rulesFolder, 'forms'),
    fontFolders: [join(options.home, 'fonts')],
  });
}

function listTasks(options: OfficeWorkerOptions, ruleBook: RuleBook, library: NoticeLibrary, key: SystemKey): TaskList {
  const { clock } = options;
  const rulesOf = (lgCode: LgCode) => ruleBook.rulesOf(lgCode);
  return {
    [printTask]: createPrintTask({ library, clock, rulesOf: (_db, lgCode) => ruleBook.rulesOf(lgCode) }),
    [forecastNewsTask]: createForecastNewsTask(clock),
    [forecastTask]: createForecastTask(clock, ruleBook),
    ...createIntakeTasks({ clock, rulesOf }),
    ...createCohortTasks({ clock, library, rulesOf }),
    [deliverTask]: createDeliverTask({
      ...{ clock, library, rulesOf },
      channels: openNoticeChannels({
        ...{ smtpUrl, home: options.home, key, clock },
      }),
    }),
    [planTask]: createPlanTask({ clock, library, rulesOf }),
    ...createImportTasks({ clock, rulesOf }),
    ...createAccuracyTasks(clock),
    ...createBundleTasks({ clock, rulesOf }),
    ...createDeliverTasks({ clock, rulesOf }),
    ...clinicTasks,
    ...createHistoryTasks(clock),
    ...createTrialTask(clock),
  };
}
