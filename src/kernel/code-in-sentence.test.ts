import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeInSentence } from './code-in-sentence.ts';

test('only what looks like a code is repeated in a finding', () => {
  for (const code of ['1', '000123', 'A-1', 'z9']) assert.equal(codeInSentence(code), code);
  for (const other of ['', '1234567', '123456789018', '若葉', '1 2', 'A_1']) {
    assert.equal(codeInSentence(other), '（コードの形でない値）', other);
  }
});
