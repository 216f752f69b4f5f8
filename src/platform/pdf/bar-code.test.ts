import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBarCode } from './bar-code.ts';

const box = { x: 20, y: 30, width: 60, height: 10 };

test('一次元コードは枠の幅に静穏帯ごと収まる', () => {
  for (const [symbology, text] of [
    ['code128', '100000000016'],
    ['nw7', 'A100000000016A'],
  ] as const) {
    const bars = drawBarCode(symbology, text, box);
    const widths = bars.map((bar) => bar.width);
    const module = Math.min(...widths);
    assert.ok((bars[0]?.x ?? 0) - box.x >= 10 * module - 1e-9, 'ten modules are free at the left');
    const last = bars.at(-1);
    assert.ok(box.x + box.width - ((last?.x ?? 0) + (last?.width ?? 0)) >= 10 * module - 1e-9, 'and at the right');
    assert.ok(bars.every((bar) => bar.y === box.y && bar.height === box.height));
  }
});

test('QRコードは正方形で、四辺に4モジュールの静穏帯がある', () => {
  const bars = drawBarCode('qr', '100000000016', { x: 0, y: 0, width: 29, height: 40 });
  // Twelve digits at level M are version 1: 21 modules and four on each side make one millimetre each.
  assert.equal(Math.min(...bars.map((bar) => bar.x)), 4);
  assert.equal(Math.max(...bars.map((bar) => bar.x + bar.width)), 25);
  assert.equal(Math.min(...bars.map((bar) => bar.y)), 9.5);
  assert.equal(Math.max(...bars.map((bar) => bar.y + bar.height)), 30.5);
});

test('四種の高さのバー: 上下は3ピッチ、幅は半ピッチ、左右に2ミリの余白', () => {
  // 67 bars in 4 + 66.5 × 1.2 mm: the post's size of ten points, long bar 3.6 mm, bar 0.6 mm.
  const bars = drawBarCode('fourState', '1234'.repeat(16) + '131', { x: 20, y: 40, width: 83.8, height: 8 });
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const shown = bars.slice(0, 4).map(({ x, y, width, height }) => [x, y, width, height].map(round));
  assert.deepEqual(shown, [
    [22, 42.2, 0.6, 3.6],
    [23.2, 42.2, 0.6, 2.4],
    [24.4, 43.4, 0.6, 2.4],
    [25.6, 43.4, 0.6, 1.2],
  ]);
  assert.equal(round((bars.at(-1)?.x ?? 0) + 0.6), 101.8);
});

test('表せない文字は誤りになる', () => {
  assert.throws(() => drawBarCode('nw7', 'あ', box));
  assert.throws(() => drawBarCode('fourState', '15', box));
});
