import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LgCode } from '#kernel';
import { createLog } from '#platform/log';
import type { Database } from '#platform/postgres';
import { createRounds, nextRest, type RoundWork } from './rounds.ts';

const log = createLog('test', 'silent');
// Nothing here reads a database: the list of the rounds is given.
const db = {} as Database;
const code = (n: number) => String(n).padStart(6, '0') as LgCode;

async function takeTurns(rounds: ReturnType<typeof createRounds>, turns: number): Promise<void> {
  for (let i = 0; i < turns; i += 1) await rounds.run({ db, log, signal: new AbortController().signal });
}

test('何もなければ倍ずつ間を置き、何かあれば次の回に必ず来る', () => {
  const rests = [1, 2, 3, 4].reduce<number[]>((all) => [...all, nextRest(all.at(-1) ?? 0, false, 6)], []);
  assert.deepEqual(rests, [1, 2, 4, 6]);
  assert.equal(nextRest(6, true, 6), 0);
});

test('静かな自治体は間を置き、手元で待つものがある自治体は毎回、失敗した自治体は待つものがあっても間を置く', async () => {
  const seen: string[] = [];
  const list: RoundWork[] = [
    { lgCode: code(1), isWaiting: false },
    { lgCode: code(2), isWaiting: true },
    { lgCode: code(3), isWaiting: true },
  ];
  const rounds = createRounds({
    name: 'test',
    restMax: 2,
    list: () => Promise.resolve(list),
    run(_, { lgCode }) {
      seen.push(lgCode);
      return lgCode === code(3) ? Promise.reject(new Error('no answer')) : Promise.resolve(false);
    },
  });
  await takeTurns(rounds, 8);
  const times = (n: number) => seen.filter((each) => each === code(n)).length;
  // Turns 1, 3, 6 of eight: one sat out, then two, then two.
  assert.deepEqual([times(1), times(2), times(3)], [3, 8, 3]);
});

test('一つが答えなくても、ほかの三百は待たない', async () => {
  let done = 0;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const rounds = createRounds({
    name: 'test',
    restMax: 6,
    list: () => Promise.resolve(Array.from({ length: 301 }, (_, i) => ({ lgCode: code(i), isWaiting: false }))),
    async run(_, { lgCode }) {
      if (lgCode === code(0)) return promise;
      done += 1;
      if (done === 300) resolve(true);
      return false;
    },
  });
  await takeTurns(rounds, 1);
  assert.equal(done, 300);
});
