import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, parseIsoDay } from '#kernel';
import { spreadMarks, timelineScale } from './timeline-scale.ts';

test('離れている印は動かず、同じころの印は並んで見える', () => {
  assert.deepEqual(spreadMarks([]), []);
  assert.deepEqual(spreadMarks([10, 20, 90]), [0, 0, 0]);
  assert.deepEqual(spreadMarks([50, 50]), [-8, 8]);
  assert.deepEqual(spreadMarks([50, 50, 50]), [-16, 0, 16]);
  // 290, then three at 310 (pixels): together they spread around 305.
  assert.deepEqual(spreadMarks([50, 53.448, 53.448, 53.448]), [-9, -13, 3, 19]);
});

test('どう並んでも、印は順番のまま、となりと重ならない', () => {
  const places = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
  fc.assert(
    fc.property(places, (given) => {
      const sorted = given.map((place) => place * 1.3).toSorted((a, b) => a - b);
      const shifts = spreadMarks(sorted);
      const drawn = sorted.map((place, index) => (place / 100) * 580 + (shifts[index] ?? 0));
      // Whole pixels: a mark may stand one pixel nearer than its width.
      return drawn.every((at, index) => index === 0 || at - (drawn[index - 1] ?? 0) >= 15);
    }),
  );
});

test('目もりの上で、あとの日がまえの日より左に来ることはない', () => {
  const bornOn = parseIsoDay('2024-05-10');
  const scale = timelineScale(bornOn, bornOn, parseIsoDay('2032-05-10'));
  const days = fc.integer({ min: 0, max: 2900 });
  fc.assert(
    fc.property(days, days, (a, b) => {
      const [first, second] = a < b ? [a, b] : [b, a];
      return scale.at(addDays(bornOn, first)) <= scale.at(addDays(bornOn, second));
    }),
  );
  assert.equal(scale.at(bornOn), 0);
  assert.equal(scale.at(parseIsoDay('2032-05-10')), 100);
  assert.equal(scale.ticks[0]?.label, '出生');
});
