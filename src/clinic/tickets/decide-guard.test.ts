import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveGuardAfterFailure, type GuardState, isStopped } from './decide-guard.ts';

const at = (minutes: number, seconds = 0): Date => new Date(Date.UTC(2026, 10, 21, 1, minutes, seconds));

function failAt(minutes: readonly number[], kind: 'staff' | 'form'): GuardState | undefined {
  let state: GuardState | undefined;
  for (const minute of minutes) state = deriveGuardAfterFailure(state, kind, at(minute));
  return state;
}

test('一枚の予診票は、一時間に五回外れると一時間止まる', () => {
  const four = failAt([0, 10, 20, 30], 'form');
  assert.equal(isStopped(four, at(30)), false);
  const five = failAt([0, 10, 20, 30, 40], 'form');
  assert.equal(isStopped(five, at(40)), true);
  assert.equal(isStopped(five, at(99, 59)), true);
  assert.equal(isStopped(five, at(100)), false);
});

test('窓を過ぎた外れは数えない。止まった後は一から数える', () => {
  assert.equal(failAt([0, 1, 2, 3, 61], 'form')?.failures, 1);
  assert.equal(failAt([0, 1, 2, 3, 60], 'form')?.failures, 5);
  const again = deriveGuardAfterFailure(failAt([0, 1, 2, 3, 4], 'form'), 'form', at(70));
  assert.deepEqual(again, { failures: 1, firstFailedAt: at(70), lockedUntil: null });
});

test('一人の職員は、十五分に十回で止まる', () => {
  const nine = failAt([0, 1, 2, 3, 4, 5, 6, 7, 8], 'staff');
  assert.equal(isStopped(nine, at(8)), false);
  assert.equal(isStopped(deriveGuardAfterFailure(nine, 'staff', at(15)), at(15)), true);
  assert.equal(isStopped(undefined, at(0)), false);
});
