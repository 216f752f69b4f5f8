import assert from 'node:assert/strict';
import test from 'node:test';
import { getDay } from '#kernel';
import { type DraftForm, decideDraft } from './decide-draft.ts';

const asOf = getDay(2026, 11, 16);
const form: DraftForm = {
  kana: 'ミナミ　リコ',
  name: '南　莉子',
  birthDate: 'R6.5.11',
  sex: 'female',
  postalCode: '',
  address: '',
  building: '',
  phone: '',
  commonName: '',
  foreignName: '',
  foreignKana: '',
  nationality: '',
  isForeigner: '',
  isProtected: '',
  category: 'stayingHere',
  grounds: '母子健康手帳による',
  validFrom: '2026-11-16',
  validTo: '',
};

const codes = (changes: Partial<DraftForm>) =>
  decideDraft({ ...form, ...changes }, asOf).findings.map((each) => `${each.field} ${each.code}`);

test('書類から読めるだけで足り、個人番号も住所もいらない', () => {
  const decision = decideDraft(form, asOf);
  assert.ok(decision.answer === 'accepted');
  const { row } = decision.value;
  assert.deepEqual([row.birthText, row.isNonRegistered, row.address], ['2024-05-11', true, null]);
});

test('生年月日は、分かるところまでで登録できる', () => {
  const birthOf = (birthDate: string) => {
    const decision = decideDraft({ ...form, birthDate }, asOf);
    assert.ok(decision.answer === 'accepted', birthDate);
    return [decision.value.row.birthText, decision.value.row.birthDate.precision];
  };
  assert.deepEqual(birthOf('昭和30年'), ['1955', 'year']);
  assert.deepEqual(birthOf('2024-05'), ['2024-05', 'month']);
  assert.deepEqual(birthOf(''), [null, 'unknown']);
  assert.deepEqual(birthOf('不詳'), [null, 'unknown']);
  assert.deepEqual(codes({ birthDate: '2024-13-01' }), ['birthDate birthDateUnreadable']);
  assert.deepEqual(codes({ birthDate: '2026-11-17' }), ['birthDate bornInFuture']);
});

test('足りないところは、すべて一度に挙がる', () => {
  assert.deepEqual(codes({ kana: '', name: ' ', category: 'guardian', grounds: '', validFrom: '' }), [
    'name residentItemMissing',
    'kana residentItemMissing',
    'category draftCategoryMissing',
    'grounds draftGroundsMissing',
    'validFrom draftValidFromMissing',
  ]);
});

test('郵便番号は7桁、期間の終わりは始まりの日から、根拠に個人番号は書けない', () => {
  assert.deepEqual(codes({ postalCode: '299-001' }), ['postalCode draftPostalCodeUnreadable']);
  assert.deepEqual(codes({ postalCode: '〒２９９－００１２' }), []);
  assert.deepEqual(codes({ validTo: '2026-11-15' }), ['validTo draftValidToWrong']);
  assert.deepEqual(codes({ validTo: '2026-11-16' }), []);
  assert.deepEqual(codes({ grounds: '番号 ０００１ ２３４５ ６７８９' }), ['grounds draftNumberWritten']);
});
