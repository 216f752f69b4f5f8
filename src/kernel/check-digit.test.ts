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
