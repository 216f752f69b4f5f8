import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersonId } from '#kernel';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { decideNumberChange, decideNumberRow } from './decide-number-row.ts';
import type { KnownNumber } from './types.ts';

function codesOf(fields: Record<string, string | null>): string[] {
  return decideNumberRow(fields).findings.map(({ code, severity }) => `${severity} ${code}`);
}

test('検査用数字を手で計算した番号は通り、どの1桁を変えても通らない', () => {
  for (const individualNumber of handMadeNumbers) {
    assert.deepEqual(codesOf({ individualNumber }), [], individualNumber);
    const last = Number(individualNumber.at(-1));
    for (let digit = 0; digit < 10; digit += 1) {
      if (digit === last) continue;
      const wrong = `${individualNumber.slice(0, 11)}${digit}`;
      assert.deepEqual(codesOf({ individualNumber: wrong }), ['refuse numberCheckDigitWrong'], wrong);
    }
  }
});

test('全部0は検査用数字が合っても番号ではない', () => {
  assert.deepEqual(codesOf({ individualNumber: '000000000000' }), ['refuse numberIsFiller']);
});

test('どの指摘も番号を持たない', () => {
  for (const individualNumber of ['111111111119', '000000000000', '12345', null]) {
    for (const found of decideNumberRow({ individualNumber, addresseeNumber: '1' }).findings) {
      assert.deepEqual(found.params, {});
    }
  }
});

test('枝番は数として比べ、前より小さい枝番の別の番号は人が確かめる', () => {
  const known: KnownNumber = {
    personId: 1 as PersonId,
    isCancelled: false,
    version: 1,
    numberIndex: Buffer.alloc(32),
    indexKeyVersion: 1,
    branchNumber: '02',
  };
  const cases: [branch: string | null, isSame: boolean, held: Partial<KnownNumber>, expected: string[]][] = [
    ['03', false, {}, []],
    ['10', false, { branchNumber: '9' }, []],
    ['2', false, {}, ['note numberChangedSameBranch']],
    ['01', false, {}, ['question numberBranchGoesBack']],
    [null, false, {}, ['question numberBranchGoesBack']],
    [null, false, { branchNumber: null }, ['note numberChangedSameBranch']],
    ['01', true, {}, []],
    ['01', false, { numberIndex: null, branchNumber: null }, []],
    ['03', false, { isCancelled: true }, ['question numberPersonCancelled']],
  ];
  for (const [branchNumber, isSameNumber, held, expected] of cases) {
    const findings = decideNumberChange({ branchNumber, isSameNumber }, { ...known, ...held });
    assert.deepEqual(
      findings.map(({ code, severity }) => `${severity} ${code}`),
      expected,
      String(branchNumber),
    );
  }
  const nobody = decideNumberChange({ branchNumber: '01', isSameNumber: false }, undefined);
  assert.deepEqual(
    nobody.map(({ code }) => code),
    ['numberPersonUnknown'],
  );
});
