import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, type Day, getDay } from '#kernel';
import { DayExpressions, distanceFromBirth, evaluateDay } from './day-expression.ts';

const expressions = new DayExpressions();
const find = (text: string) => expressions.find(text) ?? assert.fail(text);

test('a day counted from birth lies within its distance for everybody', () => {
  const amount = fc.integer({ min: 0, max: 110 });
  const head = fc.oneof(
    fc.constantFrom('birth', 'school'),
    amount.map((n) => `m(${n})`),
    amount.map((n) => `y(${n})`),
    fc.integer({ min: 0, max: 2000 }).map((n) => `d(${n})`),
    amount.map((n) => `fy(${n})s`),
    amount.map((n) => `fy(${n})e`),
  );
  const years = fc.constantFrom('', '-1y', '+1y', '-9y');
  const days = fc.constantFrom('', '+1', '-1', '-22', '+400');
  const first = getDay(1900, 1, 1);
  fc.assert(
    fc.property(head, years, days, fc.integer({ min: 0, max: 60_000 }), (text, inYears, inDays, after) => {
      const expression = find(`${text}${inYears}${inDays}`);
      const bornOn = addDays(first, after);
      const distance = distanceFromBirth(expression) ?? assert.fail('counted from birth');
      const days = evaluateDay(expression, bornOn, null) - bornOn;
      assert.ok(days >= distance.least && days <= distance.most, `${days} of ${JSON.stringify(distance)}`);
    }),
    { numRuns: 20_000 },
  );
});

test('the distance is narrow enough to be of use', () => {
  // 生後2月: 59 to 62 days; 65歳: the day before the birthday, 23,740 to 23,741 days; a fiscal year adds a year.
  assert.deepEqual(distanceFromBirth(find('m(2)')), { least: 55, most: 66 });
  assert.deepEqual(distanceFromBirth(find('y(65)')), { least: 23_735, most: 23_746 });
  assert.deepEqual(distanceFromBirth(find('fy(12)e')), { least: 4377, most: 4754 });
  // The day of birth itself; 小学校就学の始期: from six years on, within a year (2191.46 to 2556.70 days).
  assert.deepEqual(distanceFromBirth(find('birth')), { least: -5, most: 5 });
  assert.deepEqual(distanceFromBirth(find('school')), { least: 2186, most: 2562 });
});

test('a year from the 29th of February is the 28th, and a day that no calendar has is no day of a rule', () => {
  const leapDay = getDay(2024, 2, 29);
  assert.equal(evaluateDay(find('birth+1y'), leapDay, null), getDay(2025, 2, 28));
  assert.equal(evaluateDay(find('birth-1y'), leapDay, null), getDay(2023, 2, 28));
  assert.equal(evaluateDay(find('birth+4y'), leapDay, null), getDay(2028, 2, 29));
  assert.equal(expressions.find('2026-02-29'), undefined);
  assert.equal(expressions.find('2026-13-01'), undefined);
});

test('one text is one expression, however often it is read', () => {
  const { size } = expressions;
  const first = find('y(111)');
  assert.equal(find('y(111)'), first);
  assert.equal(expressions.size, size + 1);
  assert.equal(expressions.find('y(111'), undefined);
  assert.equal(expressions.size, size + 1);
});

test('a fixed day and one of a pregnancy have no distance from birth', () => {
  assert.equal(distanceFromBirth(find('2014-10-01')), undefined);
  assert.equal(distanceFromBirth(find('due-24')), undefined);
  assert.equal(evaluateDay(find('2014-10-01'), 0 as Day, null), getDay(2014, 10, 1));
});
