import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { test } from 'node:test';
import { hashPassword, isOutdatedHash, isPasswordOf } from './password-hash.ts';

test('Argon2idのPHC形式で、塩は毎回違い、正しいものだけが合う', async () => {
  const [a, b] = [await hashPassword('midori-no-oka'), await hashPassword('midori-no-oka')];
  assert.match(a, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/u);
  assert.notEqual(a, b);
  assert.equal(await isPasswordOf('midori-no-oka', a), true);
  assert.equal(await isPasswordOf('midori-no-okA', a), false);
  assert.equal(await isPasswordOf('', a), false);
  assert.equal(isOutdatedHash(a), false);
});

test('古い設定のハッシュも合い、作り直しの印が付く', async () => {
  const salt = Buffer.from('0123456789abcdef');
  const cost = { parallelism: 2, tagLength: 24, memory: 64, passes: 1 };
  const tag = argon2Sync('argon2id', { message: Buffer.from('old'), nonce: salt, ...cost });
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  const hash = `$argon2id$v=19$m=64,t=1,p=2$${text(salt)}$${text(tag)}`;
  assert.equal(await isPasswordOf('old', hash), true);
  assert.equal(await isPasswordOf('new', hash), false);
  assert.equal(isOutdatedHash(hash), true);
  await assert.rejects(isPasswordOf('x', '$2b$10$abc'), TypeError);
});
