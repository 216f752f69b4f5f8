import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  chooseKeyWrapper,
  drawDataKey,
  fileKeyRing,
  indexValue,
  KeyTrouble,
  type KeyTroubleKind,
  type KeyWrapper,
  makeWrappingKeyFile,
  openValue,
  type SealContext,
  sealValue,
  secretKeyWrapper,
  unwrapDataKey,
  wrappingKeyPath,
} from './index.ts';

const context: SealContext = { lgCode: '134996', purpose: 'individualNumber', subject: '7/1' };
const secret = 'A'.repeat(43);
let home: string;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesshu-keys-'));
});
after(() => rm(home, { recursive: true }));

function trouble(kind: KeyTroubleKind, pattern = /。$/u): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof KeyTrouble, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, pattern);
    return true;
  };
}

test('a value opens only in its own context', () => {
  const key = randomBytes(32);
  const sealed = sealValue(key, Buffer.from('123456789018'), context);
  assert.equal(openValue(key, sealed, context).toString(), '123456789018');
  assert.equal(sealed.includes('123456789018'), false);
  const others: SealContext[] = [
    { ...context, lgCode: '011002' },
    { ...context, purpose: 'dataKey' },
    { ...context, subject: '8/1' },
    { ...context, subject: '7/2' },
    // The same letters parted elsewhere are another context.
    { lgCode: '134996individual', purpose: 'Number', subject: '7/1' },
  ];
  for (const other of others) assert.throws(() => openValue(key, sealed, other), trouble('tampered'));
});

test('every changed byte, every cut and every other key is refused', () => {
  const key = randomBytes(32);
  const sealed = sealValue(key, Buffer.from('123456789018'), context);
  for (let i = 0; i < sealed.length; i += 1) {
    const changed = Buffer.from(sealed);
    changed[i] = (changed[i] ?? 0) ^ 1;
    assert.throws(() => openValue(key, changed, context), trouble('tampered'), `byte ${i}`);
    assert.throws(() => openValue(key, sealed.subarray(0, i), context), trouble('tampered'), `cut at ${i}`);
  }
  assert.throws(() => openValue(randomBytes(32), sealed, context), trouble('tampered'));
});

test('the same value is sealed differently each time and indexed the same', () => {
  const key = randomBytes(32);
  const value = Buffer.from('123456789018');
  assert.notDeepEqual(sealValue(key, value, context), sealValue(key, value, context));
  const index = indexValue(key, '123456789018', context);
  const expected = createHmac('sha256', key).update('["134996","individualNumber","123456789018"]').digest();
  assert.deepEqual(index, expected);
  assert.notDeepEqual(index, indexValue(key, '123456789018', { ...context, lgCode: '011002' }));
  assert.notDeepEqual(index, indexValue(randomBytes(32), '123456789018', context));
});

test('the key file is made once, for its owner alone, and never written over', async () => {
  assert.deepEqual(await makeWrappingKeyFile(home), { isNew: true, path: wrappingKeyPath(home) });
  const text = await readFile(wrappingKeyPath(home), 'utf8');
  assert.equal((await stat(wrappingKeyPath(home))).mode & 0o777, 0o600);
  assert.equal((await stat(join(home, 'keys'))).mode & 0o777, 0o700);
  assert.deepEqual(await makeWrappingKeyFile(home), { isNew: false, path: wrappingKeyPath(home) });
  assert.equal(await readFile(wrappingKeyPath(home), 'utf8'), text);
  const { keyId, place } = await fileKeyRing(home).identify();
  assert.match(keyId, /^[0-9a-f]{16}$/u);
  assert.ok(text.includes(keyId) && place.includes(wrappingKeyPath(home)));
});

test('processes that make the key at the same time hold the same one', async () => {
  const other = await mkdtemp(join(tmpdir(), 'sesshu-keys-'));
  try {
    const made = await Promise.all(Array.from({ length: 8 }, () => makeWrappingKeyFile(other)));
    assert.equal(made.filter(({ isNew }) => isNew).length, 1);
    await fileKeyRing(other).identify();
  } finally {
    await rm(other, { recursive: true });
  }
});

