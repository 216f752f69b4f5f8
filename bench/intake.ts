import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
    const { paths } = await writeDemonstration({
      settingsFolder: settings,
      rules,
      people,
      seed: 20_261_121,
      today: asOf,
      folder: stage.folder,
    });
    const history = await fill(stage, paths, asOf);
    const month = await fileSource(paths.clinicRecords);
    if (stage.isLarge) return await measureLarge(stage, { paths, month, rules, asOf });
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
  readonly paths: DemonstrationPaths;
  readonly month: FeedSource;
  readonly rules: RuleSet;
  readonly asOf: Day;
}

/** A month-end of 110,000 rows is to be checked in six seconds. */
const monthEnd = { rows: 110_000, seconds: 6 };

/**
 * `--large`: the month of a city of 900,000 people (`--rows` says other people), about 110,000 rows, and one file of a
 * million rows to the finished preview: one or two vaccinations of each second resident, of any age, so that most rows are
 * questioned and every check is asked; memory with both.
 */
async function measureLarge(stage: Stage, { paths, month, rules, asOf }: LargeOffice): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const what of ['一月分の受付 (起動して最初の一つ)', '一月分の受付 (二つ目)']) {
    stage.tell(what);
    const result = await receiveBatch(stage.context, month, { rules, asOf });
    const data = dataOf(result);
    figures.push({ ...rate(what, data, result.rows, result.seconds), aim: { atLeast: 20_000 } });
    const atMost = (monthEnd.seconds * result.rows) / monthEnd.rows;
    figures.push({ what, data, value: result.seconds, unit: '秒', aim: { atMost } });
    await commitBatch(stage.context, result.batchId, { rules });
    await undoBatch(stage.context, result.batchId, '測定');
  }
  stage.tell('百万行のファイルを作っています');
  const path = join(stage.folder, 'large.csv');
  await pipeline(Readable.from(rowsOfEverybody(paths)), createWriteStream(path));
  const file = await fileSource(path);
  const copy = await stage.copyBare(file);
  const before = process.resourceUsage().maxRSS / 1024;
  stage.tell('判定しています');
  const result = await receiveBatch(stage.context, file, { rules, asOf });
  const data = dataOf(result);
  const mebibytes = (value: number, what: string): Figure => ({ what, data, value, unit: 'MiB' });
  return [
    ...figures,
    { what: '素の COPY', data, value: copy, unit: '行/秒' },
    {
      ...rate('百万行の受付 (判定が終わるまで)', data, result.rows, result.seconds),
      copyRowsPerSecond: copy,
      aim: { atLeast: 20_000 },
    },
    mebibytes(before, '最大メモリ (百万行の前まで)'),
    { ...mebibytes(process.resourceUsage().maxRSS / 1024, '最大メモリ'), aim: { atMost: 1024 } },
  ];
}

function dataOf({ rows, questioned }: IntakeResult): string {
  return `${rows.toLocaleString('ja-JP')} 行（要確認 ${questioned.toLocaleString('ja-JP')}）`;
}

/** Two vaccinations of autumn for every second resident, one more for every ninth: about a million rows. */
const roundsOfLarge = [
  { code: '51', day: '20261005', every: 2 },
  { code: '52', day: '20261020', every: 2 },
  { code: '54', day: '20261028', every: 9 },
];

/**
 * A row for each resident and round, in the columns of the month, with the institution of its first row; the rows of one
 * person stand far apart, as in a file that an association puts together.
 */
async function* rowsOfEverybody({ residents, clinicRecords }: DemonstrationPaths): AsyncGenerator<string> {
  const [header = '', first = ''] = await firstLines(clinicRecords);
  const example = first.split(',');
  yield `${header}\r\n`;
  let row = 0;
  for (const { code, day, every } of roundsOfLarge) {
    let columns: readonly string[] | null = null;
    let person = 0;
    for await (const line of createInterface({ input: createReadStream(residents, 'utf8') })) {
      const cells = line.split(',');
      if (columns === null) {
        columns = cells;
        continue;
      }
      person += 1;
      if (person % every !== 0) continue;
      row += 1;
      const told = (name: string) => cells[columns?.indexOf(name) ?? -1] ?? '';
      const who = [told('整理番号'), told('氏名カナ'), told('生年月日'), told('性別')];
      const rest = example.slice(10, -1);
      yield `${[example[0], row, example[2], ...who, code, 1, day, ...rest, `L${row}.tif`].join(',')}\r\n`;
    }
  }
}

async function firstLines(path: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    lines.push(line);
    if (lines.length === 2) break;
  }
  return lines;
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
