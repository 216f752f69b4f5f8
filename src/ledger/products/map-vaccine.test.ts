import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { mapVaccine } from './map-vaccine.ts';
import { parseVaccineMap } from './parse-vaccine-map.ts';

const header = 'code,dose_from,dose_to,given_from,given_to,programme,stage,dose_offset,product,name';
const map = parseVaccineMap(
  [
    header,
    '23,1,3,2024-04-01,2024-09-30,pneumo,primary,0,old,小児肺炎球菌',
    '23,4,4,2024-04-01,2024-09-30,pneumo,booster,3,old,小児肺炎球菌',
    '23,1,3,2024-10-01,,pneumo,primary,0,new,小児肺炎球菌',
    '23,4,4,2024-10-01,,pneumo,booster,3,new,小児肺炎球菌',
    '27,1,1,,,bcg,single,0,bcg,BCG',
  ].join('\n'),
);
const on = parseIsoDay;

test('製品は接種日で決まる: 切替えの前日・当日', () => {
  assert.equal(mapVaccine(map, '23', 1, on('2024-09-30'))?.product, 'old');
  assert.equal(mapVaccine(map, '23', 1, on('2024-10-01'))?.product, 'new');
});

test('通しの回数は期と期の中の回数になる', () => {
  assert.deepEqual(
    [1, 3, 4].map((n) => {
      const vaccine = mapVaccine(map, '23', n, on('2026-10-01'));
      return [vaccine?.stage, vaccine?.doseNumber];
    }),
    [
      ['primary', 1],
      ['primary', 3],
      ['booster', 1],
    ],
  );
});

test('対応表にないコードは分からない', () => {
  assert.equal(mapVaccine(map, '99', 1, on('2026-10-01')), undefined);
});

test('回数がなければ、期が一つに決まるときだけ期を言う', () => {
  assert.equal(mapVaccine(map, '23', null, on('2026-10-01'))?.stage, null);
  assert.equal(mapVaccine(map, '27', null, on('2026-10-01'))?.stage, 'single');
});

test('期間の外の日と、ない回数は、近い行で読んで印を付ける', () => {
  const early = mapVaccine(map, '23', 1, on('2024-03-31'));
  assert.deepEqual([early?.product, early?.isInForce], ['old', false]);
  const fifth = mapVaccine(map, '23', 5, on('2026-10-01'));
  assert.deepEqual([fifth?.product, fifth?.isInSeries, fifth?.doseNumber, fifth?.stage], ['new', false, null, null]);
});

test('読めない対応表は行を示して断る', () => {
  assert.throws(() => parseVaccineMap(`${header}\n23,1,x,,,p,s,0,q,名`), /line 2: dose_to/u);
  assert.throws(() => parseVaccineMap(`${header}\n23,1,3,2024-02-30,,p,s,0,q,名`), /line 2: given_from/u);
  assert.throws(() => parseVaccineMap(`${header}\n23,1,3,,,,s,0,q,名`), /line 2: programme/u);
});
