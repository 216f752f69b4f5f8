import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finding, type LgCode, parseIsoDay } from '#kernel';
import type { MappedVaccine } from '#ledger/products';
import { decideItems, pickRecordItems } from '#ledger/vaccinations';
import { decideRowForm, type FormKnowledge } from './decide-row-form.ts';

const vaccine: MappedVaccine = {
  programme: 'p',
  stage: 's',
  product: 'q',
  doseNumber: 1,
  name: '見本ワクチン',
  isInSeries: true,
  isInForce: true,
};
const known: FormKnowledge = {
  lgCode: '134996' as LgCode,
  asOf: parseIsoDay('2026-11-15'),
  mapVaccine: (code, doseNumber) =>
    code === '99'
      ? undefined
      : { ...vaccine, doseNumber, isInSeries: (doseNumber ?? 1) <= 3, isInForce: code !== '23' },
  decideInstitution: (code) => (code === '1311400046' ? [] : [finding('institutionUnknown', 'question', null)]),
  decideLot: () => [],
  partnerName: (code, on) => (code === '131091' && on <= parseIsoDay('2026-10-31') ? '品川区' : undefined),
  decideClaim: () => [],
  decideVolume: ({ items }) =>
    items.doseVolumeMl === '5' ? [finding('doseVolumeDiffers', 'note', 'doseVolumeMl')] : [],
  decideNames: () => ({ filled: {}, findings: [] }),
  pickItems: pickRecordItems,
  decideItems,
};
const good = {
  lgCode: '134996',
  addresseeNumber: '0000000001',
  kana: 'サトウ　ハナ',
  birthDate: '2026-01-10',
  sex: 'female',
  vaccineCode: '24',
  doseNumber: '1',
  vaccinatedOn: '2026-10-04',
  outcome: 'administered',
  lotNumber: 'A1',
  doseVolumeMl: '0.50',
  institutionCode: '1311400046',
  administeringPhysician: '山田　太郎',
  bodyTemperature: '37.4',
  consent: 'given',
};
const form = (change: Record<string, string | null>, readFindings = [] as ReturnType<typeof finding>[]) =>
  decideRowForm(
    { ordinal: 1, rowKey: '1', fields: { ...good, ...change }, readFindings, chosenPersonId: null, feed: null },
    known,
  );
const codes = (change: Record<string, string | null>): string[] => form(change).findings.map((each) => each.code);

test('接種量は、接種した行だけについて表と比べる', () => {
  assert.deepEqual(codes({ doseVolumeMl: '5' }), ['doseVolumeDiffers']);
  assert.deepEqual(codes({ doseVolumeMl: '5', outcome: 'screeningOnly' }), []);
});

test('整った行には指摘がない', () => {
  const { fact, findings } = form({});
  assert.deepEqual(findings, []);
  assert.equal(fact?.vaccinatedOn, parseIsoDay('2026-10-04'));
  assert.equal(fact?.items.lotNumber, 'A1');
});

test('基準日の当日は受け付け、翌日は断る', () => {
  assert.deepEqual(codes({ vaccinatedOn: '2026-11-15' }), []);
  assert.deepEqual(codes({ vaccinatedOn: '2026-11-16' }), ['vaccinatedInFuture']);
  assert.equal(form({ vaccinatedOn: '2026-11-16' }).fact, null);
});

test('読めない値と、ほかの自治体は断る', () => {
  assert.deepEqual(codes({ vaccinatedOn: '2026-02-30' }), ['vaccinatedOnUnreadable']);
  assert.deepEqual(codes({ vaccinatedOn: null }), ['vaccinatedOnMissing']);
  assert.deepEqual(codes({ vaccineCode: '99' }), ['vaccineCodeUnknown']);
  assert.deepEqual(codes({ outcome: '7' }), ['outcomeUnknown']);
  assert.deepEqual(codes({ doseVolumeMl: '0.5mL' }), ['recordItemUnreadable']);
  assert.deepEqual(codes({ lgCode: '011002' }), ['otherMunicipality']);
});

test('列がずれて個人番号や住所が入っていても、指摘は値を書き写さない', () => {
  for (const slipped of ['123456789018', '若葉台市青葉台二丁目13番23号', 'ワカバ　ハナコ']) {
    const change = {
      lgCode: slipped,
      vaccinatedOn: slipped,
      outcome: slipped,
      doseNumber: slipped,
      doseVolumeMl: slipped,
    };
    const { findings } = form(change);
    assert.equal(findings.length, 5);
    assert.doesNotMatch(JSON.stringify(findings.map((each) => each.params)), new RegExp(slipped, 'u'));
  }
  assert.deepEqual(form({ outcome: '7' }).findings[0]?.params, { value: '7' });
});

