import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClinicMasters } from '#clinic/tickets';
import { parseIsoDay } from '#kernel';
import { emptyInjection, fillFromPackage } from './read-injection-form.ts';

const [fiveInOne, varicella] = ['20000000000240', '20000000000295'];
const onNoList = '04987123456784';
const masters = {
  packages: new Map([
    [fiveInOne, { product: '5in1', manufacturerCode: '04' }],
    [varicella, { product: 'var', manufacturerCode: '07' }],
  ]),
  lots: new Map([['5in1', new Map([['A12210002', parseIsoDay('2027-06-30')]])]]),
} as unknown as ClinicMasters;
const today = parseIsoDay('2026-11-24');

/** Product, lot, last day, code and maker after these barcodes, one after another. */
function scanned(...barcodes: string[]): readonly string[] {
  let form = emptyInjection;
  for (const barcode of barcodes) {
    const filled = fillFromPackage(form, barcode, { masters, today });
    assert.equal(filled.trouble, null, barcode);
    form = filled.form;
  }
  return [form.product, form.lotNumber, form.expiresOn, form.gtin, form.manufacturerCode];
}

test('一つの包装の二つのバーコードは、どの順でも合わせて読む', () => {
  const whole = ['5in1', 'ABC-1', '2027-06-30', fiveInOne, '04'];
  assert.deepEqual(scanned(`01${fiveInOne}1727063010ABC-1`), whole);
  assert.deepEqual(scanned(`01${fiveInOne}`, '1727063010ABC-1'), whole);
  assert.deepEqual(scanned('1727063010ABC-1', `01${fiveInOne}`), whole);
});

test('別の包装を読み取ると、前の包装のワクチン、ロット番号、有効期限は残らない', () => {
  const first = `01${varicella}1726123110V-9`;
  assert.deepEqual(scanned(first, `01${fiveInOne}`), ['5in1', '', '', fiveInOne, '04']);
  assert.deepEqual(scanned(first, `01${fiveInOne}10ABC-2`), ['5in1', 'ABC-2', '', fiveInOne, '04']);
  // A package that is on no list is no varicella for having been scanned behind one.
  assert.deepEqual(scanned(first, `01${onNoList}1727063010XYZ-9`), ['', 'XYZ-9', '2027-06-30', onNoList, '']);
});

test('ロットの後の区切りが届かなければ、何も埋めずにそう言う', () => {
  const { form, trouble } = fillFromPackage(emptyInjection, `01${fiveInOne}10ABC-117270630`, { masters, today });
  assert.deepEqual([form, trouble?.code], [emptyInjection, 'barcodeSeparatorLost']);
});

test('ロットにシリアル番号が続くかもしれないとき、台帳のロットでなければロットだけを空けてそう言う', () => {
  const scan = (lot: string) => fillFromPackage(emptyInjection, `01${fiveInOne}1727063010${lot}`, { masters, today });
  const doubted = scan('A12210001');
  assert.deepEqual(
    [doubted.form.product, doubted.form.lotNumber, doubted.form.expiresOn, doubted.trouble?.code],
    ['5in1', '', '2027-06-30', 'barcodeLotUnsure'],
  );
  assert.deepEqual(doubted.trouble?.params, { lot: 'A12210001' });
  // The office's list has this very lot.
  const known = scan('A12210002');
  assert.deepEqual([known.form.lotNumber, known.trouble], ['A12210002', null]);
});