test('a data key is wrapped, opened as an object, and its bytes overwritten with zeros', async () => {
  const inner = secretKeyWrapper(secret);
  const wrapped = await drawDataKey(inner, context);
  assert.equal(wrapped.bytes.length, 1 + 12 + 32 + 16);
  const held: Buffer[] = [];
  const wrapper: KeyWrapper = {
    ...inner,
    async unwrap(...question) {
      const bytes = await inner.unwrap(...question);
      assert.notDeepEqual(bytes, Buffer.alloc(32));
      held.push(bytes);
      return bytes;
    },
  };
  const key = await unwrapDataKey(wrapper, wrapped, context);
  assert.deepEqual(held, [Buffer.alloc(32)]);
  assert.notDeepEqual(key.export(), Buffer.alloc(32));
  await assert.rejects(inner.unwrap(wrapped, { ...context, subject: '1' }), trouble('tampered'));
});

test('another wrapping key is called the wrong one, with both fingerprints', async () => {
  const first = secretKeyWrapper(secret);
  const second = secretKeyWrapper('00'.repeat(31).concat('ff'));
  const wrapped = await drawDataKey(first, context);
  const [wanted, present] = [(await first.identify()).keyId, (await second.identify()).keyId];
  assert.notEqual(wanted, present);
  await assert.rejects(second.unwrap(wrapped, context), trouble('wrongKey', new RegExp(`${wanted}.*${present}`, 'u')));
});

test('a missing, cut, open or strange key is told apart', async () => {
  const other = await mkdtemp(join(tmpdir(), 'sesshu-keys-'));
  const path = wrappingKeyPath(other);
  const wrapper = fileKeyRing(other);
  try {
    await assert.rejects(wrapper.identify(), trouble('keyLost', /控えから戻して/u));
    await makeWrappingKeyFile(other);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/\S(?= [0-9a-f]{16}\n)/u, ''));
    await assert.rejects(wrapper.identify(), trouble('keyUnfit', /控えから戻して/u));
    await writeFile(path, text);
    await wrapper.identify();
    await chmod(path, 0o640);
    await assert.rejects(wrapper.identify(), trouble('keyUnfit', /0640/u));
  } finally {
    await rm(other, { recursive: true });
  }
  for (const bad of ['', 'short', 'A'.repeat(42), `${'A'.repeat(43)}!`, 'password-of-the-office']) {
    await assert.rejects(secretKeyWrapper(bad).identify(), trouble('keyUnfit', /SESSHU_VAULT_KEY/u));
  }
});

test('no trouble tells anything of a key', async () => {
  const wrapped = await drawDataKey(secretKeyWrapper(secret), context);
  const said = await secretKeyWrapper('B'.repeat(43))
    .unwrap(wrapped, context)
    .catch((error: unknown) => String(error));
  assert.ok(typeof said === 'string' && !said.includes('AAAA') && !said.includes('BBBB'));
});

test('the secret of the environment goes before the file; base64 and hexadecimal are the same key', async () => {
  const fromFile = await chooseKeyWrapper(home, {}).identify();
  assert.equal(fromFile.keyId, (await fileKeyRing(home).identify()).keyId);
  assert.notEqual(chooseKeyWrapper(home, { SESSHU_VAULT_KEY: ' ' }).makeFirst, null);
  const bytes = Buffer.alloc(32, 7);
  const base64 = chooseKeyWrapper(home, { SESSHU_VAULT_KEY: bytes.toString('base64') });
  const hexadecimal = chooseKeyWrapper(home, { SESSHU_VAULT_KEY: `${bytes.toString('hex')}\n` });
  assert.equal(base64.makeFirst, null);
  assert.equal((await base64.identify()).keyId, (await hexadecimal.identify()).keyId);
  assert.notEqual((await base64.identify()).keyId, fromFile.keyId);
});
