import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJsonLines } from './json-lines.ts';

test('読めない行を知らせて先へ進み、空の行は数えるだけ', async () => {
  const bytes = new TextEncoder().encode('{"a":1}\r\n\r\nnot json\n[2]');
  const lines: unknown[] = [];
  for await (const batch of readJsonLines([bytes.subarray(0, 3), bytes.subarray(3)])) lines.push(...batch);
  assert.deepEqual(lines, [
    { line: 1, isJson: true, value: { a: 1 } },
    { line: 3, isJson: false },
    { line: 4, isJson: true, value: [2] },
  ]);
});
