import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Day } from '#kernel';
import { joinPeriods } from './join-periods.ts';

const joined = (...periods: readonly (readonly [from: number, to: number])[]): readonly (readonly number[])[] =>
  joinPeriods(periods.map(([from, to]) => ({ from: from as Day, to: to as Day }))).map(({ from, to }) => [from, to]);

test('periods are joined where they overlap or where one begins on the day after another, whatever their order', () => {
  assert.deepEqual(joined([10, 20], [15, 30]), [[10, 30]]);
  assert.deepEqual(joined([10, 20], [21, 30]), [[10, 30]]);
  assert.deepEqual(joined([10, 20], [22, 30]), [
    [10, 20],
    [22, 30],
  ]);
  assert.deepEqual(joined([40, 50], [22, 30], [10, 20], [31, 35]), [
    [10, 20],
    [22, 35],
    [40, 50],
  ]);
  assert.deepEqual(joined([10, 50], [20, 30]), [[10, 50]]);
});

test('a period of one day stays, one without a day falls away', () => {
  assert.deepEqual(joined([10, 10]), [[10, 10]]);
  assert.deepEqual(joined([11, 10]), []);
  assert.deepEqual(joined(), []);
});
