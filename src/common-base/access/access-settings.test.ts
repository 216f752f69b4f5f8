import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { defaultAccessSettings, parseAccessSettings } from './access-settings.ts';

test('書かれていない設定は決まった値になる', () => {
  assert.deepEqual(parseAccessSettings(undefined), defaultAccessSettings);
  assert.deepEqual(parseAccessSettings('{}'), defaultAccessSettings);
  const settings = parseAccessSettings('{"idleMinutes": 15, "passwordDaysMax": 180, "reasons": ["窓口"]}');
  assert.equal(settings.idleMinutes, 15);
  assert.equal(settings.passwordDaysMax, 180);
  assert.deepEqual(settings.reasons, ['窓口']);
});

test('あり得ない値は、名前と範囲を示して断る', () => {
  for (const text of [
    '{',
    '[]',
    '{"idleMinutes": 4}',
    '{"idleMinutes": "30"}',
    '{"sessionHours": 25}',
    '{"passwordLengthMin": 8}',
    '{"passwordDaysMax": 1}',
    '{"reasons": [""]}',
    '{"totpStepsAside": 2}',
    '{"accountMail": {"to": "{account}", "from": "a@example.jp"}}',
    '{"accountMail": {"to": "a@example.jp", "from": "{account}@example.jp"}}',
  ]) {
    assert.throws(() => parseAccessSettings(text), UnreadableInput, text);
  }
});
