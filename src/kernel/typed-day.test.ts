import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from './day.ts';
import { findTypedDay } from './typed-day.ts';

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
