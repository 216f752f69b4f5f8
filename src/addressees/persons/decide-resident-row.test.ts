import assert from 'node:assert/strict';
import test from 'node:test';
import { getDay } from '#kernel';
import { decideResidentRow, deriveEffectiveOn } from './decide-resident-row.ts';

const asOf = getDay(2026, 11, 21);
const fields = {
  addresseeNumber: '0000000001',
  name: '邉見　花',
  kana: 'ヘンミ　ハナ',
  birthDate: '2020-02-29',
  sex: 'female',
  isProtected: '1',
  changedOn: '2020-03-01',
  residencyChangedOn: '2020-03-05',
};

function codesOf(changes: Readonly<Record<string, string | null>>): string[] {
  return decideResidentRow({ ...fields, ...changes }, asOf).findings.map((item) => item.code);
}

test('良い行は字のまま読まれる', () => {
  const decision = decideResidentRow(fields, asOf);
  assert.ok(decision.answer === 'accepted');
  assert.equal(decision.value.name, '邉見　花');
  assert.equal(decision.value.isProtected, true);
  assert.equal(deriveEffectiveOn(decision.value, asOf), getDay(2020, 3, 5));
});

test('読めない行は理由をすべて添えて断られる', () => {
  assert.deepEqual(codesOf({ addresseeNumber: null, name: null }), ['residentItemMissing', 'residentItemMissing']);
  assert.deepEqual(codesOf({ addresseeNumber: '1234567890123456' }), ['addresseeNumberTooLong']);
  assert.deepEqual(codesOf({ addresseeNumber: '123456789012345' }), []);
  assert.deepEqual(codesOf({ birthDate: '2021-02-29' }), ['birthDateUnreadable']);
  assert.deepEqual(codesOf({ birthDate: '2026-11-22' }), ['bornInFuture']);
  assert.deepEqual(codesOf({ birthDate: '2026-11-21' }), []);
  assert.deepEqual(codesOf({ diedOn: '2020-02-28' }), ['diedBeforeBirth']);
  assert.deepEqual(codesOf({ diedOn: '2026-11-22' }), ['diedInFuture']);
  assert.deepEqual(codesOf({ sex: '3' }), ['sexUnreadable']);
  assert.deepEqual(codesOf({ building: '𠮷'.repeat(300) }), []);
  assert.deepEqual(codesOf({ building: '𠮷'.repeat(301) }), ['residentItemTooLong']);
  assert.deepEqual(codesOf({ isProtected: 'X' }), ['flagUnreadable']);
  assert.deepEqual(codesOf({ becameResidentOn: '2020-03-01', ceasedResidentOn: '2020-02-28' }), [
    'ceasedBeforeBecameResident',
  ]);
});

test('生年月日の不詳は断らずに注記する', () => {
  const decision = decideResidentRow({ ...fields, birthDate: '1950' }, asOf);
  assert.equal(decision.answer, 'accepted');
  assert.deepEqual(codesOf({ birthDate: '1950' }), ['birthDateUncertain']);
});
