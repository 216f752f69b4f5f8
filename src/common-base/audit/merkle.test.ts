import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { merkleRoot, noSeal, sealHash } from './merkle.ts';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const leaves = [1, 2, 3, 4, 5].map((n) => sha256(Buffer.of(n)));
const node = (a: Uint8Array, b: Uint8Array): Buffer => sha256(Buffer.of(1), a, b);

test('マークル根はRFC 6962の木と同じで、余った葉はそのまま上がる', () => {
  const [a, b, c, d, e] = leaves as [Buffer, Buffer, Buffer, Buffer, Buffer];
  assert.deepEqual(merkleRoot([a]), a);
  assert.deepEqual(merkleRoot([a, b]), node(a, b));
  assert.deepEqual(merkleRoot([a, b, c]), node(node(a, b), c));
  assert.deepEqual(merkleRoot([a, b, c, d, e]), node(node(node(a, b), node(c, d)), e));
  assert.throws(() => merkleRoot([]), RangeError);
});

test('順番・数・直前の封印・時刻のどれが違っても封印は違う', () => {
  const fields = {
    lgCode: '134996',
    sealNo: 2,
    sealedAt: '2026-11-21T00:00:00.000001Z',
    actCount: 2,
    actTotal: 5,
    root: merkleRoot(leaves.slice(0, 2)),
    previousSeal: noSeal,
  };
  const changed = [
    { ...fields, lgCode: '011002' },
    { ...fields, sealNo: 3 },
    { ...fields, sealedAt: '2026-11-21T00:00:00.000002Z' },
    { ...fields, actCount: 1 },
    { ...fields, actTotal: 6 },
    { ...fields, root: merkleRoot(leaves.slice(0, 2).toReversed()) },
    { ...fields, previousSeal: Buffer.alloc(32, 1) },
  ];
  const seals = new Set([fields, ...changed].map((each) => sealHash(each).toString('hex')));
  assert.equal(seals.size, changed.length + 1);
});
