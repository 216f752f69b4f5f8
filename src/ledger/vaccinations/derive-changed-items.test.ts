import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { deriveChangedItems, listFactItems, type RecordWording } from './derive-changed-items.ts';
import type { RecordItems } from './record-items.ts';
import type { VaccinationFact } from './types.ts';

const words: RecordWording = {
  stage: () => '水痘',
  product: () => '水痘ワクチン',
  nameOfCode: (key, items) => {
    if (key === 'institutionCode') return items.institutionCode === '1310000017' ? '森内科' : null;
    if (key !== 'administeringPhysicianCode') return null;
    return items.institutionCode === '1310000017' ? '森 一郎' : '谷 花子';
  },
};

function factWith(items: RecordItems): VaccinationFact {
  return {
    outcome: 'administered',
    vaccinatedOn: parseIsoDay('2026-10-13'),
    vaccinationClass: 'routine',
    programme: 'varicella',
    stage: 'primary',
    product: 'varicella',
    items,
    source: 'clinic',
    certainty: 'documented',
  };
}

test('コードの横に名前が出て、名前を知らないコードと、ほかの項目はそのまま', () => {
  const told = new Map(
    listFactItems(
      factWith({ institutionCode: '1310000017', administeringPhysicianCode: '05', lotNumber: 'A1', consent: 'given' }),
      words,
    ),
  );
  assert.equal(told.get('医療機関コード'), '1310000017　森内科');
  assert.equal(told.get('接種医コード'), '05　森 一郎');
  assert.equal(told.get('ロット番号'), 'A1');
  assert.equal(told.get('同意'), 'あり');
  assert.equal(new Map(listFactItems(factWith({ institutionCode: '99' }), words)).get('医療機関コード'), '99');
});

test('異動は書かれたものを比べる。医療機関が変わり同じ医師コードの名前が変わっても、医師コードは変わっていない', () => {
  const before = factWith({ institutionCode: '1310000017', administeringPhysicianCode: '05' });
  const after = factWith({ institutionCode: '1310000025', administeringPhysicianCode: '05' });
  assert.deepEqual(deriveChangedItems(before, after, words), [
    { label: '医療機関コード', before: '1310000017　森内科', after: '1310000025' },
  ]);
});
