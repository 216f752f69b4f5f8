import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersonOnRecord } from '#addressees/persons';
import { getDay } from '#kernel';
import { decideHistoryRow } from './decide-history-row.ts';

const person = { personId: 7, bornOn: getDay(1950, 1, 15), isBirthDateUncertain: false } as unknown as PersonOnRecord;

function codesOf(birthDate: string | null, on: PersonOnRecord = person): readonly string[] {
  const fields = { addresseeNumber: '0000000001', vaccineCode: '51', vaccinatedOn: '2020-10-01', birthDate };
  const { findings } = decideHistoryRow(
    { ordinal: 1, fields, findings: [] },
    {
      ...{ asOf: getDay(2026, 11, 22), runId: 1, pickItems: () => ({}), decideItems: () => [] },
      findPerson: () => on,
      mapVaccine: () => ({ programme: 'p', stage: 's', product: 'q', name: 'n' }) as never,
    },
  );
  return findings.map(({ code, severity }) => `${severity} ${code}`);
}

test('行の生年月日が宛名と違えば断り、同じか、書かれていないか、確かでなければ断らない', () => {
  assert.deepEqual(codesOf('1950-01-16'), ['refuse historyBirthDateDiffers']);
  assert.deepEqual(codesOf('1950-01-15'), []);
  assert.deepEqual(codesOf(null), []);
  assert.deepEqual(codesOf('1950-01'), [], 'a day that is known in part says nothing against it');
  assert.deepEqual(codesOf('1950-01-16', { ...person, isBirthDateUncertain: true }), []);
  assert.deepEqual(codesOf('1950-01-16', { ...person, bornOn: null }), []);
});
