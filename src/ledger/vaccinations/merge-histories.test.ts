import assert from 'node:assert/strict';
import test from 'node:test';
import { type EntryId, getDay } from '#kernel';
import { mergeHistories } from './merge-histories.ts';
import type { DoseOnRecord } from './types.ts';

function dose(entryId: number, day: number, product: string | null, vaccineCode: string | null = null): DoseOnRecord {
  return {
    entryId: entryId as EntryId,
    vaccinatedOn: getDay(2026, 4, day),
    outcome: 'administered',
    vaccinationClass: 'routine',
    programme: null,
    stage: null,
    product,
    vaccineCode,
    doseNumberAsSent: null,
  };
}

const entriesOf = (doses: readonly DoseOnRecord[]): number[] => doses.map((one) => one.entryId);

test('二つの記録の接種が日の順に並ぶ', () => {
  assert.deepEqual(entriesOf(mergeHistories([[dose(1, 20, 'a')], [dose(2, 10, 'b')]])), [2, 1]);
});

test('両方の番号で取り込まれた同じ日の同じ製品は、一回と数える', () => {
  const merged = mergeHistories([[dose(7, 10, 'a')], [dose(2, 10, 'a'), dose(3, 11, 'a')]]);
  assert.deepEqual(entriesOf(merged), [7, 3]);
});

test('製品が分からないときは送付元のコードで、違うコードは別の接種として数える', () => {
  const merged = mergeHistories([[dose(1, 10, null, '21')], [dose(2, 10, null, '21'), dose(3, 10, null, '22')]]);
  assert.deepEqual(entriesOf(merged), [1, 3]);
});

test('一つの記録の中の同じ日の二行は、そのまま残る', () => {
  assert.deepEqual(entriesOf(mergeHistories([[dose(1, 10, 'a'), dose(2, 10, 'a')], []])), [1, 2]);
});
