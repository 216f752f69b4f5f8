import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay } from '#kernel';
import { fixedClock, todayInTokyo } from './clock.ts';

test('日本の日付は世界標準時の15時に変わる', () => {
  assert.equal(formatIsoDay(todayInTokyo(fixedClock('2026-11-20T14:59:59Z'))), '2026-11-20');
  assert.equal(formatIsoDay(todayInTokyo(fixedClock('2026-11-20T15:00:00Z'))), '2026-11-21');
  assert.throws(() => fixedClock('きのう'), /not an instant/u);
});
