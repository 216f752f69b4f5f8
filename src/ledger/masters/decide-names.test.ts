import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDay } from '#kernel';
import { decideNames, nameOfTyped } from './decide-names.ts';
import type { KnownNames, MasterEntry } from './types.ts';

const entry = (code: string, name: string, validTo: MasterEntry['validTo'] = null) =>
  ({ code, name, validFrom: null, validTo }) as MasterEntry;
const retired = getDay(2026, 3, 31);
const doctors = [
  entry('12', '試験　医師'),
  entry('13', '見本 医師', retired),
  entry('14', '同名'),
  entry('15', '同 名'),
];
const known: KnownNames = {
  physicians: new Map([['1311400046', doctors]]),
  venues: [entry('V1', '市民体育館')],
  manufacturers: [entry('03', '試験製薬')],
};
const on = getDay(2026, 4, 1);
const asked = (items: Record<string, string>, day = on) => {
  const { filled, findings } = decideNames(known, { institutionCode: '1311400046', ...items }, day);
  return [filled, findings.map(({ code, severity }) => `${code} ${severity}`)];
};

test('マスタにある医師は、名前からコードが、コードから名前が入る。書き方の違いは同じ名前', () => {
  assert.deepEqual(asked({ administeringPhysician: '試験医師' }), [{ administeringPhysicianCode: '12' }, []]);
  assert.deepEqual(asked({ administeringPhysicianCode: '12' }), [{ administeringPhysician: '試験　医師' }, []]);
  assert.deepEqual(asked({ screeningPhysician: '試験 医師' }), [{ screeningPhysicianCode: '12' }, []]);
  assert.deepEqual(asked({ administeringPhysicianCode: '12', administeringPhysician: '別の名前' }), [{}, []]);
});

test('有効期間の最後の日まではその医師、翌日からは期間の外と言う', () => {
  assert.deepEqual(asked({ administeringPhysician: '見本医師' }, retired), [{ administeringPhysicianCode: '13' }, []]);
  assert.deepEqual(asked({ administeringPhysician: '見本医師' }), [{}, ['physicianNotValid note']]);
});

test('マスタにない名前は文字のまま残し、そのことを言う。同じ名前が二人いれば決めない', () => {
  assert.deepEqual(asked({ administeringPhysician: '応援　医師' }), [{}, ['physicianNotInMaster note']]);
  assert.deepEqual(asked({ administeringPhysician: '同名' }), [{}, ['physicianNotInMaster note']]);
  assert.deepEqual(asked({ venueOther: '公民館' }), [{}, ['venueNotInMaster note']]);
  assert.deepEqual(asked({ venueOther: '市民体育館' }), [{ venueCode: 'V1' }, []]);
});

test('メーカーはコードから名前が入り、マスタにないコードを言う', () => {
  assert.deepEqual(asked({ manufacturerCode: '03' }), [{ manufacturerName: '試験製薬' }, []]);
  assert.deepEqual(asked({ manufacturerCode: '99' }), [{}, ['manufacturerNotInMaster note']]);
});

test('マスタを持たない医療機関では何も言わない', () => {
  assert.deepEqual(asked({ institutionCode: 'K-1', administeringPhysician: '応援　医師' }), [{}, []]);
  assert.deepEqual(asked({}), [{}, []]);
});

test('入力したコードはその名前になり、ほかは入力したまま', () => {
  assert.deepEqual(
    ['12', '13', '医師'].map((typed) => nameOfTyped(doctors, typed, on)),
    ['試験　医師', '13', '医師'],
  );
});
