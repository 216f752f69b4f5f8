import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasNul } from './has-nul.ts';

test('a NUL is found in a text, in a list, and in the names and values of an object at any depth', () => {
  assert.equal(hasNul('麻しん\0風しん'), true);
  assert.equal(hasNul({ people: [{ name: 'みどり' }, { name: 'a\0' }] }), true);
  assert.equal(hasNul({ 'na\0me': 1 }), true);
});

test('what holds no NUL, and what is no text, list or object, holds none', () => {
  for (const value of ['', 'みどり', 0, true, null, undefined, [], [null, 1, '風しん'], { name: null, doses: [] }]) {
    assert.equal(hasNul(value), false);
  }
});
