import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { decideMaster } from './decide-master.ts';
import type { MasterTold } from './types.ts';

const lot: MasterTold = {
  kind: 'lot',
  code: 'A1',
  owner: '5in1',
  name: '架空製薬',
  validFrom: parseIsoDay('2026-04-01'),
  validTo: parseIsoDay('2026-04-01'),
  isRetired: false,
  note: null,
  recall: null,
};
const faultsOf = (change: Partial<MasterTold>) => decideMaster({ ...lot, ...change }, (owner) => owner === '5in1');

test('ロットは知られた製品、医師は医療機関のもの。期間は始まりから、回収には理由がいる', () => {
  assert.deepEqual(faultsOf({}), []);
  assert.deepEqual(faultsOf({ owner: '' }), ['ownerMissing']);
  assert.deepEqual(faultsOf({ owner: '6in1' }), ['productUnknown']);
  assert.deepEqual(faultsOf({ kind: 'physician', owner: '' }), ['ownerMissing']);
  assert.deepEqual(faultsOf({ kind: 'physician', owner: '1311400046' }), []);
  assert.deepEqual(faultsOf({ kind: 'venue', owner: '' }), []);
  assert.deepEqual(faultsOf({ validTo: parseIsoDay('2026-03-31') }), ['spanReversed']);
  const on = parseIsoDay('2026-06-01');
  assert.deepEqual(faultsOf({ recall: { on, reason: '' } }), ['recallSilent']);
  assert.deepEqual(faultsOf({ recall: { on, reason: '力価' } }), []);
});
