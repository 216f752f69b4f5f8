import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay, type PersonId } from '#kernel';
import type { FormOnRecord } from '#ledger/forms';
import type { FormUse } from '#ledger/vaccinations';
import { decideForm } from './decide-form.ts';
import type { RowFact } from './types.ts';

const hanako = 1 as PersonId;
const taro = 2 as PersonId;
const form: FormOnRecord = {
  formNumber: '100000000017',
  personId: hanako,
  programme: 'bcg',
  stage: 'single',
  doseNumber: 1,
  document: 'screening',
  layoutId: 'layout',
  issuedOn: getDay(2026, 10, 1),
  validUntil: null,
  issueReason: 'cohort',
  remark: null,
  printJobId: null,
  state: 'issued',
  replacedBy: null,
  changedOn: null,
  changeReason: null,
  staffName: '試験',
};
const fact: RowFact = {
  addresseeNumber: '0000000001',
  kana: null,
  bornOn: null,
  sex: null,
  vaccinatedOn: getDay(2026, 10, 3),
  outcome: 'administered',
  vaccinationClass: 'routine',
  vaccineCode: '27',
  vaccine: {
    programme: 'bcg',
    stage: 'single',
    product: 'bcg',
    doseNumber: 1,
    name: 'BCG',
    isInForce: true,
    isInSeries: true,
  },
  doseNumber: 1,
  items: {},
  filled: {},
};

const codesOf = (found: FormOnRecord | undefined, person: PersonId | null = hanako, given = '1000-0000-0017') =>
  decideForm(given, found, person, fact).map(({ code, severity }) => `${code} ${severity}`);

test('発行した予診票どおりの行に指摘はない。番号のない行も同じ', () => {
  assert.deepEqual(codesOf(form), []);
  assert.deepEqual(decideForm(null, undefined, hanako, fact), []);
});

test('再発行・取消の番号は、接種があったので確認事項になる', () => {
  assert.deepEqual(codesOf({ ...form, state: 'reissued', replacedBy: '100000000025' }), ['formReissued question']);
  assert.deepEqual(codesOf({ ...form, state: 'cancelled' }), ['formCancelled question']);
});

test('別の人、別の予防接種の予診票は確認事項になる', () => {
  assert.deepEqual(codesOf(form, taro), ['formOfOther question']);
  assert.deepEqual(codesOf({ ...form, programme: 'varicella' }), ['formOfOtherVaccine question']);
  assert.deepEqual(codesOf(form, null), []);
});

test('同じ人の別の記録に発行した予診票は、その人のもの', () => {
  assert.deepEqual(decideForm(form.formNumber, form, taro, fact, [hanako, taro]), []);
  const [other] = decideForm(form.formNumber, form, taro, fact, [taro, 3 as PersonId]);
  assert.equal(other?.code, 'formOfOther');
});

test('発行番号簿にない番号は、前のシステムの紙かもしれないので知らせるだけ', () => {
  assert.deepEqual(codesOf(undefined), ['formNumberUnknown note']);
});

test('同じ予診票の接種が、別の日か別の人の記録として台帳にあれば尋ねる', () => {
  const use = { personId: hanako, vaccinatedOn: fact.vaccinatedOn, outcome: 'administered' as const };
  const codes = (uses: readonly FormUse[], outcome: RowFact['outcome'] = 'administered') =>
    decideForm(form.formNumber, form, hanako, { ...fact, outcome }, [hanako, taro], uses).map(({ code }) => code);
  assert.deepEqual(codes([use]), [], 'the same dose is told by the check for what the ledger holds already');
  assert.deepEqual(codes([{ ...use, personId: taro }]), [], 'a record of the same person');
  assert.deepEqual(codes([{ ...use, vaccinatedOn: getDay(2026, 10, 2) }]), ['formUsedBefore']);
  assert.deepEqual(codes([{ ...use, personId: 3 as PersonId }]), ['formUsedBefore']);
  assert.deepEqual(codes([{ ...use, personId: 3 as PersonId, outcome: 'screeningOnly' }]), []);
  assert.deepEqual(codes([{ ...use, personId: 3 as PersonId }], 'screeningOnly'), []);
});
