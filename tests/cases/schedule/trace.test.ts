import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseIsoDay, type Sex } from '#kernel';
import { readRulesFolder } from '#platform/files';
import {
  type Fact,
  findProductName,
  judge,
  listProductNames,
  listProductsInUse,
  listStages,
  nameOfProgramme,
  nameOfStage,
  parseRules,
} from '#schedule';

const rules = parseRules(await readRulesFolder(join(import.meta.dirname, '../../../rules')));

/** A person as known on a day, a stage, and the rows that must be named for where it stands. */
const examples: readonly (readonly [
  born: string,
  sex: Sex,
  facts: readonly Fact[],
  given: string,
  asOf: string,
  stage: string,
  rows: readonly string[],
])[] = [
  [
    '2025-01-15',
    'male',
    [],
    'hepb 2025-03-20',
    '2025-04-01',
    'hepatitis-b/primary',
    ['windows:hepatitis-b', 'doses:hepb-2', 'standard-windows:hepatitis-b'],
  ],
  [
    '1950-01-15',
    'male',
    [],
    '',
    '2026-10-01',
    'influenza-older/seasonal',
    ['windows:influenza-65', 'seasons:influenza-older', 'doses:influenza-older'],
  ],
  [
    '2013-04-10',
    'female',
    [],
    'hpv9 2026-05-10',
    '2026-06-01',
    'hpv/primary',
    ['windows:hpv', 'branches:hpv/two-doses-9', 'doses:hpv9-2-of-2', 'standard-windows:hpv'],
  ],
  [
    '2025-01-15',
    'male',
    [],
    'mr 2026-02-01',
    '2026-02-10',
    'varicella/primary',
    ['windows:varicella', 'doses:varicella-1', 'cross-vaccine:live-after-live', 'standard-windows:varicella-first'],
  ],
  [
    '2025-01-15',
    'male',
    [],
    'mr 2026-02-01',
    '2026-02-10',
    'measles-rubella/stage-2',
    ['windows:mr-2', 'doses:mr-2', 'standard-windows:mr-2'],
  ],
  ['2014-04-01', 'male', [], '', '2026-05-01', 'hpv/primary', ['windows:hpv']],
  ['2025-01-15', 'male', [], '', '2025-05-01', 'dpt-ipv/primary', ['paths:dpt-ipv']],
  [
    '2025-01-15',
    'male',
    [{ kind: 'hbigAtBirth' }],
    '',
    '2025-05-01',
    'hepatitis-b/primary',
    ['exclusions:hepatitis-b-hbig'],
  ],
  ['2025-01-15', 'male', [], 'bcg 2025-07-01', '2025-08-01', 'bcg/single', ['windows:bcg', 'standard-windows:bcg']],
  ['2025-01-15', 'male', [], 'hib 2026-01-15', '2026-02-01', 'hib/booster', ['branches:hib/from-12-months']],
  // A branch is named where there was a choice and it has been made; a way where there is a next dose.
  ['2013-04-10', 'female', [], '', '2026-06-01', 'hpv/primary', ['windows:hpv', 'doses:hpv-1', 'standard-windows:hpv']],
  [
    '2025-01-15',
    'male',
    [],
    '5in1 2025-03-20',
    '2025-05-01',
    'dpt-ipv-hib/primary',
    ['windows:dpt-ipv-hib', 'doses:dpt-ipv-hib-2'],
  ],
];

test('the trace names the rows that gave the answer, each with its citation', () => {
  for (const [born, sex, facts, given, asOf, stage, rows] of examples) {
    const [product, on] = given.split(' ');
    const doses =
      product === undefined || on === undefined ? [] : [{ product, on: parseIsoDay(on), kind: 'routine' as const }];
    const { programmes } = judge(rules, { bornOn: parseIsoDay(born), sex, facts, doses, asOf: parseIsoDay(asOf) });
    const found = programmes.find((each) => `${each.programme}/${each.stage}` === stage);
    assert.deepEqual(
      found?.trace.map(({ rule }) => rule),
      rows,
      `${born} ${given} ${asOf} ${stage}`,
    );
    assert.ok(found?.trace.every(({ basis }) => basis.length > 5));
  }
});

test('stages, programmes and products have the names of the office', () => {
  const stages = listStages(rules);
  assert.equal(stages.length, 32);
  assert.deepEqual(stages[26], {
    programme: 'hpv',
    stage: 'primary',
    programmeName: 'HPV',
    stageName: '初回',
    category: 'A',
  });
  const older = ['influenza-older', 'covid19-older', 'pneumococcal-older', 'zoster'];
  assert.deepEqual(
    stages.filter(({ category }) => category === 'B').map(({ programme }) => programme),
    older,
  );
  assert.equal(nameOfProgramme(rules, 'bcg'), 'BCG');
  assert.equal(nameOfProgramme(rules, 'none'), 'none');
  assert.equal(nameOfStage(rules, 'dt', 'stage-2'), '第2期');
  assert.equal(nameOfStage(rules, 'dt', 'stage-9'), 'stage-9');
  assert.equal(nameOfStage(rules, 'none', 'stage-9'), 'stage-9');
  assert.equal(findProductName(rules, 'mr'), '麻しん風しん混合ワクチン(MR)');
  assert.equal(findProductName(rules, 'none'), undefined);
});

test('the products of a programme are told for a day, in the order of their table', () => {
  const inUse = (programme: string, on: string): readonly string[] =>
    listProductsInUse(rules, programme, parseIsoDay(on));
  // 9価だけになるのは2026年4月1日から。
  assert.deepEqual(inUse('hpv', '2023-03-31'), ['hpv2', 'hpv4']);
  assert.deepEqual(inUse('hpv', '2023-04-01'), ['hpv2', 'hpv4', 'hpv9']);
  assert.deepEqual(inUse('hpv', '2026-03-31'), ['hpv2', 'hpv4', 'hpv9']);
  assert.deepEqual(inUse('hpv', '2026-04-01'), ['hpv9']);
  assert.deepEqual(inUse('dpt', '2026-04-01'), ['dpt']);
  const names = listProductNames(rules);
  assert.deepEqual([names[0]?.product, names.at(-1)?.product, names.length], ['rv1', 'mumps', 33]);
});

test('the page of the rules gets every row with its days in force', () => {
  const row = rules.rows.find(({ table, rule }) => table === 'windows' && rule === 'dpt-ipv-from-3-months');
  assert.deepEqual(row?.inForce, { from: '2012-11-01', to: '2023-03-31' });
  assert.equal(row?.cells.get('opens'), 'm(3)');
  assert.ok((row?.line ?? 0) > 1);
  const open = rules.rows.find(({ table, rule }) => table === 'windows' && rule === 'dpt-ipv-from-2-months');
  assert.deepEqual(open?.inForce, { from: '2023-04-01', to: null });
});
