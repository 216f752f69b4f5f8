import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from '#kernel';
import type { FactOnRecord } from '#ledger/vaccinations';
import { decideContraindication } from './decide-contraindication.ts';
import type { RowFact } from './types.ts';

const fact = { kind: 'contraindication', programme: 'bcg', from: getDay(2026, 9, 1) } as FactOnRecord;
const row = (on: number, programme = 'bcg', outcome = 'administered') =>
  ({ vaccinatedOn: getDay(2026, 9, on), outcome, vaccine: { programme } }) as RowFact;
const asked = (one: RowFact, known: readonly FactOnRecord[] = [fact]) =>
  decideContraindication(one, known, () => 'BCG').map((each) => each.code);

test('禁忌とわかった日からの接種だけを、その予防接種についてだけ確かめる', () => {
  assert.deepEqual(asked(row(1)), ['contraindicationOnRecord']);
  assert.deepEqual(asked({ ...row(1), vaccinatedOn: getDay(2026, 8, 31) }), []);
  assert.deepEqual(asked(row(2, 'varicella')), []);
  assert.deepEqual(asked(row(2, 'bcg', 'screeningOnly')), []);
  assert.deepEqual(asked(row(1), [{ ...fact, from: null }]), ['contraindicationOnRecord']);
  assert.deepEqual(asked(row(1), []), []);
});
