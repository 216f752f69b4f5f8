import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { parseDayAfter, parseDayOfLife } from './day-expression.ts';

const of = (text: string, bornOn: string): string => formatIsoDay(parseDayOfLife(text)(parseIsoDay(bornOn)));
const after = (text: string, previousOn: string): string => formatIsoDay(parseDayAfter(text)(parseIsoDay(previousOn)));

test('年齢は誕生日の前日に達する（年齢計算ニ関スル法律）', () => {
  assert.equal(of('birth', '2026-05-10'), '2026-05-10');
  assert.equal(of('d42', '2026-05-10'), '2026-06-21');
  assert.equal(of('m2', '2026-05-10'), '2026-07-09');
  assert.equal(of('y65', '1961-11-22'), '2026-11-21');
});

test('4月1日生まれは、一つ上の学年になる', () => {
  assert.equal(of('school-1y', '2020-04-01'), '2025-04-01');
  assert.equal(of('school-1d', '2020-04-01'), '2026-03-31');
  assert.equal(of('school-1y', '2020-04-02'), '2026-04-01');
  assert.equal(of('school-1d', '2020-04-02'), '2027-03-31');
});

test('その年齢に達する年度の初日と末日', () => {
  // 2013-04-01 生まれは 2026-03-31（2025年度）に13歳、翌日生まれは 2026-04-01（2026年度）に13歳。
  assert.equal(of('fy13s', '2013-04-01'), '2025-04-01');
  assert.equal(of('fy13e', '2013-04-01'), '2026-03-31');
  assert.equal(of('fy13s', '2013-04-02'), '2026-04-01');
});

test('間隔: 27日以上あければ4週後の同じ曜日、月は同じ日', () => {
  assert.equal(after('27d', '2026-10-01'), '2026-10-29');
  assert.equal(after('6d', '2026-10-01'), '2026-10-08');
  assert.equal(after('6m', '2026-03-15'), '2026-09-15');
});

test('読めない言い方は断る', () => {
  assert.throws(() => parseDayOfLife('soon'), /not a day of life: soon/u);
  assert.throws(() => parseDayAfter('27'), /not an interval: 27/u);
});
