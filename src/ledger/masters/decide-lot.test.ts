import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Day, getDay } from '#kernel';
import { decideLot } from './decide-lot.ts';
import type { MasterEntry } from './types.ts';

const lot = { validFrom: getDay(2026, 4, 1), validTo: getDay(2026, 9, 30), recall: null } as MasterEntry;
const recalled: MasterEntry = { ...lot, recall: { on: getDay(2026, 6, 15), reason: '異物' } };
const lots = new Map([
  [
    '5in1',
    new Map([
      ['A726B', lot],
      ['BAD1', recalled],
    ]),
  ],
]);
const asked = (product: string, number: string | null, day: Day) =>
  decideLot(lots, product, number, day).map((each) => each.code);

test('有効期限の日までは問わず、翌日から問う。出荷の日より前も問う', () => {
  assert.deepEqual(asked('5in1', 'A726B', getDay(2026, 9, 30)), []);
  assert.deepEqual(asked('5in1', 'A726B', getDay(2026, 10, 1)), ['lotExpired']);
  assert.deepEqual(asked('5in1', 'A726B', getDay(2026, 4, 1)), []);
  assert.deepEqual(asked('5in1', 'A726B', getDay(2026, 3, 31)), ['lotNotShipped']);
});

test('回収の日の前の日までの接種は問わず、その日から問う', () => {
  assert.deepEqual(asked('5in1', 'bad-1', getDay(2026, 6, 14)), []);
  assert.deepEqual(asked('5in1', 'bad-1', getDay(2026, 6, 15)), ['recalledLotGiven']);
});

test('書き方の違うロットは同じロット、知らないロットは問う。マスタのない製品と空欄は問わない', () => {
  assert.deepEqual(asked('5in1', 'ａ７２６-ｂ', getDay(2026, 5, 1)), []);
  assert.deepEqual(asked('5in1', 'A7268', getDay(2026, 5, 1)), ['lotUnknown']);
  assert.deepEqual(asked('bcg', 'X1', getDay(2026, 5, 1)), []);
  assert.deepEqual(asked('5in1', null, getDay(2026, 5, 1)), []);
});
