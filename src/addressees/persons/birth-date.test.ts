import assert from 'node:assert/strict';
import test from 'node:test';
import { formatIsoDay, getDay } from '#kernel';
import { findBirthDate, findBirthDateRange } from './birth-date.ts';

function range(text: string): string | undefined {
  const found = findBirthDateRange(text);
  return found && `${formatIsoDay(found.from)}..${formatIsoDay(found.to)}`;
}

test('西暦でも和暦でも一部だけでも生年月日として読める', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1954-08-25', '1954-08-25..1954-08-25'],
    ['1954/8/25', '1954-08-25..1954-08-25'],
    ['19540825', '1954-08-25..1954-08-25'],
    ['1954年8月25日', '1954-08-25..1954-08-25'],
    ['１９５４年８月', '1954-08-01..1954-08-31'],
    ['1954', '1954-01-01..1954-12-31'],
    ['1954年', '1954-01-01..1954-12-31'],
    ['昭和29年8月25日', '1954-08-25..1954-08-25'],
    ['S29.8.25', '1954-08-25..1954-08-25'],
    ['昭29.8', '1954-08-01..1954-08-31'],
    ['昭和29年', '1954-01-01..1954-12-31'],
    ['S29', '1954-01-01..1954-12-31'],
    ['昭和29年8月', '1954-08-01..1954-08-31'],
    ['令和元年', '2019-01-01..2019-12-31'],
    ['2024年2月29日', '2024-02-29..2024-02-29'],
    ['2024年2月', '2024-02-01..2024-02-29'],
  ];
  for (const [text, expected] of cases) assert.equal(range(text), expected, text);
});

test('生年月日でないものは読まない', () => {
  for (const text of ['2023-02-29', '0299', '1954-13', 'サトウ', '123', '00000001', '昭和', '平成0年', '明30年13月']) {
    assert.equal(range(text), undefined, text);
  }
});

test('住民記録の生年月日は不詳の部分を欠いてよい', () => {
  assert.deepEqual(findBirthDate('1950-04-01'), { bornOn: getDay(1950, 4, 1), precision: 'day' });
  assert.deepEqual(findBirthDate('1950-04'), { bornOn: getDay(1950, 4, 1), precision: 'month' });
  assert.deepEqual(findBirthDate('1950'), { bornOn: getDay(1950, 1, 1), precision: 'year' });
  assert.deepEqual(findBirthDate(null), { bornOn: null, precision: 'unknown' });
  assert.equal(findBirthDate('1950-13'), undefined);
  assert.equal(findBirthDate('昭和'), undefined);
});
