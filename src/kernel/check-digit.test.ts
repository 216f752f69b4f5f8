import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  individualNumberCheckDigit,
  isCorporateNumber,
  isIndividualNumber,
  isLocalGovernmentCode,
  isMedicalInstitutionCode,
  luhnCheckDigit,
} from './check-digit.ts';

test('published numbers carry their check digits', () => {
  for (const number of ['123456789018', '983205673214']) assert.ok(isIndividualNumber(number));
  for (const code of ['131016', '011002', '281000', '141003', '271004', '012025'])
    assert.ok(isLocalGovernmentCode(code));
  assert.ok(isCorporateNumber('1180301018771'));
  assert.ok(isMedicalInstitutionCode('0110113719'));
});

test('one wrong digit at any place is noticed', () => {
  const cases: readonly (readonly [string, (text: string) => boolean])[] = [
    ['131016', isLocalGovernmentCode],
    ['0110113719', isMedicalInstitutionCode],
  ];
  for (const [number, isValid] of cases) {
    for (let place = 0; place < number.length; place += 1) {
      const wrong = (Number(number[place]) + 1) % 10;
      assert.equal(isValid(`${number.slice(0, place)}${wrong}${number.slice(place + 1)}`), false, `place ${place}`);
    }
  }
});

test('lengths and letters are refused', () => {
  assert.equal(isIndividualNumber('12345678901'), false);
  assert.equal(isIndividualNumber('12345678901８'), false);
  assert.equal(isLocalGovernmentCode('13101'), false);
  assert.equal(individualNumberCheckDigit('12345678901'), 8);
  assert.equal(luhnCheckDigit('7992739871'), 3);
});

test('numbers worked out by hand from the ordinances', () => {
  // Weights 6 5 4 3 2 7 6 5 4 3 2: 2 × 6 = 12, 1 left of 11, and nothing left of 0: both have the digit 0.
  assert.equal(individualNumberCheckDigit('20000000000'), 0);
  assert.equal(individualNumberCheckDigit('00000000000'), 0);
  // 1 × 6 = 6, and 11 - 6 = 5; 3 × 3 = 9 at the tenth place, and 11 - 9 = 2.
  assert.equal(individualNumberCheckDigit('10000000000'), 5);
  assert.equal(individualNumberCheckDigit('00000000030'), 2);
  // 紫波町: 3 × 5 + 3 × 4 + 2 × 3 + 1 × 2 = 35, 2 left of 33, 11 - 2 = 9.
  assert.ok(isLocalGovernmentCode('033219'));
  // Odd places from the right count once, even ones twice: 国税庁, デジタル庁, a company, and one place alone (9 - 2 = 7).
  for (const number of ['7000012050002', '8000012010038', '5120001158218', '7001000000000']) {
    assert.ok(isCorporateNumber(number), number);
  }
  for (const number of ['700001205000', '70000120500022', '7000012050003']) {
    assert.equal(isCorporateNumber(number), false, number);
  }
  // Luhn: a 5 in a doubled place is 10, whose digits make 1; nothing at all needs the digit 0.
  assert.equal(luhnCheckDigit('5'), 9);
  assert.equal(luhnCheckDigit('0'), 0);
});
