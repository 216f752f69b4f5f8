import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Day, formatIsoDay, getDay, type Sex } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { parseRules } from '#schedule';
import { ageReachOf, cutByIds, reasonOfAge } from './age-reach.ts';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));
const asOf = getDay(2026, 11, 21);

const reachOf = (programme: string, stage: string, dueBy: Day = asOf) =>
  ageReachOf(rules, { programme, stage, asOf, dueBy, layoutId: '' });
const textOf = (day: Day | null) => (day === null ? '' : formatIsoDay(day));
const openOf = (programme: string, stage: string, dueBy?: Day) =>
  reachOf(programme, stage, dueBy).open.female.map(({ from, to }) => `${textOf(from)}/${textOf(to)}`);

test('対象の生年月日は法令のとおり（年長の1年、小6から高1の女子、65歳から5歳ごと）', () => {
  // 予防接種法施行令第3条: the year before school; the fiscal years of 12 and 16 (girls); those who turn 65, 70 … 100.
  assert.deepEqual(openOf('measles-rubella', 'stage-2'), ['2020-04-02/2021-04-01']);
  assert.deepEqual(openOf('hpv', 'primary'), ['2010-04-02/2015-04-01']);
  assert.deepEqual(reachOf('hpv', 'primary').open.male, []);
  const turning = [100, 95, 90, 85, 80, 75, 70, 65].map((age) => `${2026 - age}-04-02/${2027 - age}-04-01`);
  assert.deepEqual(openOf('zoster', 'primary'), turning);
  // On 2026-11-21 the 65th year is reached by those born up to 1961-11-22: 年齢計算ニ関スル法律, the day before the birthday.
  assert.deepEqual(openOf('covid19-older', 'seasonal'), ['/1961-11-22']);
  // 妊娠 is a fact: nobody is of an age for it.
  assert.deepEqual(openOf('rsv-maternal', 'single'), []);
  // Next spring the next year of births comes near.
  assert.deepEqual(openOf('measles-rubella', 'stage-2', getDay(2027, 4, 1)), ['2020-04-02/2022-04-01']);
});

test('年齢で外れる人は、前か後か、そもそも対象でないかで数える', () => {
  const reach = reachOf('hpv', 'primary');
  const of = (year: number, month: number, day: number, sex: Sex) => reasonOfAge(reach, getDay(year, month, day), sex);
  assert.equal(of(2010, 4, 1, 'female'), 'closed');
  assert.equal(of(2010, 4, 2, 'female'), null);
  assert.equal(of(2015, 4, 1, 'female'), null);
  assert.equal(of(2015, 4, 2, 'female'), 'tooEarly');
  assert.equal(of(2012, 4, 2, 'male'), 'notEligible');
});

test('読む人は、対象の生年月日と性別だけ。番号の範囲は漏れも重なりもなく最後まで続く', () => {
  const girls = cutByIds(reachOf('hpv', 'primary'), 25, 105, 10);
  assert.deepEqual(
    girls.map(({ after, to }) => [after, to]),
    [
      [0, 35],
      [35, 70],
      [70, 105],
    ],
  );
  const born = [{ from: getDay(2010, 4, 2), to: getDay(2015, 4, 1) }];
  for (const page of girls) assert.deepEqual([page.born, page.sexes], [born, ['female']]);
  assert.deepEqual(cutByIds(reachOf('rsv-maternal', 'single'), 0, 105, 10), []);
  const [all] = cutByIds(reachOf('measles-rubella', 'stage-2'), 3, 7, 10);
  assert.deepEqual([all?.born.length, all?.sexes.length, all?.to], [1, 3, 7]);
});
