import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterDigest } from '#addressees/numbers';
import { type PersonId, parseIsoDay, UnreadableInput } from '#kernel';
import { readAnswer } from './carry-inquiries.ts';
import { findMunicipalityOf, parseMunicipalityCodes } from './find-municipality.ts';
import { parseHistorySettings } from './history-settings.ts';
import { toldDoseOf } from './provisions/answer-provision.ts';
import { decideInquiry } from './raise-inquiries.ts';
import type { HistoryInquiry } from './types.ts';

const known = parseMunicipalityCodes(
  'code,prefecture,name\n132098,東京都,町田市\n141003,神奈川県,横浜市\n134210,東京都,小笠原村\n',
);
const codeOf = (address: string) => findMunicipalityOf(address, known)?.lgCode;

test('転入前の住所から市区町村が分かり、分からないものは決めない', () => {
  assert.equal(codeOf('東京都町田市森野２丁目'), '132098');
  assert.equal(codeOf('東京都　町田市森野'), '132098');
  assert.equal(codeOf('横浜市中区本町'), '141003');
  for (const unknown of ['', '東京都', '大韓民国', '町田', '埼玉県町田市'])
    assert.equal(codeOf(unknown), undefined, unknown);
  const twins = parseMunicipalityCodes('code,prefecture,name\n132063,東京都,府中市\n342084,広島県,府中市\n');
  assert.equal(findMunicipalityOf('府中市本町', twins), undefined);
  assert.equal(findMunicipalityOf('広島県府中市本町', twins)?.lgCode, '342084');
});

test('団体コードの検査数字が違う行と、書きまちがえた設定は断られる', () => {
  assert.throws(() => parseMunicipalityCodes('code,prefecture,name\n132097,東京都,町田市\n'), UnreadableInput);
  assert.deepEqual(parseHistorySettings(undefined), { isAutomatic: false, daysBack: 60, youngerThan: null });
  assert.deepEqual(parseHistorySettings('{"daysBack": 5}').daysBack, 5);
  for (const text of ['{', '{"daysBack": 0}', '{"days": 5}', '{"isAutomatic": "yes"}']) {
    assert.throws(() => parseHistorySettings(text), UnreadableInput, text);
  }
});

test('支援措置は設定が自動でも止まり、転出元がわが市や不明なら人が見る', () => {
  const arrival = {
    personId: 1 as PersonId,
    movedInOn: parseIsoDay('2026-11-01'),
    bornOn: null,
    previousAddress: '東京都町田市森野',
    isProtected: false,
  };
  const decide = (
    changes: Partial<typeof arrival> | { previousAddress: null },
    isAutomatic: boolean,
    lgCode = '134996',
  ) => {
    const { state, askedOf } = decideInquiry(
      { ...arrival, ...changes },
      known,
      { isAutomatic },
      { relayRef: 'x', lgCode },
    );
    return [state, askedOf];
  };
  assert.deepEqual(decide({}, true), ['released', '132098']);
  assert.deepEqual(decide({}, false), ['raised', '132098']);
  assert.deepEqual(decide({ isProtected: true }, true), ['held', '132098']);
  assert.deepEqual(decide({ previousAddress: null }, true), ['unclear', null]);
  assert.deepEqual(decide({}, true, '132098'), ['unclear', null]);
});

test('回答は、尋ねた相手から、要約値のとおりに、取り決めの言葉で届いたものだけを信じる', () => {
  const inquiry = { inquiryId: 1, askedOf: '132098' } as HistoryInquiry;
  const at = new Date('2026-11-24T01:00:00Z');
  const text = JSON.stringify({
    kind: 'historyAnswer',
    version: 1,
    answeredBy: '132098',
    doses: [],
    madeAt: at.toISOString(),
  });
  const read = (given: { text?: string; digest?: string; state?: string; outcome?: string; because?: string }) => {
    const letterText = given.text ?? text;
    const relay = {
      state: given.state ?? 'answered',
      outcome: given.outcome ?? 'provided',
      because: given.because ?? null,
      processingNumber: 'S1234567',
    };
    const letter = { text: letterText, digest: given.digest ?? letterDigest(letterText) };
    const { change } = readAnswer(inquiry, { relay, letter } as Parameters<typeof readAnswer>[1], at);
    return change.because === undefined ? change.state : `${change.state} ${change.because}`;
  };
  assert.equal(read({}), 'empty', 'a letter without a dose');
  assert.equal(read({ digest: letterDigest('別のもの') }), 'failed digestDiffers');
  assert.equal(read({ text: text.replace('132098', '141003') }), 'failed answeredByAnother');
  assert.equal(read({ text: '{}' }), 'failed letterUnreadable');
  assert.equal(read({ text: text.replace('"doses":[]', '"doses":[],"name":"移　子"') }), 'failed letterUnreadable');
  assert.equal(read({ outcome: 'refused' }), 'refused');
  assert.equal(read({ outcome: 'noRecord' }), 'empty');
  assert.equal(read({ state: 'refused', because: 'notPermitted' }), 'failed notPermitted');
});

test('渡す記録には予診や支払のことがなく、支援措置の人の医療機関は渡さず、未同意と種類の分からない記録も渡さない', () => {
  const fact = {
    outcome: 'administered',
    vaccinatedOn: parseIsoDay('2025-01-10'),
    vaccinationClass: 'routine',
    programme: 'mr',
    stage: 'stage-1',
    product: 'mr',
    items: {
      doseNumber: '1',
      lotNumber: 'B2',
      institutionCode: '9',
      consent: '1',
      remarks: 'ひみつ',
      copaymentClass: '0',
    },
    source: 'clinic',
    certainty: 'documented',
  } as const;
  const told = toldDoseOf({ fact }, () => '若葉医院');
  assert.deepEqual(told, {
    programme: 'mr',
    stage: 'stage-1',
    doseNumber: 1,
    vaccinatedOn: '2025-01-10',
    outcome: 'administered',
    vaccinationClass: 'routine',
    product: 'mr',
    lotNumber: 'B2',
    institutionName: '若葉医院',
  });
  assert.equal(toldDoseOf({ fact }, null)?.institutionName, null);
  assert.equal(
    toldDoseOf({ fact: { ...fact, outcome: 'notConsented' } }, () => ''),
    undefined,
  );
  assert.equal(
    toldDoseOf({ fact: { ...fact, programme: null } }, () => ''),
    undefined,
  );
  assert.equal(
    toldDoseOf({ fact: null }, () => ''),
    undefined,
  );
});
