import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Day, getDay, type PersonId, type Sex } from '#kernel';
import { decideMatch } from './decide-match.ts';
import { editDistance, isSimilarKana } from './kana-similarity.ts';
import type { MatchPerson, MatchRow } from './types.ts';

const bornOn = getDay(2021, 5, 6);
const hana = person(1, '0000000001', 'サトウハナ', bornOn, 'female');
const twin = person(2, '0000000002', 'サトウユメ', bornOn, 'female');
const namesake = person(3, '0000000003', 'サトウハナ', getDay(1950, 1, 2), 'female');
const row: MatchRow = { addresseeNumber: '0000000001', kana: 'サトウ　ハナ', bornOn, sex: 'female' };

function person(id: number, addresseeNumber: string, kanaKey: string, born: Day, sex: Sex): MatchPerson {
  return { personId: id as PersonId, addresseeNumber, kanaKey, bornOn: born, sex };
}

test('番号とカナと生年月日と性別がそろえば本人である', () => {
  assert.deepEqual(decideMatch(row, 'サトウハナ', hana, [twin]), { kind: 'matched', personId: 1, findings: [] });
  assert.equal(decideMatch({ ...row, sex: null }, 'サトウハナ', hana, []).kind, 'matched');
  assert.equal(decideMatch({ ...row, sex: 'unknown' }, 'サトウハナ', hana, []).kind, 'matched');
});

test('違う項目がすべて挙がる', () => {
  const decision = decideMatch({ ...row, bornOn: getDay(2021, 5, 7), sex: 'male' }, 'スズキハナ', hana, []);
  assert.equal(decision.kind, 'differing');
  assert.deepEqual(decision.kind === 'differing' && decision.fields, ['kana', 'birthDate', 'sex']);
  assert.deepEqual(
    decision.findings.map((item) => item.code),
    ['personKanaDiffers', 'personBirthDateDiffers', 'personSexDiffers'],
  );
});

test('番号のない行は、だれのものかを尋ねる', () => {
  const decision = decideMatch({ ...row, addresseeNumber: null }, 'サトウハナ', undefined, [hana]);
  assert.deepEqual(
    decision.findings.map((item) => item.code),
    ['personNumberMissing'],
  );
});

test('番号だけでは本人としない', () => {
  const bare = decideMatch({ ...row, kana: null, bornOn: null, sex: null }, '', hana, []);
  assert.equal(bare.kind, 'differing');
  assert.deepEqual(
    bare.findings.map((item) => item.code),
    ['personKanaMissing', 'personBirthDateMissing'],
  );
});

test('双子の番号が入れ替わった行は本人とせず、もう一人を候補に出す', () => {
  const decision = decideMatch({ ...row, addresseeNumber: '0000000002' }, 'サトウハナ', twin, [hana]);
  assert.equal(decision.kind, 'differing');
  assert.ok(decision.kind === 'differing');
  assert.equal(decision.candidates[0]?.personId, 1);
});

test('氏名だけでは候補にもならず、同姓同名は別の人のままである', () => {
  const decision = decideMatch({ ...row, addresseeNumber: null, bornOn: null }, 'サトウハナ', undefined, [
    hana,
    namesake,
  ]);
  assert.equal(decision.kind, 'unknown');
  assert.deepEqual(decision.kind === 'unknown' && decision.candidates, []);
  const born = decideMatch({ ...row, addresseeNumber: null }, 'サトウハナ', undefined, [hana, namesake]);
  assert.deepEqual(born.kind === 'unknown' && born.candidates.map((candidate) => candidate.personId), [1]);
});

test('番号のない行は四情報がそろっても候補にとどまる', () => {
  const decision = decideMatch({ ...row, addresseeNumber: null }, 'サトウハナ', undefined, [hana]);
  assert.equal(decision.kind, 'unknown');
  assert.deepEqual(decision.kind === 'unknown' && decision.candidates[0]?.reasons, [
    'sameKana',
    'sameBirthDate',
    'sameSex',
  ]);
});

test('日と月の取り違えとカナの一字違いは候補に出る', () => {
  const swapped = { ...row, addresseeNumber: null, bornOn: getDay(2021, 6, 5) };
  const byName = decideMatch(swapped, 'サトウハナ', undefined, [hana]);
  assert.deepEqual(byName.kind === 'unknown' && byName.candidates[0]?.reasons, [
    'sameKana',
    'birthDateMixedUp',
    'sameSex',
  ]);
  const typo = decideMatch({ ...row, addresseeNumber: null }, 'サトオハナ', undefined, [hana, twin]);
  assert.deepEqual(typo.kind === 'unknown' && typo.candidates.map((candidate) => candidate.personId), [1]);
});

test('取り消された記録には結び付かない', () => {
  const decision = decideMatch(row, 'サトウハナ', { ...hana, isCancelled: true }, []);
  assert.equal(decision.kind, 'unknown');
  assert.equal(decision.findings[0]?.code, 'personCancelled');
});

test('年しか分からない生年月日は、その年の日と合う', () => {
  const uncertain: MatchPerson = { ...hana, bornOn: getDay(2021, 1, 1), birthDatePrecision: 'year' };
  assert.equal(decideMatch(row, 'サトウハナ', uncertain, []).kind, 'matched');
  assert.equal(decideMatch({ ...row, bornOn: getDay(2020, 12, 31) }, 'サトウハナ', uncertain, []).kind, 'differing');
});

test('外国人本名のカナでも本人である', () => {
  const foreign: MatchPerson = { ...hana, kanaKey: 'タナカハナ', otherKanaKeys: ['グエンハナ'] };
  assert.equal(decideMatch(row, 'グエンハナ', foreign, []).kind, 'matched');
});

test('編集の数', () => {
  assert.equal(editDistance('サトウ', 'サトウ'), 0);
  assert.equal(editDistance('サトウ', 'サトオ'), 1);
  assert.equal(editDistance('サトウ', 'サウト'), 1);
  assert.equal(editDistance('サトウ', ''), 3);
  assert.equal(isSimilarKana('モリ', 'ホリ'), false);
  assert.equal(isSimilarKana('モリハナ', 'ホリハナ'), true);
});

test('番号かカナか生年月日が違えば、決して本人とされない', () => {
  const kana = fc.constantFrom('サトウハナ', 'サトウユメ', 'サトオハナ');
  const day = fc.constantFrom(bornOn, getDay(2021, 6, 5), getDay(1950, 1, 2));
  fc.assert(
    fc.property(kana, day, fc.boolean(), (kanaKey, on, isKnown) => {
      const decision = decideMatch({ ...row, kana: kanaKey, bornOn: on }, kanaKey, isKnown ? hana : undefined, [twin]);
      const agrees = isKnown && kanaKey === hana.kanaKey && on === hana.bornOn;
      return (decision.kind === 'matched') === agrees;
    }),
  );
});
