import assert from 'node:assert/strict';
import test from 'node:test';
import { parseIsoDay } from '#kernel';
import { decideResidentRow } from './decide-resident-row.ts';
import { digestResident } from './digest-resident.ts';

const asOf = parseIsoDay('2026-11-21');
const hanako: Readonly<Record<string, string | null>> = {
  addresseeNumber: '0000000001',
  name: '若葉　花子',
  kana: 'ワカバ　ハナコ',
  birthDate: '1954-08-25',
};

function digestOf(fields: Readonly<Record<string, string | null>>): string {
  const decision = decideResidentRow(fields, asOf);
  assert.ok(decision.answer !== 'refused');
  return digestResident(decision.value);
}

test('どの項目が変わっても要約は変わり、項目の並びでは変わらない', () => {
  const changes: readonly Record<string, string>[] = [
    { name: '若葉　華子' },
    { birthDate: '1954-08' },
    { birthDate: '1954' },
    { sex: 'female' },
    { isProtected: '1' },
    { isCancelled: '1' },
    { becameResidentOn: '2008-10-08' },
    { ceasedResidentOn: '2008-10-08' },
    { diedOn: '2008-10-08' },
    { previousAddress: '緑町1' },
    { nextAddress: '緑町1' },
    { email: 'a@example.jp' },
    { building: '3:ハイツ' },
  ];
  const digests = [hanako, ...changes.map((change) => ({ ...hanako, ...change }))].map(digestOf);
  assert.equal(new Set(digests).size, digests.length);
  assert.equal(digestOf(Object.fromEntries(Object.entries(hanako).reverse())), digests[0]);
  assert.equal(Buffer.from(digests[0] ?? '', 'base64').length, 32);
});
