import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseCsvTable } from '#formats';
import { parseIsoDay } from '#kernel';
import { judge, type PersonCase, type StageForecast } from '#schedule';
import { checkoutRules } from '../../../../tests/support/demonstration.ts';
import { isBeforeStandard, standardSentences } from './standard-words.ts';

const rules = await checkoutRules();
const baby = '2026-03-10';
const mother = '1998-02-03';

/** Born, as of, given (product@day), the stage, and its sentences by 定期接種実施要領 counted by hand. */
const cases: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  [baby, '2026-05-20', '', 'rotavirus/primary', ['標準は生後2か月から2026年6月22日まで（あと33日）']],
  [baby, '2026-11-21', '', 'hepatitis-b/primary', ['標準は生後2か月から生後9か月まで（2026年12月9日まで、あと18日）']],
  [
    baby,
    '2026-11-21',
    '',
    'pneumococcal-child/primary',
    ['標準は生後2か月から生後7か月まで（2026年10月9日に過ぎました）'],
  ],
  [
    baby,
    '2027-02-01',
    'pcv20@2026-05-12 pcv20@2026-06-12 pcv20@2026-07-12',
    'pneumococcal-child/booster',
    ['標準は1歳から1歳3か月まで（2027年3月9日から、あと36日）'],
  ],
  [baby, '2026-05-20', '', 'dpt-ipv-hib/primary', ['標準は生後2か月から生後7か月まで（2026年10月9日まで、あと4か月）']],
  [baby, '2026-05-20', '', 'bcg/single', ['標準は生後5か月から生後8か月まで（2026年8月9日から、あと2か月）']],
  [
    baby,
    '2026-11-21',
    '',
    'japanese-encephalitis/stage-1-primary',
    ['標準は3歳から4歳まで（2029年3月9日から、あと2年3か月）'],
  ],
  [
    baby,
    '2030-03-20',
    '',
    'japanese-encephalitis/stage-1-booster',
    ['標準は4歳から5歳まで（2031年3月9日まで、あと11か月）'],
  ],
  [
    '2017-05-01',
    '2026-11-21',
    '',
    'japanese-encephalitis/stage-2',
    ['標準は9歳から10歳まで（2027年4月30日まで、あと5か月）'],
  ],
  [baby, '2027-03-20', '', 'varicella/primary', ['標準は1歳から1歳3か月まで（2027年6月9日まで、あと2か月）']],
  ['2021-01-15', '2026-11-21', '', 'measles-rubella/stage-2', ['標準は2026年4月1日から2027年3月31日まで（あと4か月）']],
  ['2013-08-01', '2026-11-21', '', 'hpv/primary', ['標準は2026年4月1日から2027年3月31日まで（あと4か月）']],
  [
    '2015-06-15',
    '2026-11-21',
    'dt@2016-01-20',
    'dt/stage-2',
    ['標準は11歳から12歳まで（2027年6月14日まで、あと6か月）'],
  ],
  [
    '2023-06-01',
    '2023-08-10',
    '4in1@2023-08-02',
    'hib/primary',
    ['標準は生後2か月から生後7か月まで（2023年12月31日まで、あと4か月）'],
  ],
  [
    '2023-06-01',
    '2023-08-10',
    '4in1@2023-08-02',
    'dpt-ipv/primary',
    [
      '標準は生後2か月から1歳まで（2024年5月31日まで、あと9か月）',
      '前の回からの標準の間隔では2023年8月23日から2023年9月28日まで',
    ],
  ],
  [mother, '2026-11-21', '', 'rsv-maternal/single', ['標準は2026年10月12日から2026年12月13日まで（あと22日）']],
  ['1961-06-01', '2026-11-21', '', 'influenza-older/seasonal', []],
  ['1961-06-01', '2026-11-21', '', 'pneumococcal-older/single', []],
  ['1961-06-01', '2026-11-21', '', 'zoster/primary', []],
];

function forecastOf(born: string, on: string, given: string, name: string): StageForecast {
  const doses = given === '' ? [] : given.split(' ').map((dose) => dose.split('@') as [string, string]);
  const person: PersonCase = {
    bornOn: parseIsoDay(born),
    sex: 'female',
    asOf: parseIsoDay(on),
    facts: born === mother ? [{ kind: 'pregnancy', dueOn: parseIsoDay('2027-01-04') }] : [],
    doses: doses.map(([product, day]) => ({ product, on: parseIsoDay(day), kind: 'routine' as const })),
  };
  const found = judge(rules, person).programmes.find((one) => `${one.programme}/${one.stage}` === name);
  assert.ok(found !== undefined, name);
  return found;
}

test('次の回がいつ標準かを、どの予防接種でも、年齢と日付で言う', () => {
  for (const [born, on, given, name, expected] of cases) {
    const stage = forecastOf(born, on, given, name);
    assert.deepEqual(standardSentences(parseIsoDay(born), stage, parseIsoDay(on)), expected, `${name} ${born} ${on}`);
  }
});

test('標準の期間があるきまりは、どれも言葉になる', () => {
  const table = readFileSync(new URL('../../../../rules/standard-windows.csv', import.meta.url), 'utf8');
  const windows = new Set(parseCsvTable(table).map(({ values }) => `${values['programme']}/${values['stages']}`));
  // These three take no first dose any more; what is given of them is judged by the same expressions as 四種混合.
  for (const old of ['ipv/primary', 'dpt/primary', 'dt/primary']) windows.delete(old);
  const told = new Set(cases.filter(([, , , , expected]) => expected.length > 0).map(([, , , name]) => name));
  assert.deepEqual([...windows].filter((name) => !told.has(name)).sort(), []);
});

test('日本脳炎は生後6か月から受けられても、標準の3歳より前だとわかる', () => {
  const stage = forecastOf(baby, '2026-11-21', '', 'japanese-encephalitis/stage-1-primary');
  assert.equal(stage.status, 'due');
  assert.ok(isBeforeStandard(stage, parseIsoDay('2026-11-21')));
  assert.ok(!isBeforeStandard(stage, parseIsoDay('2029-03-09')));
});
