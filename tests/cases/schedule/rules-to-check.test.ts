import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRulesToCheck, renderRulesToCheck } from '../../../tools/list-rules-to-check.ts';

test('docs/rules-to-check.md lists exactly the rows that rest on memory', async () => {
  assert.equal(readRulesToCheck(), await renderRulesToCheck(), 'run: node tools/list-rules-to-check.ts');
});
