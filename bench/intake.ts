import { join } from 'node:path';
import { importResidents } from '#addressees/persons';
import { fileSource, type ImportResult } from '#common-base/linkage';
import { type DemonstrationPaths, writeDemonstration } from '#counterparties/demo-municipality';
import type { Day } from '#kernel';
import { importInstitutions } from '#ledger/contracts';
import { commitBatch, type IntakeResult, receiveBatch, undoBatch } from '#ledger/intake';
import { importHistory, runForecast, verifyLedger } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { readRulesFolder } from '#platform/files';
import { parseRules } from '#schedule';
import type { Bench, Figure } from './bench.ts';
import type { Stage } from './stage.ts';
import { timeStatements } from './time-statements.ts';

const settings = join(import.meta.dirname, '../settings/wakabadai');
const rulesFolder = join(import.meta.dirname, '../rules');

const bench: Bench = {
  title: '台帳: 履歴の取込、受付の判定、登録、検算、予定の計算、取消',
  async run(stage) {
    const people = stage.rows ?? (stage.isLarge ? 1_000_000 : 100_000);
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

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const startedAt = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - startedAt) / 1000 };
}
