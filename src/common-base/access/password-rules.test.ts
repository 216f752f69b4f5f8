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

async function codesOf(change: Partial<PasswordCase>): Promise<readonly string[]> {
  return (await decidePassword({ ...usual, ...change })).findings.map((each) => each.code);
}

test('文字の種類を問わず、長く推測しにくいものは使える', async () => {
  assert.deepEqual(await codesOf({}), []);
  assert.deepEqual(await codesOf({ password: 'さくらの山道を歩く日曜日' }), []);
  assert.deepEqual(await codesOf({ password: 'correct horse battery staple' }), []);
  assert.deepEqual(await codesOf({ password: `x7${'きのう見た夢'.repeat(3)}${'q9'.repeat(20)}` }), []);
});

test('長さは文字の数で数え、境目の12文字から使える', async () => {
  assert.deepEqual(await codesOf({ password: 'Xk3fpa9Qm2z' }), ['passwordTooShort']);
  assert.deepEqual(await codesOf({ password: 'Xk3fpa9Qm2zt' }), []);
  assert.deepEqual(await codesOf({ password: '𠮷野家髙木﨑の坂道' }), ['passwordTooShort'], '9文字(コード単位では10)');
  assert.deepEqual(await codesOf({ password: 'ab cd'.repeat(51) + '01' }), ['passwordTooLong']);
});

test('よく使われるもの、並びや繰り返しは使えない', async () => {
  for (const password of ['passwordpassword', '123456789012', 'qwertyuiop12', 'aaaaaaaaaaaa', 'abcdefghijkl']) {
    assert.deepEqual(await codesOf({ password }), ['passwordGuessable'], password);
  }
});

test('運用者の一覧にある漏えいしたものは、長く推測しにくくても使えない', async () => {
  const isBreached = (password: string): Promise<boolean> => Promise.resolve(password === usual.password);
  assert.deepEqual(await codesOf({ isBreached }), ['passwordBreached']);
  assert.deepEqual(await codesOf({ isBreached, password: 'asagao-ga-8ko-saita' }), []);
});

test('アカウント名・氏名を含むもの、よく似たものは使えない', async () => {
  assert.ok((await codesOf({ password: 'YAMADA.H-tokubetsu-7' })).includes('passwordLikeAccount'));
  assert.ok(
    (await codesOf({ password: 'ｙａｍａｄａ．ｈの秘密の言葉' })).includes('passwordLikeAccount'),
    '全角も同じ',
  );
  assert.ok(
    (await codesOf({ displayName: '長谷川 真由美', password: '長谷川の大事な鍵です九つ' })).includes(
      'passwordLikeAccount',
    ),
  );
});

test('今のパスワードの一部だけを変えたものは使えない', async () => {
  const currentPassword = 'asagao-ga-7ko-saita';
  assert.deepEqual(await codesOf({ password: 'asagao-ga-8ko-saita', currentPassword }), ['passwordLikeCurrent']);
  assert.deepEqual(await codesOf({ password: 'himawari-wa-mada-da-yo', currentPassword }), []);
});

test('似ている度合いは、同じなら1、共通点がなければ0', () => {
  assert.equal(similarity('abcd', 'ABCD'), 1);
  assert.equal(similarity('abcd', 'wxyz'), 0);
  assert.equal(similarity('kitten', 'sitting'), 1 - 3 / 7);
  assert.equal(similarity('', ''), 1);
});
