import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from '#kernel';
import { ledgerClinicVersion, readToClinic } from '#messages';
import { deriveLots } from './derive-lots.ts';

type Known = Parameters<typeof deriveLots>[0];

const lot = (code: string, change: object) => [code, { validTo: null, recall: null, ...change }] as const;
const known = new Map([
  [
    '5in1',
    new Map([
      lot('A1', { validTo: getDay(2027, 6, 30) }),
      lot('B2', { recall: { on: getDay(2026, 11, 20), reason: '異物' } }),
      lot('C'.repeat(21), { validTo: getDay(2027, 6, 30), recall: { on: getDay(2026, 11, 20), reason: '異物' } }),
      lot('', { validTo: getDay(2027, 6, 30) }),
    ]),
  ],
]) as unknown as Known;

test('ロットの期限と回収をマスタと設定から集め、電文に入らない番号で全体を止めない', () => {
  const listed = [{ product: 'flu', lotNumber: 'rc-1', recalledOn: getDay(2026, 10, 15), reason: '見本' }];
  const told = deriveLots(known, listed);
  assert.deepEqual(told.lots, [{ product: '5in1', lotNumber: 'A1', expiresOn: '2027-06-30' }]);
  assert.deepEqual(told.recalls, [
    { product: '5in1', lotNumber: 'B2', recalledOn: '2026-11-20', reason: '異物' },
    { product: 'flu', lotNumber: 'RC1', recalledOn: '2026-10-15', reason: '見本' },
  ]);
  const frame = { kind: 'masters', version: ledgerClinicVersion, lgCode: '134996', institutions: [], packages: [] };
  assert.deepEqual(readToClinic(JSON.stringify({ ...frame, ...told })), { ...frame, ...told });
});
