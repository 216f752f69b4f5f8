import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importListPage } from './import-pages.ts';

const view = {
  runs: [],
  labelOf: (kind: string) => kind,
  csrfToken: 't',
  asOfText: '2026-11-21',
  strikes: false,
  errors: [],
  chosen: null,
};

test('取込の権限がない人には、なぜ送れないかと、どうすればよいかが書いてある', () => {
  const page = String(importListPage({ ...view, kinds: [] }));
  assert.match(page, /「取込」の権限が要ります.*href="\/account\/permissions"/u);
  assert.doesNotMatch(page, /type="file"/u);
});

test('権限のある人には、送る欄が出る', () => {
  const page = String(importListPage({ ...view, kinds: [{ kind: 'residents', label: '住民記録', hint: '' }] }));
  assert.match(page, /name="strikeNumbers".*type="file"/su, 'what stands behind the file is not read');
  assert.doesNotMatch(page, /権限が要ります/u);
});
