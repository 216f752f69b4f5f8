import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AskedItems, fitAnswer, isDifferent, listAskedItems, listNotCompared } from './decide-confirmation.ts';
import type { RegisterAnswer } from './types.ts';

const whole: AskedItems = {
  individualNumber: '000000000000',
  name: '若葉　花子',
  birthDate: '1954-08-25',
  sex: 'female',
  address: '一丁目1番',
};
const agrees: RegisterAnswer = {
  number: 'valid',
  name: 'agrees',
  birthDate: 'agrees',
  sex: 'agrees',
  address: 'agrees',
  previousMunicipality: null,
};
/** A protected person without a number and of unknown sex. */
const little: AskedItems = { ...whole, individualNumber: null, sex: null, address: null };

test('すべてを尋ねてすべて一致なら、違いも、くらべていない項目もない', () => {
  assert.equal(isDifferent(whole, agrees), false);
  assert.deepEqual(listNotCompared(agrees), []);
  assert.deepEqual(listAskedItems(whole), ['individualNumber', 'name', 'birthDate', 'sex', 'address']);
});

test('尋ねていない項目は、相手が一致と答えても、くらべていない', () => {
  const fitted = fitAnswer(little, agrees);
  assert.deepEqual(fitted, { ...agrees, number: 'notAsked', sex: 'notCompared', address: 'notCompared' });
  assert.equal(isDifferent(little, fitted), false);
  assert.deepEqual(listNotCompared(fitted), ['individualNumber', 'sex', 'address']);
  assert.deepEqual(listAskedItems(little), ['name', 'birthDate']);
});

test('尋ねたのに答えのない項目、違う項目、正しくない番号、だれもいないという答えは、人が確かめる', () => {
  for (const answer of [
    { ...agrees, number: 'notAsked' },
    { ...agrees, number: 'changed' },
    { ...agrees, number: 'unknown' },
    ...(['name', 'birthDate', 'sex', 'address'] as const).flatMap((item) => [
      { ...agrees, [item]: 'notCompared' },
      { ...agrees, [item]: 'differs' },
    ]),
  ] as RegisterAnswer[]) {
    assert.equal(isDifferent(whole, fitAnswer(whole, answer)), true, JSON.stringify(answer));
  }
  const nobody = fitAnswer(little, { ...agrees, number: 'unknown', name: 'notCompared', birthDate: 'notCompared' });
  assert.equal(isDifferent(little, nobody), true);
});
