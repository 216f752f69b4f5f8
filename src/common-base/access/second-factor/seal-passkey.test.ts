import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StaffId } from '#kernel';
import { testKeyWrapper } from '../../../../tests/support/numbers.ts';
import { isAsRegistered, sealPasskey } from './seal-passkey.ts';
import type { StoredPasskey } from './store.ts';

const owner = { lgCode: '134996', staffId: 7 as StaffId };
const made = { credentialId: 'abc', rpId: 'sesshu.example', publicKey: Buffer.from('a5010203', 'hex') };

async function stored(): Promise<StoredPasskey> {
  const sealed = await sealPasskey(testKeyWrapper, owner, made);
  return { ...made, ...sealed, factorId: 1, signCount: 0, transports: [] };
}

test('登録したままのパスキーは受け取り、鍵・番号・サイト・封のどれを替えても受け取らない', async () => {
  const passkey = await stored();
  const isWhole = (changed: Partial<StoredPasskey>) =>
    isAsRegistered(testKeyWrapper, owner, { ...passkey, ...changed });
  assert.equal(await isWhole({}), true);
  assert.equal(await isWhole({ signCount: 5, transports: ['usb'] }), true, 'what changes with use is not sealed');
  const other = await sealPasskey(testKeyWrapper, owner, { ...made, publicKey: Buffer.from('a5010204', 'hex') });
  for (const changed of [
    { publicKey: Buffer.from('a5010204', 'hex') },
    { credentialId: 'abd' },
    { rpId: 'evil.example' },
    { seal: other.seal },
    { wrapped: other.wrapped },
    { seal: Buffer.alloc(0) },
    { seal: null, wrapped: null },
  ]) {
    assert.equal(await isWhole(changed), false, JSON.stringify(changed));
  }
});

test('ほかの人や自治体に写したパスキーは開かない', async () => {
  const passkey = await stored();
  for (const thief of [
    { ...owner, staffId: 8 as StaffId },
    { ...owner, lgCode: '011002' },
  ]) {
    await assert.rejects(isAsRegistered(testKeyWrapper, thief, passkey), { name: 'KeyTrouble' });
  }
});
