import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { importIndividualNumbers } from '#addressees/numbers';
import { importResidents, importWelfare } from '#addressees/persons';
import { type ActionContext, asOperator } from '#common-base/access';
import { fileSource } from '#common-base/linkage';
import { openRuleBook } from '#common-base/municipalities';
import { type DemonstrationPaths, writeDemonstration } from '#counterparties/demo-municipality';
import { type Day, formatIsoDay, type LgCode, parseIsoDay } from '#kernel';
import { importInstitutions } from '#ledger/contracts';
import { loadCouponHolders } from '#ledger/forms';
import { receiveBatch } from '#ledger/intake';
import { importHistory, runForecast } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { finishRun, listRuns, type RunNote, reportRun, resumeRun, startRun } from '#platform/jobs';
import { chooseKeyWrapper } from '#platform/keys';
import type { Log } from '#platform/log';
import { type Database, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import type { Surroundings } from '../command.ts';
import { rulesFolder } from '../rules-folder.ts';
import { StopAsked, type StopWish } from './await-stop.ts';
import { demonstrationRunKind } from './demonstration-run.ts';
import { demonstrationSettings } from './demonstration-settings.ts';
import { keepNationalFiles } from './start-national-beside.ts';

/** What the loading needs; `say` speaks to the person at the machine. */
export interface DemonstrationTools {
  readonly db: Database;
  readonly lgCode: LgCode;
  readonly around: Surroundings;
  readonly log: Log;
  readonly stop: StopWish;
  /** How many people a new demonstration has. */
  readonly people: number;
  readonly say: (sentence: string) => void;
}

/** What the files were made from: kept with the run, so that a loading that was killed goes on with the same files. */
interface Order {
  readonly today: Day;
  readonly people: number;
  readonly seed: number;
}

interface Step {
  readonly title: string;
  run(context: ActionContext, order: Order, paths: DemonstrationPaths): Promise<unknown>;
}

const seed = 1;

/**
 * Fills the demonstration municipality through the imports a real one uses. Done once: a loading that was broken off
 * goes on with the same files, and what is in already is recognised by every import and not written again. To be
 * called under the preparation's lock.
 */
export async function loadDemonstration(tools: DemonstrationTools): Promise<void> {
  const { db, lgCode } = tools;
  const begun = await beginLoading(tools);
  if (begun === undefined) return;
  const { runId, order } = begun;
  const startedAt = performance.now();
  try {
    await load(tools, runId, order);
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    const result = { people: order.people, seconds };
    await withMunicipality(db, lgCode, (tx) => finishRun(tx, runId, { state: 'done', message: '', result }));
  } catch (error) {
    const state = error instanceof StopAsked ? 'stopped' : 'failed';
    await withMunicipality(db, lgCode, (tx) => finishRun(tx, runId, { state })).catch(() => undefined);
    throw error;
  }
}

async function load(tools: DemonstrationTools, runId: number, order: Order): Promise<void> {
  const { db, lgCode, around, log, stop } = tools;
  const folder = join(around.home, 'demonstration');
  const ruleBook = await openRuleBook(db, rulesFolder, () => around.clock.now().getTime(), '見本の読み込み');
  const rules = await ruleBook.rulesOf(lgCode);
  const steps = listSteps(tools, rules);
  const report = async (done: number, message: string): Promise<void> => {
    stop.throwIfAsked();
    tools.say(`  ${done + 1}/${steps.length + 1} ${message}`);
    await reportRun(db, lgCode, runId, { done, total: steps.length + 1, message });
  };
  await report(0, `架空の住民 ${order.people}人のファイルを作っています`);
  const { paths } = await writeDemonstration({ ...order, settingsFolder: demonstrationSettings, rules, folder });
  await keepNationalFiles(around.home, paths);
  const reason = 'デモンストレーションの準備';
  const actor = await asOperator(db, lgCode, { osUser: around.osUser, as: null, reason });
  for (const [index, step] of steps.entries()) {
    await report(index + 1, step.title);
    await step.run({ db, actor, clock: around.clock, log }, order, paths);
  }
  await rm(folder, { recursive: true, force: true });
}

/** The feeds in the order in which a municipality would bring them, one clinic month that waits, the forecast. */
function listSteps({ around }: DemonstrationTools, rules: RuleSet): readonly Step[] {
  const keyWrapper = chooseKeyWrapper(around.home, around.environment);
  return [
    {
      title: '住民情報（全件）を取り込んでいます',
      run: async (context, { today }, paths) =>
        importResidents(context, await fileSource(paths.residents), { isChanges: false, asOf: today }),
    },
    {
      title: '個人番号を金庫に取り込んでいます',
      run: async (context, _order, paths) =>
        importIndividualNumbers({ ...context, keyWrapper }, await fileSource(paths.individualNumbers), {}),
    },
    {
      title: '福祉の情報を取り込んでいます',
      run: async (context, { today }, paths) =>
        importWelfare(context, await fileSource(paths.welfare), { asOf: today }),
    },
    {
      title: '契約医療機関を取り込んでいます',
      run: async (context, _order, paths) => importInstitutions(context, await fileSource(paths.institutions), {}),
    },
    {
      title: '前の台帳の接種記録を取り込んでいます',
      run: async (context, { today }, paths) =>
        importHistory(context, await fileSource(paths.history), { asOf: today, couponHolders: loadCouponHolders }),
    },
    {
      title: '住民情報（異動分）を取り込んでいます',
      run: async (context, { today }, paths) =>
        importResidents(context, await fileSource(paths.residentChanges), { isChanges: true, asOf: today }),
    },
    {
      title: '医療機関からの一か月分の接種記録を受け付けています',
      run: async (context, { today }, paths) =>
        receiveBatch(context, await fileSource(paths.clinicRecords), { rules, asOf: today }),
    },
    {
      title: '全員の接種予定を計算しています',
      run: (context, { today }) => runForecast(context, { rules, asOf: today }),
    },
  ];
}

/** Takes up the loading where it is; undefined when it is done. */
async function beginLoading({ db, lgCode, around, people, say }: DemonstrationTools) {
  const begun = await withMunicipality(db, lgCode, async (tx) => {
    const [last] = await listRuns(tx, { kind: demonstrationRunKind, limit: 1 });
    if (last?.state === 'done') return undefined;
    const fresh: Order = { today: todayInTokyo(around.clock), people, seed };
    if (last === undefined) {
      const label = 'デモンストレーションの準備';
      return { runId: await startRun(tx, { kind: demonstrationRunKind, label }), order: fresh };
    }
    const note = await resumeRun(tx, last.runId);
    return { runId: last.runId, order: note === null ? fresh : readOrder(note) };
  });
  if (begun === undefined) return undefined;
  say(`架空の自治体のデータを読み込みます（はじめの一回だけ）。`);
  const { today } = begun.order;
  await reportRun(db, lgCode, begun.runId, { resumeFrom: { ...begun.order, today: formatIsoDay(today) } });
  return begun;
}

function readOrder(note: RunNote): Order {
  return { today: parseIsoDay(String(note['today'])), people: Number(note['people']), seed: Number(note['seed']) };
}
