import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lottery, Random } from './random.ts';

const take = (seed: number, stream: number, count = 8): number[] => {
  const random = new Random(seed, stream);
  return Array.from({ length: count }, () => random.next());
};

test('同じ種と流れは同じ数を、違えば違う数を出す', () => {
  assert.deepEqual(take(1, 1), take(1, 1));
  assert.notDeepEqual(take(1, 1), take(2, 1));
  assert.notDeepEqual(take(1, 1), take(1, 2));
  // 2の32乗だけ離れた流れも別の流れ。
  assert.notDeepEqual(take(1, 1), take(1, 1 + 2 ** 32));
});

test('数は0以上1未満に、かたよりなく散る', () => {
  const numbers = take(42, 7, 10_000);
  assert.ok(numbers.every((each) => each >= 0 && each < 1));
  const tenths = Array.from({ length: 10 }, (_, i) => numbers.filter((each) => Math.floor(each * 10) === i).length);
  // 一万回のうち各千回。標準偏差は30なので、150（5倍）を超えて外れることはない。
  assert.ok(tenths.every((count) => Math.abs(count - 1000) < 150));
});

test('between は両端を含み、遅れは平均の5倍を超えない', () => {
  const random = new Random(3, 3);
  assert.deepEqual(new Set(Array.from({ length: 200 }, () => random.between(1, 3))), new Set([1, 2, 3]));
  assert.ok(Array.from({ length: 5000 }, () => random.delayDays(10)).every((days) => days >= 0 && days <= 50));
});

test('くじは重みに比例し、重みのない物は出ない', () => {
  const lottery = new Lottery(['never', 'seldom', 'often'], [0, 1, 9]);
  const random = new Random(5, 5);
  const drawn = Array.from({ length: 10_000 }, () => lottery.draw(random));
  assert.equal(drawn.filter((each) => each === 'never').length, 0);
  assert.ok(Math.abs(drawn.filter((each) => each === 'seldom').length - 1000) < 150);
  assert.throws(() => new Lottery([], []), RangeError);
});
