import { join } from 'node:path';
import { importResidents } from '#addressees/persons';
import { type FeedSource, fileSource, type ImportResult } from '#common-base/linkage';
import { type DemonstrationPaths, writeDemonstration } from '#counterparties/demo-municipality';
import type { Day } from '#kernel';
import { importInstitutions } from '#ledger/contracts';
import { commitBatch, type IntakeResult, receiveBatch, undoBatch } from '#ledger/intake';
import { importHistory, runForecast, verifyLedger } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { readRulesFolder } from '#platform/files';
import { parseRules, type RuleSet } from '#schedule';
import type { Bench, Figure } from './bench.ts';
import { timed } from './measure.ts';
import { partByMonth } from './part-by-month.ts';
import type { Stage } from './stage.ts';
import { timeStatements } from './time-statements.ts';

const settings = join(import.meta.dirname, '../settings/wakabadai');
const rulesFolder = join(import.meta.dirname, '../rules');
const bench: Bench = {
  title: '台帳: 履歴の取込、受付の判定、登録、検算、予定の計算、取消',
  async run(stage) {
    const people = stage.rows ?? (stage.isLarge ? 900_000 : 100_000);
    const asOf = todayInTokyo(stage.context.clock);
    const rules = parseRules(await readRulesFolder(rulesFolder));
    stage.tell(`${people} 人の架空の自治体を作っています`);
    const { paths, clinicMonth } = await writeDemonstration({
      settingsFolder: settings,
      rules,
      people,
      months: stage.isLarge ? monthsBehind : 1,
      seed: 20_261_121,
      today: asOf,
      folder: stage.folder,
    });
    const history = await fill(stage, paths, asOf);
    if (stage.isLarge) {
      const parts = await partByMonth(paths.clinicRecords, stage.folder, clinicMonth);
      const [backlog, month] = [await fileSource(parts.backlog), await fileSource(parts.lastMonth)];
      return await measureLarge(stage, { backlog, month, rules, asOf });
    }
    const month = await fileSource(paths.clinicRecords);
    const copy = await stage.copyBare(month);

    const receive = async (): Promise<IntakeResult> => {
      stage.tell('受付の行を判定しています');
      const result = await receiveBatch(stage.context, month, { rules, asOf });
      if (result.repeated === true) throw new Error('the month was known already');
      return result;
    };
    const first = await receive();
    await commitBatch(stage.context, first.batchId, { rules });
    await undoBatch(stage.context, first.batchId, '測定');
    const logged = await timeStatements(/\baudit_/u, async () => {
      const received = await receive();
      return { received, commit: await timed(() => commitBatch(stage.context, received.batchId, { rules })) };
    });
    const { received: second, commit } = logged.value;
    stage.tell('台帳を検算し、全員の予定を計算しています');
    const verify = await timed(() => verifyLedger(stage.installation.db, stage.lgCode));
    const forecast = await runForecast(stage.context, { rules, asOf });
    const undo = await timed(() => undoBatch(stage.context, second.batchId, '測定'));
    const data = `${people.toLocaleString('ja-JP')} 人, 月 ${second.rows.toLocaleString('ja-JP')} 行`;
    const doses = `${history.rows.toLocaleString('ja-JP')} 行`;
    return [
      rate('履歴の取込', doses, history.rows, history.seconds),
      { what: '素の COPY', data, value: copy, unit: '行/秒' },
      { ...rate('受付 (起動して最初の一つ)', data, first.rows, first.seconds), copyRowsPerSecond: copy },
      {
        ...rate('受付 (二つ目から)', data, second.rows, second.seconds),
        copyRowsPerSecond: copy,
        aim: { atLeast: 20_000 },
      },
      { ...rate('登録', data, commit.value.committed, commit.seconds), unit: '件/秒', aim: { atLeast: 10_000 } },
      {
        ...rate('検算', `${verify.value.entries.toLocaleString('ja-JP')} 件`, verify.value.entries, verify.seconds),
        unit: '件/秒',
      },
      { what: '予定の計算', data, value: forecast.peoplePerSecond, unit: '人/秒' },
      { ...rate('登録の取消', data, undo.value.retracted, undo.seconds), unit: '件/秒' },
      {
        what: `受付から登録までのうち監査ログの記録 (${logged.time.statements} 文)`,
        data,
        value: logged.time.share * 100,
        unit: '%',
        aim: { atMost: 10 },
      },
      {
        what: '最大メモリ',
        data,
        value: process.resourceUsage().maxRSS / 1024,
        unit: 'MiB',
        aim: { atMost: 1024 },
      },
    ];
  },
};

