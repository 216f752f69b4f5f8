import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finding } from '#kernel';
import { explainFinding, sentenceOf, titleOfFinding } from './explain-finding.ts';
import { loadFindingsTables } from './findings-table.ts';

test('文には値が入り、知らない符号は誤りになる', async () => {
  const tables = new Map([
    ['tooEarly', { title: '早すぎる', message: '{days}日早い', whatToDo: '{earliestOn}以後に' }],
  ]);
  const explained = explainFinding(
    tables,
    finding('tooEarly', 'question', '接種日', { days: 3, earliestOn: '2026-11-24' }, '第5条'),
  );
  assert.equal(explained.message, '3日早い');
  assert.equal(explained.whatToDo, '2026年11月24日以後に');
  assert.equal(explained.basis, '第5条');
  assert.equal(sentenceOf(explained), '接種日: 3日早い');
  assert.equal(sentenceOf({ field: '体温', message: '体温 37.8 度は' }), '体温 37.8 度は');
  assert.equal(titleOfFinding(tables, 'tooEarly'), '早すぎる');
  assert.throws(() => titleOfFinding(tables, 'unheardOf'), /unheardOf/u);
  assert.throws(() => explainFinding(tables, finding('unheardOf', 'note', null)), /unheardOf/u);
  assert.ok((await loadFindingsTables()).size > 5, 'the tables of the rooms were not found');
});
