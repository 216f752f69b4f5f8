import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redirectTo, safeNext } from './answers.ts';

test('自分のサイトのパスだけを次の画面にする', () => {
  for (const path of ['/', '/persons/12', '/reason?next=%2F', '/audit/log/2026-11-21/3']) {
    assert.equal(safeNext(path), path);
  }
  for (const path of [
    undefined,
    '',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/a\r\nSet-Cookie: x=1',
    'javascript:alert(1)',
    '/a b',
    '/<script>',
  ]) {
    assert.equal(safeNext(path), '/', String(path));
  }
  assert.throws(() => redirectTo('//evil.example'), TypeError);
});
