import assert from 'node:assert/strict';
import { test } from 'node:test';
import bwip from 'bwip-js/node';
import { drawQrCode } from './draw-qr-code.ts';

/** The symbol as the encoder draws it with the mask that it is told. */
function encoded(text: string, mask: number): string {
  const [symbol] = bwip.raw('qrcode', text, `eclevel=M mask=${mask}`);
  assert.ok(symbol !== undefined && 'pixs' in symbol);
  return symbol.pixs.join('');
}

const texts = [
  ...Array.from({ length: 60 }, (_, i) => String(100_000_000_016 + i * 7_919_113)),
  ...Array.from({ length: 40 }, (_, i) => `21134996${String(i * 271_828_183 + 7).padStart(10, '0')}`),
  ...['https://yobo.city.example.jp/', 'A1', '若葉台市'.repeat(9)],
];

test('QRコードは、どの大きさでも、読取機の作る八つのマスクのどれかそのもの', () => {
  for (const text of texts) {
    const { size, dark } = drawQrCode(text);
    assert.equal(dark.length, size * size);
    const all = [1, 2, 3, 4, 5, 6, 7, 8].map((mask) => encoded(text, mask));
    assert.ok(all.includes(dark.join('')), text);
  }
});

/** The penalty as JIS X 0510 tells it, counted with patterns on lines of text. */
function penaltyOf(symbol: string): number {
  const size = Math.sqrt(symbol.length);
  const rows = Array.from({ length: size }, (_, y) => symbol.slice(y * size, (y + 1) * size));
  const columns = rows.map((_, x) => rows.map((row) => row[x]).join(''));
  let penalty = 0;
  for (const line of [...rows, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/gu)) penalty += run.length - 2;
    penalty += 40 * Array.from(`0000${line}0000`.matchAll(/(?=10111010000|00001011101)/gu)).length;
  }
  for (let y = 1; y < size; y += 1) {
    for (let x = 1; x < size; x += 1) {
      const block = `${rows[y - 1]?.slice(x - 1, x + 1)}${rows[y]?.slice(x - 1, x + 1)}`;
      if (block === '0000' || block === '1111') penalty += 3;
    }
  }
  const percent = (100 * symbol.replaceAll('0', '').length) / symbol.length;
  return penalty + 10 * Math.floor(Math.abs(percent - 50) / 5);
}

test('選んだマスクより減点の少ないマスクはない', () => {
  for (const text of texts) {
    const penalties = [1, 2, 3, 4, 5, 6, 7, 8].map((mask) => penaltyOf(encoded(text, mask)));
    assert.equal(penaltyOf(drawQrCode(text).dark.join('')), Math.min(...penalties), text);
  }
});
