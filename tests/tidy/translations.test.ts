import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTranslationsToCheck, renderTranslationsToCheck } from '../../tools/list-translations-to-check.ts';

test('docs/translations-to-check.md は、すべての訳を日本語と並べて挙げている', async () => {
  assert.equal(
    readTranslationsToCheck(),
    await renderTranslationsToCheck(),
    'run: node tools/list-translations-to-check.ts',
  );
});
