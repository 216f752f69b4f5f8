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

test('表せない文字は誤りになる', () => {
  assert.throws(() => drawBarCode('nw7', 'あ', box));
});
