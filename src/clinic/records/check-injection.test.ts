import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenTicket } from '#clinic/tickets';
import { parseIsoDay } from '#kernel';
import { listRecordedHere } from './check-injection.ts';

const [monday, tuesday] = [parseIsoDay('2026-11-02'), parseIsoDay('2026-11-03')];
const use = (formNumber: string, product: string | null, vaccinatedOn = tuesday) => ({
  formNumber,
  recordId: formNumber,
  product,
  vaccinatedOn,
});

test('医療機関で記録した接種は、自治体から届いた記録と二度数えない。いま手にある予診票と接種しなかった記録は除く', () => {
  const opened = {
    ticket: { formNumber: 'in-hand' },
    patient: { doses: [{ product: '5in1', on: tuesday }] },
    uses: [
      use('told', '5in1'),
      use('other-product', 'rv1'),
      use('other-day', '5in1', monday),
      use('not-given', null),
      use('in-hand', 'hib'),
    ],
  } as unknown as OpenTicket;
  assert.deepEqual(listRecordedHere(opened), [
    { product: 'rv1', on: tuesday, kind: 'routine' },
    { product: '5in1', on: monday, kind: 'routine' },
  ]);
});
