import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from '#kernel';
import { FormFields } from '#platform/http';
import type { VaccinationFact } from '../types.ts';
import { deriveChanges, formOfFact, readCorrectionForm } from './read-correction-form.ts';

const today = getDay(2026, 11, 22);
const fact: VaccinationFact = {
  ...{ outcome: 'administered', vaccinatedOn: getDay(2026, 4, 15), vaccinationClass: 'routine', source: 'clinic' },
  ...{ programme: 'measles-rubella', stage: 'stage-1', product: 'mr', certainty: 'documented' },
  items: { manufacturerCode: '05', manufacturerName: '麻しん風しん製造社', lotNumber: 'A1', doseNumber: '1' },
};
const sent = (changed: Record<string, string>, of = fact) => {
  const { items, which: _, keepsMaker: __, ...form } = formOfFact(of);
  return deriveChanges(of, readCorrectionForm(new FormFields({ ...form, ...items, ...changed })), today);
};
const asked = (changed: Record<string, string>, of = fact) => sent(changed, of).errors.map(({ field }) => field);
const both = ['manufacturerCode', 'manufacturerName'];

test('製品かロットを変えたら、前のままのメーカーを尋ねる', () => {
  assert.deepEqual(asked({ lotNumber: 'B2' }), both);
  assert.deepEqual(asked({ product: 'measles' }), both);
  assert.deepEqual(asked({ lotNumber: 'B2', keepsMaker: '1' }), []);
  assert.deepEqual(asked({ lotNumber: 'B2', manufacturerCode: '06' }), ['manufacturerName']);
  const other = { product: 'measles', manufacturerCode: '06', manufacturerName: '別の製造社' };
  assert.deepEqual(sent(other).errors, []);
  assert.deepEqual(sent(other).changes, {
    product: 'measles',
    items: { manufacturerCode: '06', manufacturerName: '別の製造社' },
  });
});

test('メーカーコードだけを変えたら、前のままの名前を尋ねる', () => {
  assert.deepEqual(asked({ manufacturerCode: '06' }), ['manufacturerName']);
  assert.deepEqual(asked({ manufacturerCode: '06', manufacturerName: '' }), []);
});

test('メーカーに関わらない訂正と、はじめて書くロットでは尋ねない', () => {
  assert.deepEqual(asked({ vaccinatedOn: 'R8.4.16' }), []);
  assert.deepEqual(asked({ lotNumber: 'B2' }, { ...fact, items: { lotNumber: 'A1' } }), []);
  assert.deepEqual(asked({ lotNumber: 'B2' }, { ...fact, items: { manufacturerCode: '05' } }), []);
});

test('接種年月日は今日まで。二桁の年から先の日を読まない', () => {
  for (const text of ['26.4.15', '12.4.15', '2026-11-23', 'R26.4.15']) {
    assert.deepEqual(asked({ vaccinatedOn: text }), ['vaccinatedOn'], text);
  }
  assert.equal(sent({ vaccinatedOn: '080416' }).changes.vaccinatedOn, getDay(2026, 4, 16));
});
