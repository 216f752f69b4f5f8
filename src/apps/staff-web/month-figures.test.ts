import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LgCode } from '#kernel';
import { monthBeside, monthText, readMonth, rememberMonthFigures } from './month-figures.ts';

const wakabadai = '134996' as LgCode;
const sapporo = '011002' as LgCode;
const row = (given: number) => ({ programme: 'bcg', stage: 'single', given, due: null, forecastOn: null });

test('月は年をまたいで前後し、番地に書いた形のまま読める', () => {
  assert.deepEqual(monthBeside({ year: 2026, month: 1 }, -1), { year: 2025, month: 12 });
  assert.deepEqual(monthBeside({ year: 2026, month: 12 }, 1), { year: 2027, month: 1 });
  assert.equal(monthText({ year: 2026, month: 4 }), '2026-04');
  assert.deepEqual(readMonth('2026-04'), { year: 2026, month: 4 });
  for (const wrong of ['', '2026-13', '2026-4', '1999-01', '2026-04-01']) assert.equal(readMonth(wrong), undefined);
});

test('件数は一分のあいだ覚え、自治体ごと・月ごとに別に数える', async () => {
  let at = 0;
  let counts = 0;
  const figures = rememberMonthFigures(() => at);
  const october = { year: 2026, month: 10 };
  const count = () => {
    counts += 1;
    return Promise.resolve([row(counts)]);
  };
  assert.deepEqual(await figures.of(wakabadai, october, count), [row(1)]);
  at = 59_999;
  assert.deepEqual(await figures.of(wakabadai, october, count), [row(1)]);
  assert.deepEqual(await figures.of(sapporo, october, count), [row(2)]);
  assert.deepEqual(await figures.of(wakabadai, { year: 2026, month: 9 }, count), [row(3)]);
  at = 60_000;
  assert.deepEqual(await figures.of(wakabadai, october, count), [row(4)]);
});
