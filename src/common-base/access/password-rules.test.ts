import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decidePassword, type PasswordCase, similarity } from './password-rules.ts';

const usual: PasswordCase = {
  password: 'asagao-ga-7ko-saita',
  accountName: 'yamada.h',
  displayName: '山田 花子',
  currentPassword: null,
  contextWords: ['若葉台市', 'wakabadai'],
  lengthMin: 12,
};

function codesOf(change: Partial<PasswordCase>): readonly string[] {
  return decidePassword({ ...usual, ...change }).findings.map((each) => each.code);
}

test('文字の種類を問わず、長く推測しにくいものは使える', () => {
  assert.deepEqual(codesOf({}), []);
  assert.deepEqual(codesOf({ password: 'さくらの山道を歩く日曜日' }), []);
  assert.deepEqual(codesOf({ password: 'correct horse battery staple' }), []);
  assert.deepEqual(codesOf({ password: `x7${'きのう見た夢'.repeat(3)}${'q9'.repeat(20)}` }), []);
});

test('長さは文字の数で数え、境目の12文字から使える', () => {
  assert.deepEqual(codesOf({ password: 'Xk3fpa9Qm2z' }), ['passwordTooShort']);
  assert.deepEqual(codesOf({ password: 'Xk3fpa9Qm2zt' }), []);
  assert.deepEqual(codesOf({ password: '𠮷野家髙木﨑の坂道' }), ['passwordTooShort'], '9文字(コード単位では10)');
  assert.deepEqual(codesOf({ password: 'ab cd'.repeat(51) + '01' }), ['passwordTooLong']);
});

test('よく使われるもの、並びや繰り返しは使えない', () => {
  for (const password of ['passwordpassword', '123456789012', 'qwertyuiop12', 'aaaaaaaaaaaa', 'abcdefghijkl']) {
    assert.deepEqual(codesOf({ password }), ['passwordGuessable'], password);
  }
});

test('アカウント名・氏名を含むもの、よく似たものは使えない', () => {
  assert.ok(codesOf({ password: 'YAMADA.H-tokubetsu-7' }).includes('passwordLikeAccount'));
  assert.ok(codesOf({ password: 'ｙａｍａｄａ．ｈの秘密の言葉' }).includes('passwordLikeAccount'), '全角も同じ');
  assert.ok(
    codesOf({ displayName: '長谷川 真由美', password: '長谷川の大事な鍵です九つ' }).includes('passwordLikeAccount'),
  );
});

test('今のパスワードの一部だけを変えたものは使えない', () => {
  const currentPassword = 'asagao-ga-7ko-saita';
  assert.deepEqual(codesOf({ password: 'asagao-ga-8ko-saita', currentPassword }), ['passwordLikeCurrent']);
  assert.deepEqual(codesOf({ password: 'himawari-wa-mada-da-yo', currentPassword }), []);
});

test('似ている度合いは、同じなら1、共通点がなければ0', () => {
  assert.equal(similarity('abcd', 'ABCD'), 1);
  assert.equal(similarity('abcd', 'wxyz'), 0);
  assert.equal(similarity('kitten', 'sitting'), 1 - 3 / 7);
  assert.equal(similarity('', ''), 1);
});
