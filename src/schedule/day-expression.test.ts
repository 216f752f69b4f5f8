import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, type Day, formatIsoDay, getDay, parseIsoDay } from '#kernel';
import { DayExpressions, evaluateDay } from './day-expression.ts';

const expressions = new DayExpressions();

function dayOf(text: string, born: string, due: string | null = null): string {
  const expression = expressions.find(text);
  assert.ok(expression !== undefined, text);
  return formatIsoDay(evaluateDay(expression, parseIsoDay(born), due === null ? null : parseIsoDay(due)));
}

test('the words of the law are worked out for a birth date', () => {
  // Children born on the 29th of February reach an age on the 28th in every year; a year before it the 28th too.
  assert.equal(dayOf('birth', '2024-02-29'), '2024-02-29');
  assert.equal(dayOf('birth+1y', '2024-02-29'), '2025-02-28');
  assert.equal(dayOf('birth-4y', '2024-02-29'), '2020-02-29');
  assert.equal(dayOf('y(1)', '2024-02-29'), '2025-02-28');
  assert.equal(dayOf('m(1)', '2013-01-31'), '2013-02-28');
  assert.equal(dayOf('d(42)', '2025-01-15'), '2025-02-26');
  assert.equal(dayOf('fy(12)s', '2014-04-01'), '2025-04-01');
  assert.equal(dayOf('fy(12)e', '2014-04-02'), '2027-03-31');
  assert.equal(dayOf('school-1y', '2020-04-01'), '2025-04-01');
  assert.equal(dayOf('school-1', '2020-04-02'), '2027-03-31');
  assert.equal(dayOf('m(36)+1', '2011-10-01'), '2014-10-01');
  assert.equal(dayOf('2025-04-01', '1960-01-01'), '2025-04-01');
  assert.equal(dayOf('due-84', '1998-05-05', '2026-09-01'), '2026-06-09');
});

test('a day of a pregnancy cannot be worked out without one', () => {
  assert.throws(() => dayOf('due-84', '1998-05-05'), /due-84/u);
});

test('what is no day of a rule is not read', () => {
  for (const text of ['', 'm()', 'm(2', 'x(2)', 'fy(12)', 'fy(12)x', '2025-02-30', 'birth 1', 'birth+1x', 'm(12345)']) {
    assert.equal(expressions.find(text), undefined, text);
  }
});

test('an expression of one text is one, with a slot of its own', () => {
  const fresh = new DayExpressions();
  assert.equal(fresh.size, 0);
  assert.equal(fresh.find('no day'), undefined);
  const [first, second] = [fresh.find('m(2)'), fresh.find('m(3)')];
  assert.equal(fresh.find('m(2)'), first);
  assert.deepEqual([first?.slot, second?.slot, fresh.size], [0, 1, 2]);
});

test('no day of a rule goes back with a later birth date, so that births can be told by their bounds', () => {
  const texts = [
    'birth',
    'm(1)',
    'm(2)',
    'm(12)',
    'm(36)+1',
    'y(3)',
    'y(65)',
    'd(42)',
    'fy(12)s',
    'fy(16)e',
    'school-1y',
  ];
  for (const text of texts) {
    const expression = expressions.find(text);
    assert.ok(expression !== undefined);
    let before = evaluateDay(expression, getDay(2019, 12, 31), null);
    // Five years with two leap days, ends of months and of fiscal years.
    for (let bornOn: Day = getDay(2020, 1, 1); bornOn <= getDay(2025, 1, 1); bornOn = addDays(bornOn, 1)) {
      const day = evaluateDay(expression, bornOn, null);
      assert.ok(day >= before, `${text} of ${formatIsoDay(bornOn)}`);
      before = day;
    }
  }
});
