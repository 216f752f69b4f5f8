import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideSharedNumbers, NumbersOfFile } from './decide-shared-numbers.ts';

/** Rows 1, 2, … of a file with a form's number and a 券番号 each. */
function fileOf(...rows: readonly (readonly [form: string, coupon: string])[]) {
  const fields = rows.map(([formNumber, couponNumber]) => ({ formNumber, couponNumber }));
  const numbers = new NumbersOfFile();
  for (const [i, one] of fields.entries()) numbers.add(i + 1, one);
  const found = (ordinal: number, own: readonly number[], known = { isFormKnown: false, isCouponKnown: false }) =>
    decideSharedNumbers(numbers.shared, {
      ...{ fields: fields[ordinal - 1] ?? {}, own: new Set([ordinal, ...own]) },
      ...known,
    }).map(({ code, params }) => [code, params['row']]);
  return found;
}

test('だれのものか分からない予診票が二人の行にあれば、どちらの行も尋ねる。書き方の違いは同じ番号', () => {
  const found = fileOf(['0000-0000-0017', ''], ['９９', ''], ['000000000017', '']);
  assert.deepEqual(found(1, []), [['formSharedInFile', 3]]);
  assert.deepEqual(found(3, []), [['formSharedInFile', 1]]);
  assert.deepEqual(found(2, []), []);
});

test('同じ人の行どうしと、発行番号簿や台帳が持ち主を知っている番号は、ここでは尋ねない', () => {
  const found = fileOf(['17', '1234567890'], ['17', '1234567890']);
  assert.deepEqual(found(1, [2]), []);
  assert.deepEqual(found(1, [], { isFormKnown: true, isCouponKnown: true }), []);
  assert.deepEqual(found(1, [], { isFormKnown: true, isCouponKnown: false }), [['couponSharedInFile', 2]]);
});

test('券番号は、18桁でも10桁でも同じ番号として比べる', () => {
  const found = fileOf(['', '111349960123456789'], ['', '0123456789'], ['', '0123456780']);
  assert.deepEqual(found(2, []), [['couponSharedInFile', 1]]);
  assert.deepEqual(found(3, []), []);
});
