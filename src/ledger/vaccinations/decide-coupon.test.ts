import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EntryId, getDay, type LgCode, type PersonId } from '#kernel';
import { type CouponDose, couponNumberOf, decideCoupon } from './decide-coupon.ts';
import type { CouponRecord } from './load-coupon-records.ts';

const hana = 1 as PersonId;
const taro = 2 as PersonId;
const record = (personId: PersonId, on: number, dose = '1'): CouponRecord => ({
  personId,
  entryId: 9 as EntryId,
  vaccinatedOn: getDay(2021, 6, on),
  doseNumberAsSent: dose,
});
const fact = { vaccinatedOn: getDay(2021, 6, 1), doseNumber: 1 } satisfies CouponDose;
const asked = (text: string | null, records: readonly CouponRecord[] = [], personId: PersonId | null = hana) =>
  decideCoupon(text, fact, { lgCode: '131016' as LgCode, personId, records }).map((each) => each.code);

test('読める券番号、券番号のない行、同じ接種の記録は問わない', () => {
  for (const text of [null, '', '0000001234', '211310160000001234']) assert.deepEqual(asked(text), [], String(text));
  assert.deepEqual(asked('0000001234', [record(hana, 1)]), []);
  assert.deepEqual(asked('0000001234', [record(hana, 22, '2')]), [], 'the second dose is another one');
  assert.equal(couponNumberOf('211310160000001234'), '0000001234');
});

test('桁違い、検証番号の合わない団体コード、ほかの自治体の券、回数の違いを問う', () => {
  assert.deepEqual(asked('00000012'), ['couponUnreadable']);
  assert.deepEqual(asked('211310170000001234'), ['couponUnreadable']);
  assert.deepEqual(asked('210110020000001234'), ['couponOfOtherMunicipality']);
  assert.deepEqual(asked('221310160000001234'), ['couponDoseDiffers']);
});

test('同じ券番号が別の人の台帳にあれば取り違えを、同じ回が別の日にあれば二重の入力を問う', () => {
  assert.deepEqual(asked('0000001234', [record(taro, 1)]), ['couponOfOther']);
  assert.deepEqual(asked('0000001234', [record(hana, 2)]), ['couponDoseTwice']);
  assert.deepEqual(asked('0000001234', [record(taro, 1), record(hana, 2)]), ['couponOfOther', 'couponDoseTwice']);
  const linked = { lgCode: '131016' as LgCode, personId: hana, linked: [hana, taro] };
  const asOne = (records: CouponRecord[]) =>
    decideCoupon('0000001234', fact, { ...linked, records }).map(({ code }) => code);
  assert.deepEqual([asOne([record(taro, 1)]), asOne([record(taro, 2)])], [[], ['couponDoseTwice']], 'one person');
  assert.deepEqual(asked('0000001234', [record(taro, 1)], null), [], 'whose the row is stands to question first');
});

test('ほかの人に印刷した接種券の番号は問い、本人・つながった記録・ほかの自治体の番号は問わない', () => {
  const lgCode = '131016' as LgCode;
  const printedFor = (holder: PersonId, text = '0000001234', linked: readonly PersonId[] = []) =>
    decideCoupon(text, fact, { lgCode, personId: hana, linked, holder, records: [] }).map((each) => each.code);
  assert.deepEqual(printedFor(taro), ['couponOfOther']);
  assert.deepEqual(printedFor(taro, '211310160000001234'), ['couponOfOther']);
  assert.deepEqual(printedFor(hana), []);
  assert.deepEqual(printedFor(taro, '0000001234', [taro]), []);
  assert.deepEqual(printedFor(taro, '210110020000001234'), ['couponOfOtherMunicipality']);
});
