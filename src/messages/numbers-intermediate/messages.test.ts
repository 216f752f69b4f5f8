import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { readHistoryAnswer, readHistoryInquiry } from '../between-municipalities/history-letter.ts';
import { readFromResidentNetwork, readToResidentNetwork } from '../numbers-resident-network/messages.ts';
import { readToIntermediate, readToNumbers } from './read-message.ts';

const requestId = '00000000-0000-4000-8000-000000000001';
const digest = 'a'.repeat(64);
const frame = { version: 1, lgCode: '134996' };
const secret = 'ひみつ町';

const messages: readonly (readonly [(text: string) => unknown, Record<string, unknown>])[] = [
  [readToIntermediate, { ...frame, kind: 'linkCodeRequest', requestId, integratedNumber: '123456789012345' }],
  [
    readToIntermediate,
    {
      ...frame,
      kind: 'inquiry',
      requestId,
      integratedNumber: '123456789012345',
      askedOf: '132098',
      letter: '{}',
      letterDigest: digest,
    },
  ],
  [
    readToIntermediate,
    {
      ...frame,
      kind: 'provision',
      requestId,
      processingNumber: 'S1234567',
      outcome: 'noRecord',
      letter: null,
      letterDigest: null,
    },
  ],
  [readToIntermediate, { ...frame, kind: 'collect', taken: [requestId], limit: 500 }],
  [readToNumbers, { ...frame, kind: 'accepted', requestId, processingNumber: 'S1234567' }],
  [readToNumbers, { ...frame, kind: 'notAccepted', requestId, because: 'linkCodeMissing' }],
  [readToNumbers, { ...frame, kind: 'busy' }],
  [readToNumbers, { ...frame, kind: 'notices', notices: [], remaining: 0 }],
  [
    readToResidentNetwork,
    { ...frame, kind: 'linkCodeRelay', requestId, processingNumber: 'S1234567', individualNumber: '000000000000' },
  ],
  [readFromResidentNetwork, { ...frame, kind: 'taken', requestId }],
  [
    readFromResidentNetwork,
    {
      ...frame,
      kind: 'confirmed',
      requestId,
      number: 'valid',
      name: 'agrees',
      birthDate: 'agrees',
      sex: 'agrees',
      address: 'differs',
      previousMunicipality: null,
    },
  ],
  [
    readHistoryInquiry,
    {
      kind: 'historyInquiry',
      version: 1,
      askedBy: '134996',
      askedOf: '132098',
      basis: '番号法第19条第8号',
      madeAt: '2026-11-24T01:00:00.000Z',
    },
  ],
  [
    readHistoryAnswer,
    { kind: 'historyAnswer', version: 1, answeredBy: '132098', doses: [], madeAt: '2026-11-24T01:00:00.000Z' },
  ],
];

test('取り決めの電文は読め、別の版と、取り決めにない項目は、値を漏らさずに断られる', () => {
  for (const [read, message] of messages) {
    assert.deepEqual(read(JSON.stringify(message)), message);
    for (const wrong of [{ ...message, version: 2 }, { ...message, name2: secret }, { ...message, kind: secret }, []]) {
      assert.throws(
        () => read(JSON.stringify(wrong)),
        (error) => error instanceof UnreadableInput && !error.message.includes(secret),
        JSON.stringify(wrong),
      );
    }
    assert.throws(() => read('{'), UnreadableInput);
  }
});

test('中間サーバーへの電文と自治体の間の手紙には、個人番号も氏名も住所も入れる所がない', () => {
  for (const [read, message] of messages.filter(([each]) => each !== readToResidentNetwork)) {
    for (const item of ['individualNumber', 'address2', 'kana', 'person', 'residentRecordCode']) {
      assert.throws(() => read(JSON.stringify({ ...message, [item]: '000000000000' })), UnreadableInput, item);
    }
  }
  const [, relay] = messages[8] ?? [];
  assert.throws(() => readToIntermediate(JSON.stringify(relay)), UnreadableInput, 'meant for 住基GW alone');
});

test('NUL を含む言葉は、自由な文の欄でも断られる', () => {
  const inquiry = messages[1]?.[1] ?? {};
  assert.throws(() => readToIntermediate(JSON.stringify({ ...inquiry, letter: 'あ\0' })), /使えない文字（NUL）/u);
  const backslash = { ...inquiry, letter: '\\u0000' };
  assert.deepEqual(readToIntermediate(JSON.stringify(backslash)), backslash, 'six letters are no NUL');
});

test('要約値・処理通番・番号の形が違う電文は断られる', () => {
  const inquiry = messages[1]?.[1] ?? {};
  for (const wrong of [
    { ...inquiry, letterDigest: 'A'.repeat(64) },
    { ...inquiry, letterDigest: null },
    { ...inquiry, integratedNumber: '12345678901234' },
    { ...inquiry, askedOf: '13209' },
    { ...inquiry, requestId: 'x' },
    { ...inquiry, letter: 'あ'.repeat(1_000_001) },
  ]) {
    assert.throws(() => readToIntermediate(JSON.stringify(wrong)), UnreadableInput);
  }
  const provision = messages[2]?.[1] ?? {};
  assert.throws(
    () => readToIntermediate(JSON.stringify({ ...provision, processingNumber: '111111111118' })),
    UnreadableInput,
  );
});
