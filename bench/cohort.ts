import { type CohortConditions, previewCohort } from '#ledger/notices';
import { todayInTokyo } from '#platform/clock';
import type { Bench, Figure } from './bench.ts';
import { fillPopulation } from './fill-population.ts';
import { timed } from './measure.ts';
import { openNotices } from './open-notices.ts';

/** What an office counts: one year of births, a few years of births, and the widest there is, everybody of 65 and older. */
const cohorts = [
  {
    what: '1学年 (麻しん風しん第2期)',
    programme: 'measles-rubella',
    stage: 'stage-2',
    layoutId: 'screening-measles-rubella-2',
  },
  { what: '数年分の女子 (HPV)', programme: 'hpv', stage: 'primary', layoutId: 'screening-hpv' },
  { what: '5歳きざみの高齢者 (帯状疱疹)', programme: 'zoster', stage: 'primary', layoutId: 'screening-zoster' },
  {
    what: '65歳以上の全員 (インフルエンザ)',
    programme: 'influenza-older',
    stage: 'seasonal',
    layoutId: 'screening-influenza-older',
  },
] as const;

const bench: Bench = {
  title: '対象者の抽出: 全員の中から数え、入る理由と外れる理由ごとの人数まで',
  async run(stage) {
    const people = stage.rows ?? (stage.isLarge ? 1_000_000 : 100_000);
    const asOf = todayInTokyo(stage.context.clock);
    const doses = await fillPopulation(stage, people, asOf);
    const context = await openNotices(stage);
    const figures: Figure[] = [];
    for (const { what, programme, stage: part, layoutId } of cohorts) {
      stage.tell(what);
      const conditions: CohortConditions = { programme, stage: part, asOf, dueBy: asOf, layoutId };
      const { value, seconds, cpuSeconds } = await timed(() => previewCohort(context, conditions));
      const ofWhom = `${people.toLocaleString('ja-JP')} 人, 接種歴 ${doses.toLocaleString('ja-JP')} 件`;
      const data = `${ofWhom}, 対象 ${value.included.toLocaleString('ja-JP')} 人, 数える側のCPU ${cpuSeconds.toFixed(1)}秒`;
      const aim = people >= 1_000_000 ? { aim: { atMost: 10 } } : {};
      figures.push({ what, data, value: seconds, unit: '秒', ...aim });
    }
    return figures;
  },
};

export default bench;
