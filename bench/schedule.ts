import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { formatIsoDay, getDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { judge, judgeDoses, type PersonCase, parseRules, type RuleSet } from '#schedule';
import type { Bench, Figure } from './bench.ts';
import { makePeople } from './make-histories.ts';

const root = join(import.meta.dirname, '..');
const asOf = getDay(2026, 11, 15);

const bench: Bench = {
  title: '判定と予定 (全事業、1コア、データベースなし)',
  async run(stage) {
    const rules = parseRules(await readRulesFolder(join(root, 'rules')));
    const people = makePeople(stage.isLarge ? 1_000_000 : 100_000, asOf);
    const doses = people.reduce((sum, person) => sum + person.doses.length, 0);
    const data = `${people.length.toLocaleString('ja-JP')} 人, 接種歴 平均 ${(doses / people.length).toFixed(1)} 件`;
    stage.tell(`${data} を判定しています`);
    const children = people.filter((person) => person.doses.length >= 15);
    const withChildren = `${children.length.toLocaleString('ja-JP')} 人, 接種歴 15 件以上の人だけ`;
    judgeAll(rules, people.slice(0, 20_000));
    const all = judgeAll(rules, people);
    const childhood = judgeAll(rules, children);
    const intake = rate(people, (person) => judgeDoses(rules, person));
    const aim = { atLeast: 50_000 };
    const figures: Figure[] = [
      { what: '判定と全期の予定 (1コア当たり、計算時間)', data, value: all.perCoreSecond, unit: '人/秒', aim },
      { what: '判定と全期の予定 (実時間)', data, value: all.perSecond, unit: '人/秒' },
      {
        what: '判定と全期の予定 (1コア当たり、計算時間)',
        data: withChildren,
        value: childhood.perCoreSecond,
        unit: '人/秒',
      },
      { what: '1人の時間 p99', data, value: slowest(rules, people, 0.99), unit: 'マイクロ秒' },
      { what: '判定だけ (受付、1コア当たり、計算時間)', data, value: intake.perCoreSecond, unit: '人/秒' },
      commandFigure(people.slice(0, 50_000)),
    ];
    return figures;
  },
};

export default bench;

interface Rate {
  /** People a second of processor time: what one core does, whatever else the machine is busy with. */
  readonly perCoreSecond: number;
  readonly perSecond: number;
}

function judgeAll(rules: RuleSet, people: readonly PersonCase[]): Rate {
  return rate(people, (person) => judge(rules, person));
}

function rate(people: readonly PersonCase[], work: (person: PersonCase) => unknown): Rate {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (const person of people) work(person);
  const { user, system } = process.cpuUsage(before);
  return {
    perCoreSecond: people.length / ((user + system) / 1_000_000),
    perSecond: people.length / ((performance.now() - startedAt) / 1000),
  };
}

function slowest(rules: RuleSet, people: readonly PersonCase[], share: number): number {
  const times = new Float64Array(people.length);
  people.forEach((person, i) => {
    const startedAt = performance.now();
    judge(rules, person);
    times[i] = (performance.now() - startedAt) * 1000;
  });
  return times.toSorted()[Math.floor(people.length * share)] ?? 0;
}

/** The command as other programs call it, from its start to its last line. */
function commandFigure(people: readonly PersonCase[]): Figure {
  const lines = people.map(({ bornOn, sex, doses }, id) =>
    JSON.stringify({
      id,
      bornOn: formatIsoDay(bornOn),
      sex,
      asOf: formatIsoDay(asOf),
      doses: doses.map((dose) => ({ product: dose.product, on: formatIsoDay(dose.on) })),
    }),
  );
  const command = join(root, 'src/apps/cli/main.ts');
  const few = spawnSync(process.execPath, [command, 'schedule'], { input: `${lines.slice(0, 50).join('\n')}\n` });
  const answers = few.stdout.toString().split('\n').length - 1;
  if (few.status !== 0 || answers !== 50) throw new Error(`sesshu schedule answered ${answers} of 50 lines`);
  // Nobody reads the answers here: 12 KB a line, so that a slow reader would be measured instead.
  const startedAt = performance.now();
  const input = `${lines.join('\n')}\n`;
  const run = spawnSync(process.execPath, [command, 'schedule'], { input, stdio: ['pipe', 'ignore', 'inherit'] });
  const seconds = (performance.now() - startedAt) / 1000;
  if (run.status !== 0) throw new Error(`sesshu schedule ended with ${run.status}`);
  return {
    what: 'sesshu schedule (起動から最後の行まで)',
    data: `${lines.length.toLocaleString('ja-JP')} 行`,
    value: lines.length / seconds,
    unit: '行/秒',
    aim: { atLeast: 5000 },
  };
}
