import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BatchId, getDay } from '#kernel';
import { decideBundleState } from './decide-bundle-state.ts';
import type { CountedBundle } from './types.ts';

const bundle: CountedBundle = {
  bundleId: 1,
  institutionCode: '1311400046',
  claimMonth: '2026-10',
  ward: '',
  sequence: 1,
  expectedCount: 40,
  dueOn: getDay(2026, 11, 10),
  receivedCount: null,
  receivedOn: null,
  claimedDoses: null,
  claimedScreenings: null,
  needsSecond: false,
  batchId: null,
  differenceNote: null,
  version: 1,
  createdByName: '',
  keyed: 0,
  entered: 0,
  committed: 0,
  settled: 0,
  returned: 0,
  enteredDoses: null,
  enteredScreenings: null,
  lastRemindedAt: null,
};
const stateOn = (day: number, changes: Partial<CountedBundle> = {}) =>
  decideBundleState({ ...bundle, ...changes }, getDay(2026, 11, day));

test('届くはずの日までは待ち、その翌日から遅れ。日が決まっていなければ遅れない', () => {
  assert.equal(stateOn(10), 'expected');
  assert.equal(stateOn(11), 'late');
  assert.equal(stateOn(30, { dueOn: null }), 'expected');
});

test('予定と受領、受領と入力の枚数が違えば差異になり、すべて台帳に入って初めて終わる', () => {
  const received = { receivedCount: 40, receivedOn: getDay(2026, 11, 9) };
  const batchId = 5 as BatchId;
  assert.equal(stateOn(12, { ...received, receivedCount: 39 }), 'differs');
  assert.equal(stateOn(12, received), 'toEnter');
  assert.equal(stateOn(12, { ...received, keyed: 3, entered: 3 }), 'entering');
  assert.equal(stateOn(12, { ...received, keyed: 40, entered: 39, batchId }), 'differs');
  assert.equal(stateOn(12, { ...received, keyed: 40, entered: 40, committed: 39, batchId }), 'inReview');
  assert.equal(stateOn(12, { ...received, keyed: 40, entered: 40, committed: 40, batchId }), 'done');
});

test('請求書の接種・予診のみの件数が受付の行と違えば差異になる。請求書がなければ比べない', () => {
  const done = { receivedCount: 40, receivedOn: getDay(2026, 11, 9), keyed: 40, entered: 40, committed: 40 };
  const entered = { ...done, batchId: 5 as BatchId, enteredDoses: 38, enteredScreenings: 2 };
  assert.equal(stateOn(12, entered), 'done');
  assert.equal(stateOn(12, { ...entered, claimedDoses: 38, claimedScreenings: 2 }), 'done');
  assert.equal(stateOn(12, { ...entered, claimedDoses: 39, claimedScreenings: 2 }), 'differs');
  assert.equal(stateOn(12, { ...entered, claimedDoses: 38, claimedScreenings: 1 }), 'differs');
  assert.equal(stateOn(12, { ...entered, claimedDoses: 38 }), 'done');
});

test('受け付けないと決めた行は終わり、差し戻した行は直って届くまで待つ。確かめた理由があれば差異も差し戻しも終わる', () => {
  const reviewed = {
    receivedCount: 40,
    receivedOn: getDay(2026, 11, 9),
    keyed: 40,
    entered: 40,
    batchId: 5 as BatchId,
  };
  assert.equal(stateOn(12, { ...reviewed, committed: 38, settled: 1 }), 'inReview');
  assert.equal(stateOn(12, { ...reviewed, committed: 38, settled: 2 }), 'done');
  assert.equal(stateOn(12, { ...reviewed, committed: 38, settled: 1, returned: 1 }), 'returned');
  const differenceNote = '1枚は隣の市の人。医療機関へ返した';
  assert.equal(stateOn(12, { ...reviewed, committed: 38, settled: 1, returned: 1, differenceNote }), 'done');
  assert.equal(stateOn(12, { ...reviewed, committed: 40, receivedCount: 39, differenceNote }), 'done');
  assert.equal(stateOn(12, { ...reviewed, committed: 39, differenceNote }), 'inReview', 'a reason ends no review');
  assert.equal(stateOn(12, { receivedCount: null, differenceNote }), 'late', 'nor does it bring the paper');
});
