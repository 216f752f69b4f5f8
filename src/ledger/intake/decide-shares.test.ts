import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideShares } from './decide-shares.ts';

const row = (ordinal: number, group: string) => ({ ordinal, group });

test('同じ人の行は一人の担当に集まり、行の数はほぼ同じになる', () => {
  const rows = [row(1, 'a'), row(2, 'b'), row(3, 'a'), row(4, 'c'), row(5, 'd'), row(6, 'a')];
  assert.deepEqual(decideShares(rows, 2), [
    [1, 3, 6],
    [2, 4, 5],
  ]);
});

test('行より担当が多ければ、あまった担当には何も来ない。行は一つも落ちない', () => {
  assert.deepEqual(decideShares([row(9, 'x')], 3), [[9], [], []]);
  const many = Array.from({ length: 100 }, (_, i) => row(i + 1, String(i % 37)));
  const shares = decideShares(many, 3);
  assert.deepEqual(
    shares.flat().toSorted((a, b) => a - b),
    many.map(({ ordinal }) => ordinal),
  );
  const sizes = shares.map((share) => share.length);
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 3, 'no group is larger than three rows');
});
