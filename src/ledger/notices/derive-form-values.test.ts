import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from '#kernel';
import { deriveFormValues, findCopayment, formatPostalCode, type SheetFacts } from './derive-form-values.ts';
import type { FormLayout } from './layout-types.ts';

const layout: FormLayout = {
  layoutId: 'l',
  title: '試験の様式',
  programme: 'p',
  stage: 's',
  inForceFrom: getDay(2026, 4, 1),
  paper: { widthMm: 210, heightMm: 297 },
  isForGuardian: true,
  hasReadings: false,
  size: 9,
  copaymentClasses: [
    { code: '2', label: '免除', when: { isPublicAssistance: true } },
    { code: '1', label: '自己負担あり', when: {} },
  ],
  elements: [],
  ...{ document: 'screening', window: null, repeat: null, flow: null, inputs: [], texts: {}, seal: null },
};

const facts: SheetFacts = {
  formNumber: '100000000016',
  formNumberSpaced: '1000-0000-0016',
  issuedOn: getDay(2026, 11, 21),
  person: {
    name: '若葉　花子',
    kana: 'ワカバ　ハナコ',
    bornOn: getDay(2026, 5, 22),
    birthDatePrecision: 'day',
    sex: 'female',
  },
  destination: { recipientName: '若葉　一郎', postalCode: '2990012', address: '若葉台市緑町1番1号', building: null },
  welfare: null,
  forecast: {
    ...{
      programme: 'p',
      stage: 's',
      eligibleFrom: null,
      eligibleTo: getDay(2033, 11, 21),
      status: 'due',
      dosesNeeded: 4,
    },
    ...{ standardFrom: null, standardTo: null, next: null, trace: [] },
  },
  next: { doseNumber: 2, earliestOn: getDay(2026, 10, 1), recommendedFrom: null, recommendedTo: null, latestOn: null },
  pastDoses: [{ on: getDay(2026, 8, 4), doseNumber: 1, productName: '製品' }],
  ...{ programmeName: '五種混合', stageName: '第1期初回', inputs: {} },
};

test('保護者あての宛名と、だれの分かの注記', () => {
  const { texts } = deriveFormValues(layout, facts);
  assert.equal(texts['recipientName'], '若葉　一郎 様');
  assert.equal(texts['recipientNote'], '（若葉　花子 様の保護者）');
  const own = deriveFormValues(layout, {
    ...facts,
    destination: { ...facts.destination, recipientName: '若葉　花子' },
  });
  assert.equal(own.texts['recipientName'], '若葉　花子 様の保護者様');
  assert.equal(own.texts['recipientNote'], '');
  const adult = deriveFormValues({ ...layout, isForGuardian: false }, facts);
  assert.equal(adult.texts['recipientNote'], '（若葉　花子 様の分）');
});

test('世帯主あての様式は、世帯主がほかにいれば世帯主の名前で、いなければ本人あて', () => {
  const destination = { ...facts.destination, recipientName: '若葉　花子', householderName: '若葉　太郎' };
  const recipientOf = (more: Partial<FormLayout>, to: SheetFacts['destination'] = destination) => {
    const { texts } = deriveFormValues({ ...layout, isForGuardian: false, ...more }, { ...facts, destination: to });
    return [texts['recipientName'], texts['recipientNote']];
  };
  assert.deepEqual(recipientOf({ isToHouseholder: true }), ['世帯主　若葉　太郎 様', '（若葉　花子 様の分）']);
  assert.deepEqual(recipientOf({}), ['若葉　花子 様', '']);
  const alone = { ...destination, householderName: null };
  assert.deepEqual(recipientOf({ isToHouseholder: true }, alone), ['若葉　花子 様', '']);
  const guardian = { ...destination, recipientName: '若葉　一郎' };
  assert.deepEqual(recipientOf({ isToHouseholder: true, isForGuardian: true }, guardian), [
    '若葉　一郎 様',
    '（若葉　花子 様の保護者）',
  ]);
});

test('生年月日は和暦、年齢は発行日の満年齢と月数', () => {
  const { texts } = deriveFormValues(layout, facts);
  assert.equal(texts['bornOn'], '令和8年5月22日');
  // The day before half a year is complete.
  assert.equal(`${texts['ageYears']}歳${texts['ageMonths']}か月`, '0歳5か月');
  const partial = (birthDatePrecision: 'month' | 'year' | 'unknown') =>
    deriveFormValues(layout, { ...facts, person: { ...facts.person, birthDatePrecision } }).texts['bornOn'];
  assert.equal(partial('month'), '令和8年5月日不詳');
  assert.equal(partial('year'), '2026年月日不詳');
  assert.equal(partial('unknown'), '不詳');
});

test('接種できる期間は発行日より前に始まらず、最後の日がなければ期の終わりまで', () => {
  const { texts, lists } = deriveFormValues(layout, facts);
  assert.equal(texts['validFrom'], '令和8年11月21日');
  assert.equal(texts['validTo'], '令和15年11月21日');
  assert.equal(texts['doseLabel'], '２回目');
  assert.deepEqual(lists['pastDoses'], [{ label: '１回目', day: '令和8年8月4日', product: '製品' }]);
});

test('自己負担区分は上から見て最初に当たるもの', () => {
  const welfare = { isPublicAssistance: true, isDisabled: false, taxCategory: 'exempt' };
  assert.equal(findCopayment(layout.copaymentClasses, welfare)?.code, '2');
  assert.equal(findCopayment(layout.copaymentClasses, { ...welfare, isPublicAssistance: false })?.code, '1');
  assert.equal(findCopayment(layout.copaymentClasses, null)?.code, '1');
  const exempt = [{ code: '3', label: '非課税', when: { taxCategory: 'exempt', isPublicAssistance: false } }];
  assert.equal(findCopayment(exempt, welfare), undefined);
});

test('郵便番号は3桁と4桁に分けて印字する', () => {
  assert.equal(formatPostalCode('2990012'), '299-0012');
  assert.equal(formatPostalCode('299-0012'), '299-0012');
  assert.equal(formatPostalCode(null), '');
});