export default bench;

interface LargeOffice {
  readonly backlog: FeedSource;
  readonly month: FeedSource;
  readonly rules: RuleSet;
  readonly asOf: Day;
}

/** About a million forms of 900,000 people, and their last month. */
const monthsBehind = 48;

/** A month-end of 110,000 rows is to be checked in six seconds. */
const monthEnd = { rows: 110_000, seconds: 6 };

/**
 * `--large`: a city of 900,000 people (`--rows` says other people) that is four years behind: a file of about a million rows,
 * month after month, and when it is entered the last month, about 110,000 rows, by itself; memory with both.
 */
async function measureLarge(stage: Stage, { backlog, month, rules, asOf }: LargeOffice): Promise<Figure[]> {
  const copy = await stage.copyBare(backlog);
  const before = process.resourceUsage().maxRSS / 1024;
  stage.tell('四年分を判定しています');
  const years = await receiveBatch(stage.context, backlog, { rules, asOf });
  const data = dataOf(years);
  stage.tell('四年分を登録しています');
  const commit = await timed(() => commitBatch(stage.context, years.batchId, { rules }));
  const figures: Figure[] = [
    { what: '素の COPY', data, value: copy, unit: '行/秒' },
    {
      ...rate('四年分の受付 (起動して最初の一つ)', data, years.rows, years.seconds),
      copyRowsPerSecond: copy,
      aim: { atLeast: 20_000 },
    },
    { ...rate('四年分の登録', data, commit.value.committed, commit.seconds), unit: '件/秒', aim: { atLeast: 10_000 } },
  ];
  for (const what of ['一月分の受付', '一月分の受付 (もう一度)']) {
    stage.tell(what);
    const result = await receiveBatch(stage.context, month, { rules, asOf });
    const rows = dataOf(result);
    figures.push({ ...rate(what, rows, result.rows, result.seconds), aim: { atLeast: 20_000 } });
    const atMost = (monthEnd.seconds * result.rows) / monthEnd.rows;
    figures.push({ what, data: rows, value: result.seconds, unit: '秒', aim: { atMost } });
    await commitBatch(stage.context, result.batchId, { rules });
    await undoBatch(stage.context, result.batchId, '測定');
  }
  const mebibytes = (value: number, what: string): Figure => ({ what, data, value, unit: 'MiB' });
  return [
    ...figures,
    mebibytes(before, '最大メモリ (受付の前まで)'),
    { ...mebibytes(process.resourceUsage().maxRSS / 1024, '最大メモリ'), aim: { atMost: 1024 } },
  ];
}

function dataOf({ rows, questioned }: IntakeResult): string {
  return `${rows.toLocaleString('ja-JP')} 行（要確認 ${questioned.toLocaleString('ja-JP')}）`;
}

/** Takes the register, the institutions and the old ledger in; answers the figures of the last. */
async function fill(stage: Stage, paths: DemonstrationPaths, asOf: Day): Promise<ImportResult> {
  stage.tell('住民と契約医療機関を取り込んでいます');
  await importResidents(stage.context, await fileSource(paths.residents), { isChanges: false, asOf });
  await importInstitutions(stage.context, await fileSource(paths.institutions), {});
  stage.tell('履歴を取り込んでいます');
  return importHistory(stage.context, await fileSource(paths.history), { asOf });
}

function rate(what: string, data: string, rows: number, seconds: number): Figure {
  return { what, data, value: rows / Math.max(seconds, 0.001), unit: '行/秒' };
}
