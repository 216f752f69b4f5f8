import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { type Fact, parseRules, type StageForecast } from '#schedule';
import { law, type Told, tell } from './invent-rows.ts';

const rules = parseRules(law);

function stageOf(name: string, person: Told): StageForecast {
  const { programmes } = tell(rules, person);
  const found = programmes.find(({ programme, stage }) => `${programme}/${stage}` === name);
  assert.ok(found !== undefined, name);
  return found;
}

test('the doses needed are counted from the first day on which the next may be given', () => {
  // Until September 2020 27 days lie between 経口生 and the next: 23 May 2016. Hib begun then, at 11 months, has its second
  // dose 27 days later, past 12 months (14 June): it is left out, and one dose and the booster are needed.
  const child = { born: '2015-06-15', doses: 'rv1 2016-04-25', asOf: '2016-04-25' };
  assert.equal(stageOf('hib/primary', child).dosesNeeded, 2);
});

test('stages whose time was over before their law began count only for whom there are no others', () => {
  // 二種混合第2期, from 11 to 13 years since 1995: of those born in 1956 it speaks as closed, one dose.
  const woman = { born: '1956-01-03', asOf: '2005-01-01' };
  assert.equal(stageOf('dt/stage-2', woman).dosesNeeded, 1);
  // 風しん第5期, one dose, is for men born in 1966; 第1期 to 第4期 were not for them.
  const man: Told = { born: '1966-12-18', sex: 'male', asOf: '2005-01-01' };
  assert.equal(stageOf('measles-rubella/stage-5', man).dosesNeeded, 1);
});

test('a second dose that only its age stands against leaves the booster open', () => {
  // 小児肺炎球菌 is routine since 1 April 2013. Begun at 3 months, the second dose may be given until 24 months, 9 January
  // 2013; the booster until 60 months. One dose given and one to give.
  const child = { born: '2011-01-10', doses: 'pcv7 2011-04-10', asOf: '2011-06-01' };
  assert.equal(stageOf('pneumococcal-child/primary', child).status, 'closed');
  const booster = stageOf('pneumococcal-child/booster', child);
  assert.deepEqual([booster.status, booster.dosesNeeded], ['tooEarly', 2]);
  assert.equal(booster.next === null ? '' : formatIsoDay(booster.next.earliestOn), '2013-04-01');
});

test('the rows of an answer are its window, its branch once begun, and its standard time', () => {
  const rowsOf = (name: string, person: Told) => stageOf(name, person).trace.map(({ rule }) => rule);
  assert.deepEqual(rowsOf('japanese-encephalitis/stage-1-booster', { born: '2021-11-26', asOf: '2021-11-26' }), [
    'windows:je-1',
    'standard-windows:je-1-booster',
  ]);
  const old = { born: '1960-05-10', doses: 'zoster-live 2025-06-01', asOf: '2025-07-01' };
  assert.deepEqual(rowsOf('zoster/primary', old), ['windows:zoster-65', 'branches:zoster/live']);
});

test('days granted to a person long ill count where a vaccine was in use on them, and the stage counts among the doses', () => {
  const granted = (programme: string, from: string, to: string): readonly Fact[] => [
    { kind: 'exceptionGranted', programme, from: parseIsoDay(from), to: parseIsoDay(to) },
  ];
  // B型肝炎 is routine since 1 October 2016.
  const before = { born: '2001-01-28', asOf: '2026-11-21', facts: granted('hepatitis-b', '2014-10-09', '2016-09-08') };
  assert.equal(stageOf('hepatitis-b/primary', before).status, 'notEligible');
  // 第1期 was granted in 2021 and not used, 第2期 is to come: two doses.
  const child = {
    born: '2018-05-10',
    asOf: '2022-06-01',
    facts: granted('measles-rubella', '2021-01-01', '2021-12-31'),
  };
  assert.equal(stageOf('measles-rubella/stage-1', child).status, 'closed');
  assert.equal(stageOf('measles-rubella/stage-2', child).dosesNeeded, 2);
});

test('what rules are known by does not change with the catalogue of findings or a file that is no table', () => {
  const more = new Map([...law, ['findings.csv', 'changed'], ['README.md', 'changed']]);
  assert.equal(parseRules(more).version, rules.version);
});
