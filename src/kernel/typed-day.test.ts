import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from './day.ts';
import { findTypedDay, findTypedPastDay } from './typed-day.ts';

test('西暦でも和暦でも、数字だけでも、同じ日に読む', () => {
  const wanted = getDay(2026, 4, 15);
  const forms = [
    '2026-04-15',
    '20260415',
    '2026/4/15',
    '2026年4月15日',
    'R8.4.15',
    'r8.4.15',
    '令和8年4月15日',
    '080415',
  ];
  for (const text of [...forms, '8.4.15', '８．４．１５', ' R08-04-15 '])
    assert.equal(findTypedDay(text), wanted, text);
  assert.equal(findTypedDay('H31.4.30'), getDay(2019, 4, 30));
  assert.equal(findTypedDay('010501'), getDay(2019, 5, 1));
});

test('暦にない日、元号の前の日、日でないものは読まない', () => {
  for (const text of ['080431', '010430', '000101', '2026-13-01', '8415', '', '春', 'R8.4']) {
    assert.equal(findTypedDay(text), undefined, text);
  }
});

test('二桁の年は令和18年まで。西暦の下二桁や前の元号とも読める年は、元号を書いたときだけ読む', () => {
  assert.equal(findTypedDay('181231'), getDay(2036, 12, 31));
  for (const text of ['19.1.1', '190101', '26.4.15', '260415', '25-12-31', '640107', '99.12.31']) {
    assert.equal(findTypedDay(text), undefined, text);
  }
  assert.equal(findTypedDay('R26.4.15'), getDay(2044, 4, 15));
  assert.equal(findTypedDay('S25.12.31'), getDay(1950, 12, 31));
  assert.equal(findTypedDay('2026.4.15'), getDay(2026, 4, 15));
});

test('起きたことの日は今日まで', () => {
  const today = getDay(2026, 11, 22);
  assert.equal(findTypedPastDay('081122', today), today);
  for (const text of ['081123', '12.4.15', '2026-11-23', 'R26.4.15', '春']) {
    assert.equal(findTypedPastDay(text, today), undefined, text);
  }
});
