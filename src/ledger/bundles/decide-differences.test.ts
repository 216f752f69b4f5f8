import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StaffId } from '#kernel';
import { FormFields } from '#platform/http';
import { compareForms } from './decide-differences.ts';
import { readKeyedValues } from './read-keyed-values.ts';
import type { KeyedForm, KeyingPass } from './types.ts';

const typed = (ordinal: number, pass: KeyingPass, fields: Readonly<Record<string, string>>): KeyedForm => ({
  ordinal,
  pass,
  values: readKeyedValues(new FormFields({ outcome: '1', vaccinatedOn: '080415', ...fields })).values,
  keyedBy: pass as StaffId,
  keyedByName: '',
  keyedAt: new Date(0),
});

test('書き方の違いは違いでない: 全角、和暦、小文字のロット、小数点のない体温', () => {
  const [form] = compareForms(
    [
      typed(1, 1, { vaccinatedOn: 'R8.4.15', lotNumber: 'a726b', bodyTemperature: '366', doseNumber: '01' }),
      typed(1, 2, { vaccinatedOn: '２０２６０４１５', lotNumber: 'A726 B', bodyTemperature: '36.6', doseNumber: '1' }),
    ],
    true,
  );
  assert.deepEqual(form?.differences, []);
  assert.equal(form?.holds?.vaccinatedOn, '2026-04-15');
});

test('二人の値が違えば、決めるまで何も回さない。二人目がまだなら待つ', () => {
  const forms = [typed(2, 1, { lotNumber: 'A1' }), typed(1, 1, {}), typed(2, 2, { lotNumber: 'A7' })];
  const compared = compareForms(forms, true);
  assert.deepEqual(
    compared.map((form) => [form.ordinal, form.differences.map(({ field }) => field), form.holds === null]),
    [
      [1, [], true],
      [2, ['lotNumber'], true],
    ],
  );
  const decided = compareForms([...forms, typed(2, 3, { lotNumber: 'A7' })], true);
  assert.equal(decided[1]?.holds?.lotNumber, 'A7');
  assert.equal(
    compareForms(forms, false)[0]?.holds?.outcome,
    '1',
    'where one person is enough, the first typing holds',
  );
});

test('入力できない値は、その欄で断る', () => {
  const { faults } = readKeyedValues(
    new FormFields({
      formNumber: '100000000011',
      vaccinatedOn: '081345',
      bodyTemperature: '6',
      outcome: '4',
      consent: '2',
    }),
  );
  assert.deepEqual(
    faults.map(({ field }) => field),
    ['formNumber', 'bodyTemperature', 'outcome', 'consent', 'vaccinatedOn'],
  );
});
