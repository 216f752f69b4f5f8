import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makerOf } from './maker-of.ts';

test('メーカーは、記録にある名前、コードの名前、コードの順に言う', () => {
  const nameOf = (code: string) => (code === '10' ? '水痘製造社' : undefined);
  assert.equal(makerOf({ manufacturerCode: '10', manufacturerName: '別の社' }, nameOf), '別の社');
  assert.equal(makerOf({ manufacturerCode: '10' }, nameOf), '水痘製造社');
  assert.equal(makerOf({ manufacturerCode: '99' }, nameOf), '99');
  assert.equal(makerOf({ manufacturerCode: '', manufacturerName: null }, nameOf), null);
});