test('レイアウトが断った値を、空欄とは二重に言わない', () => {
  const { findings, fact } = form({ vaccinatedOn: null }, [finding('feedDayImpossible', 'refuse', '接種年月日')]);
  assert.deepEqual(
    findings.map((each) => each.code),
    ['feedDayImpossible'],
  );
  assert.equal(fact, null);
});

test('実施のときだけロットを確かめる: 予診のみは製品欄が空でよい', () => {
  assert.deepEqual(codes({ lotNumber: null }), ['lotMissing']);
  const screeningOnly = { outcome: 'screeningOnly', lotNumber: null, doseVolumeMl: null, doseNumber: null };
  assert.deepEqual(codes(screeningOnly), []);
});

test('発熱は37.5度から、同意なしの接種は確認になる', () => {
  assert.deepEqual(codes({ bodyTemperature: '37.5' }), ['feverOnDay']);
  assert.deepEqual(codes({ bodyTemperature: '37.5', outcome: 'screeningOnly' }), []);
  assert.deepEqual(codes({ consent: 'notGiven' }), ['consentMissing']);
});

test('確認はすべて一度に言う', () => {
  assert.deepEqual(codes({ lotNumber: null, institutionCode: null, consent: 'notGiven' }), [
    'lotMissing',
    'consentMissing',
    'institutionUnknown',
  ]);
});

test('医療機関の空欄は、会場コードのある集団接種と、会場が書かれた臨時接種では尋ねない', () => {
  const hall = { institutionCode: null, venueOther: '若葉台市民体育館' };
  assert.deepEqual(codes({ ...hall, vaccinationClass: 'temporary' }), []);
  assert.deepEqual(codes(hall), ['institutionUnknown'], 'words alone do not take a clinic out of its contract');
  assert.deepEqual(codes({ institutionCode: null, venueCode: 'K01' }), []);
  assert.deepEqual(codes({ institutionCode: null, venueOther: '' }), ['institutionUnknown']);
  assert.deepEqual(codes({ institutionCode: '9999', venueOther: '若葉台市民体育館' }), ['institutionUnknown']);
});

test('空欄と、形の合わない回数は、それぞれの指摘になる', () => {
  assert.deepEqual(codes({ vaccineCode: null }), ['vaccineCodeMissing']);
  assert.deepEqual(codes({ outcome: null }), ['outcomeMissing']);
  assert.deepEqual(codes({ doseNumber: '二回' }), ['doseNumberUnreadable']);
  assert.deepEqual(codes({ doseNumber: null }), ['doseNumberMissing']);
  assert.deepEqual(codes({ doseNumber: '4' }), ['doseNumberOutOfSeries']);
  assert.deepEqual(codes({ doseNumber: '3' }), []);
  assert.deepEqual(codes({ administeringPhysician: null }), ['physicianMissing']);
  assert.deepEqual(codes({ vaccineCode: '23' }), ['vaccineNotInForce']);
  const notGiven = { outcome: 'screeningOnly', doseNumber: null, administeringPhysician: null, lotNumber: null };
  assert.deepEqual(codes(notGiven), [], 'a 予診のみ has none of these');
});

test('相互乗入の相手の住民の行は断ったうえで、渡す記録と言う。相手の区域で受けた接種は、相手の契約のものとして確かめない', () => {
  const codes = (change: Record<string, string | null>) => form(change).findings.map(({ code }) => code);
  assert.deepEqual(codes({ lgCode: '131091' }), ['otherMunicipality', 'forMutualAgreement']);
  assert.deepEqual(codes({ lgCode: '131016' }), ['otherMunicipality']);
  assert.deepEqual(codes({ lgCode: '131091', vaccinatedOn: '2026-11-01' }), ['otherMunicipality']);
  const elsewhere = { givenInLgCode: '131091', institutionCode: '9999999999' };
  assert.deepEqual(codes(elsewhere), ['givenUnderMutualAgreement']);
  assert.deepEqual(codes({ ...elsewhere, vaccinatedOn: '2026-11-01' }), ['givenElsewhereWithoutAgreement']);
  assert.deepEqual(codes({ ...elsewhere, givenInLgCode: '134996' }), ['institutionUnknown'], 'our own code');
});
