import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { readAhead } from './read-ahead.ts';

test('順に、すべて、決めた数だけ先に読む', async () => {
  let made = 0;
  async function* numbers() {
    for (made = 1; made <= 20; made += 1) yield made;
  }
  const taken: number[] = [];
  let furthest = 0;
  for await (const some of readAhead(numbers(), 3)) {
    taken.push(...some);
    await setTimeout(2);
    furthest = Math.max(furthest, made - (some.at(-1) ?? 0));
  }
  assert.deepEqual(
    taken,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  assert.ok(furthest >= 2 && furthest <= 4, `${furthest} 先まで読んだ`);
});

test('読む途中の誤りは、前のものを渡してから投げる', async () => {
  async function* broken() {
    yield 1;
    yield 2;
    throw new Error('こわれている');
  }
  const taken: number[] = [];
  await assert.rejects(async () => {
    for await (const some of readAhead(broken(), 5)) taken.push(...some);
  }, /こわれている/u);
  assert.deepEqual(taken, [1, 2]);
});

test('受け手がやめれば読み手も終わる', async () => {
  let isClosed = false;
  async function* endless() {
    try {
      for (let i = 0; ; i += 1) yield i;
    } finally {
      isClosed = true;
    }
  }
  for await (const some of readAhead(endless(), 2)) if (some.includes(5)) break;
  assert.ok(isClosed);
});
