import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestTables } from './digest-tables.ts';

// Worked out by FNV-1a written anew in another language, which gives bf9cf968 for "foobar" as its authors publish.
test('the digest of tables is that of their names and texts, in two halves of eight digits', () => {
  assert.equal(
    digestTables(
      new Map([
        ['a.csv', 'x'],
        ['b.csv', '行'],
      ]),
    ),
    '9c39103c69d1272e',
  );
  assert.equal(digestTables(new Map([['p.csv', '1']])), 'd7f38f6ce7abd32a');
  assert.equal(digestTables(new Map([['p.csv', '130']])), '0df75f8754459871');
});
