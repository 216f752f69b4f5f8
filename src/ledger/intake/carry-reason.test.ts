import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchId } from '#kernel';
import { carryReason } from './carry-reason.ts';

test('前の答えの理由には、どの受付の答えかが付き、重ねて引き継いでも一度だけ付く', () => {
  const once = carryReason('電話で確認', 12 as BatchId);
  assert.equal(once, '電話で確認（受付番号 12 での答えと同じ）');
  assert.equal(carryReason(once, 15 as BatchId), '電話で確認（受付番号 15 での答えと同じ）');
});
