import assert from 'node:assert/strict';
import test from 'node:test';
import { getDay, type PersonId } from '#kernel';
import { decideLink, decideUnlink } from './decide-link.ts';
import { mergeRecords } from './merge-records.ts';
import type { PersonOnRecord } from './types.ts';

function record(id: number, more: Partial<PersonOnRecord> = {}): PersonOnRecord {
  const becameResidentOn = getDay(2020, 4, 1);
  return {
    personId: id as PersonId,
    addresseeNumber: String(id),
    kana: 'ワカバ　ハナ',
    name: '若葉　花',
    kanaKey: 'ワカバハナ',
    nameKey: '若葉花',
    bornOn: getDay(2020, 4, 1),
    birthDatePrecision: 'day',
    isBirthDateUncertain: false,
    sex: 'female',
    becameResidentOn,
    ceasedResidentOn: null,
    ceasedReason: null,
    diedOn: null,
    residencies: [{ becameOn: becameResidentOn, ceasedOn: null, ceasedReason: null }],
    isProtected: false,
    isNonRegistered: false,
    isCancelled: false,
    machiazaId: null,
    version: 1,
    principalId: null,
    ...more,
  };
}

const codes = (findings: readonly { code: string; severity: string }[]) =>
  findings.map(({ code, severity }) => `${severity} ${code}`);

test('個人番号の違う二つの記録は、ほかがすべて同じでも結び付けられない', () => {
  const [member, principal] = [record(1), record(2)];
  assert.deepEqual(codes(decideLink({ member, principal, numbers: 'differing' })), ['refuse linkNumbersDiffer']);
  assert.deepEqual(decideLink({ member, principal, numbers: 'unknown' }), []);
  assert.deepEqual(decideLink({ member, principal, numbers: 'same' }), []);
});

test('性別と生年月日の違いは、確かめてもらう。分かっていない部分は違いではない', () => {
  const member = record(1);
  const other = record(2, { sex: 'male', bornOn: getDay(2020, 4, 2) });
  assert.deepEqual(codes(decideLink({ member, principal: other, numbers: 'unknown' })), [
    'question linkSexDiffers',
    'question linkBirthDiffers',
  ]);
  const uncertain = record(2, { sex: 'unknown', bornOn: getDay(2020, 1, 1), birthDatePrecision: 'year' });
  assert.deepEqual(decideLink({ member, principal: uncertain, numbers: 'unknown' }), []);
});

test('代表は解除できず、結び付いていない記録も解除できない', () => {
  const principalId = 2 as PersonId;
  assert.deepEqual(decideUnlink(record(1, { principalId })), []);
  assert.deepEqual(codes(decideUnlink(record(2, { principalId }))), ['refuse linkNotLinked']);
  assert.deepEqual(codes(decideUnlink(record(1))), ['refuse linkNotLinked']);
});

test('住民であった期間は、どの記録のものもあわせて古い順に並び、同じ期間は一度だけ', () => {
  const first = { becameOn: getDay(2020, 4, 1), ceasedOn: getDay(2022, 3, 31), ceasedReason: 'movedOut' };
  const second = { becameOn: getDay(2025, 6, 1), ceasedOn: null, ceasedReason: null };
  const one = record(1, { residencies: [second] });
  const merged = mergeRecords(one, [one, record(2, { residencies: [first, second] })]);
  assert.deepEqual(merged.residencies, [first, second]);
});

test('住登外の記録と取り消された記録は、住民であった期間も死亡も語らない', () => {
  const outside = record(2, {
    isNonRegistered: true,
    residencies: [{ becameOn: null, ceasedOn: null, ceasedReason: null }],
  });
  const cancelled = record(3, { isCancelled: true, diedOn: getDay(2026, 1, 1), isProtected: true });
  const one = record(1);
  const merged = mergeRecords(one, [one, outside, cancelled]);
  assert.deepEqual([merged.residencies, merged.diedOn, merged.isProtected], [one.residencies, null, false]);
});

test('死亡と支援措置は、結び付いたどの記録のものでも及ぶ', () => {
  const other = record(2, { diedOn: getDay(2026, 1, 1), isProtected: true });
  const merged = mergeRecords(record(1), [other]);
  assert.deepEqual([merged.diedOn, merged.isProtected], [getDay(2026, 1, 1), true]);
});
