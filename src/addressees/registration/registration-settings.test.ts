import assert from 'node:assert/strict';
import test from 'node:test';
import { UnreadableInput } from '#kernel';
import { parseRegistrationSettings } from './registration-settings.ts';

test('書かなければ、結び付けは二人で行い、住登外者の番号は9で始まる10桁', () => {
  const usual = {
    linksNeedApproval: true,
    nonRegisteredPrefix: '9',
    nonRegisteredDigits: 10,
    withoutAnnotations: [],
    accuracyMonths: 12,
  };
  assert.deepEqual(parseRegistrationSettings(undefined), usual);
  assert.deepEqual(parseRegistrationSettings('{"linksNeedApproval": false}'), { ...usual, linksNeedApproval: false });
});

test('知らない項目と、あり得ない値は断られる', () => {
  for (const text of [
    '[]',
    '{',
    '{"linkNeedsApproval": false}',
    '{"linksNeedApproval": "no"}',
    '{"nonRegisteredPrefix": "A"}',
    '{"nonRegisteredPrefix": 9}',
    '{"nonRegisteredDigits": 5}',
    '{"nonRegisteredDigits": 16}',
    '{"accuracyMonths": 0}',
    '{"withoutAnnotations": ["weather"]}',
    '{"withoutAnnotations": "email"}',
  ]) {
    assert.throws(() => parseRegistrationSettings(text), UnreadableInput, text);
  }
});
