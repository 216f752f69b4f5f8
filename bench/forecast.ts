import { join } from 'node:path';
import { addDays } from '#kernel';
import { runForecast } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { readRulesFolder } from '#platform/files';
import { parseRules } from '#schedule';
import type { Bench, Figure } from './bench.ts';
import { fillPopulation } from './fill-population.ts';
import { timed, watchMemory } from './measure.ts';
import type { Stage } from './stage.ts';

const bench: Bench = {
  title: '全員の接種予定: 初めての計算、翌日、何も変わらないとき、きまりが変わったとき (読み書きとも)',
  async run(stage) {
    const people = stage.isLarge ? 1_000_000 : 100_000;
    const asOf = todayInTokyo(stage.context.clock);
    const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../rules')));
    const doses = await fillPopulation(stage, people, asOf);
    const data = `${people.toLocaleString('ja-JP')} 人, 接種歴 ${doses.toLocaleString('ja-JP')} 件`;
    const memory = watchMemory();
    const first = await forecast(stage, '初めての計算', data, { rules, asOf });
    const again = await forecast(stage, '何も変わらないとき', data, { rules, asOf });
    const nextDay = await forecast(stage, '翌日の計算', data, { rules, asOf: addDays(asOf, 1) });
    const seasons = `${rules.texts.get('seasons.csv') ?? ''}\n`;
    const changed = await forecast(stage, 'きまりが変わったとき', data, {
      rules: parseRules(rules.texts, { seasons }),
      asOf: addDays(asOf, 1),
    });
    return [
      ...first,
      ...again,
      ...nextDay,
      ...changed,
      {
        what: '最大メモリ (計算する側。データベースは別)',
        data,
        value: memory.stop(),
        unit: 'MiB',
        aim: { atMost: 1024 },
      },
    ];
  },
};

export default bench;

async function forecast(
  stage: Stage,
  what: string,
  data: string,
  options: Parameters<typeof runForecast>[1],
): Promise<Figure[]> {
  stage.tell(what);
  const { value, cpuSeconds } = await timed(() => runForecast(stage.context, options));
  const { people, judged, seconds } = value;
  const judgedOf = `${data}, 判定し直した人 ${judged.toLocaleString('ja-JP')}, 計算する側のCPU ${cpuSeconds.toFixed(1)}秒`;
  // A million people in half a minute on two cores.
  const aim = judged === people ? { aim: { atMost: (people / 1_000_000) * 30 } } : {};
  return [{ what, data: judgedOf, value: seconds, unit: '秒', ...aim }];
}
