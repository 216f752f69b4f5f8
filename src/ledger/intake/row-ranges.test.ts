import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowRanges } from './row-ranges.ts';

test('every row stands in exactly one portion, in order', () => {
  assert.deepEqual(rowRanges(0), []);
  assert.deepEqual(rowRanges(1), [{ from: 1, to: 1 }]);
  assert.deepEqual(rowRanges(5000), [{ from: 1, to: 5000 }]);
  assert.deepEqual(rowRanges(10_001), [
    { from: 1, to: 5000 },
    { from: 5001, to: 10_000 },
    { from: 10_001, to: 10_001 },
  ]);
});
