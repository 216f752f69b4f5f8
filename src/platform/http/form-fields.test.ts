import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FormFields } from './form-fields.ts';

test('日は西暦でも和暦でも読み、日でないものは打たれたまま残す', () => {
  const fields = new FormFields({
    iso: ' 2026-11-22 ',
    era: 'R8.11.22',
    kanji: '令和8年11月22日',
    wrong: '11月31日',
    empty: '',
  });
  assert.equal(fields.day('iso'), '2026-11-22');
  assert.equal(fields.day('era'), '2026-11-22');
  assert.equal(fields.day('kanji'), '2026-11-22');
  assert.equal(fields.day('wrong'), '11月31日');
  assert.equal(fields.day('empty'), '');
  assert.equal(fields.day('missing'), '');
});

test('いくつかの欄を名前で読み、無い欄は空、長いものは切る', () => {
  const fields = new FormFields({ name: ' 山田 ', note: 'あいうえお', other: 'x' });
  assert.deepEqual(fields.texts(['name', 'note', 'missing']), { name: '山田', note: 'あいうえお', missing: '' });
  assert.deepEqual(fields.texts(['note'], 3), { note: 'あいう' });
});
