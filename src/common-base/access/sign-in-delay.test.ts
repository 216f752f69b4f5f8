import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delaySecondsAfter } from './sign-in-delay.ts';

test('4回までは待たず、5回目から倍に増え、15分で止まる', () => {
  const delays = [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1000].map((failures) => delaySecondsAfter('account', failures));
  assert.deepEqual(delays, [0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]);
});

test('接続元は30回までは待たない', () => {
  assert.deepEqual(
    [30, 31, 32].map((failures) => delaySecondsAfter('address', failures)),
    [0, 15, 30],
  );
});
