import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { decideDoseVolume } from './decide-dose-volume.ts';

const { doseVolumes: table } = await checkoutRules();

/** What is said of a volume of a product given on a day to somebody of a birth date. */
const said = (product: string, told: string | null, on: string, bornOn: string | null, stage: string | null = null) =>
  decideDoseVolume(
    table,
    { product, stage, told, on: parseIsoDay(on), bornOn: bornOn === null ? null : parseIsoDay(bornOn) },
    'note',
  ).map(({ params }) => params['expected']);

test('日本脳炎は3歳未満0.25mL、3歳から0.5mL。誕生日の前の日は3歳未満でも3歳以上でもあり、どちらも問わない', () => {
  const born = '2020-05-10';
  assert.deepEqual(said('je', '0.25', '2023-05-08', born), []);
  assert.deepEqual(said('je', '0.50', '2023-05-08', born), ['0.25']);
  assert.deepEqual(said('je', '0.25', '2023-05-09', born), []);
  assert.deepEqual(said('je', '0.50', '2023-05-09', born), []);
  assert.deepEqual(said('je', '0.50', '2023-05-10', born), []);
  assert.deepEqual(said('je', '0.25', '2023-05-10', born), ['0.5']);
});

test('B型肝炎は10歳未満0.25mL、ロタは製品の量、二種混合は期で違う', () => {
  assert.deepEqual(said('hepb', '0.5', '2026-10-01', '2026-05-01'), ['0.25']);
  assert.deepEqual(said('hepb', '0.250', '2026-10-01', '2026-05-01'), []);
  assert.deepEqual(said('rv1', '2', '2026-10-01', null), ['1.5']);
  assert.deepEqual(said('rv5', '2.00', '2026-10-01', null), []);
  assert.deepEqual(said('dt', '0.5', '2026-10-01', null, 'stage-2'), ['0.1']);
  assert.deepEqual(said('dt', '0.5', '2026-10-01', null, 'primary'), []);
});

test('量が書かれていない、製品か日が表にない、生年月日が分からないときは何も言わない', () => {
  assert.deepEqual(said('je', null, '2026-10-01', '2025-05-01'), []);
  assert.deepEqual(said('je', '少量', '2026-10-01', '2025-05-01'), []);
  assert.deepEqual(said('bcg', '9', '2026-10-01', '2026-05-01'), []);
  assert.deepEqual(said('rv1', '9', '2020-09-30', '2020-06-01'), []);
  assert.deepEqual(said('je', '9', '2026-10-01', null), []);
});
