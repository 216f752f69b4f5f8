import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  chooseKeyWrapper,
  drawDataKey,
  type KeyRing,
  KeyTrouble,
  makeWrappingKeyFile,
  type SealContext,
  unwrapDataKey,
} from './index.ts';

/** Where Debian, Fedora and Homebrew put the software token (apt-get install softhsm2). */
const module = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
].find((path) => existsSync(path));
const skip = module === undefined ? 'softhsm2 is not installed' : false;
const context: SealContext = { lgCode: '134996', purpose: 'numbers.encryption', subject: '1' };
let home: string;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesshu-token-'));
  if (module === undefined) return;
  await mkdir(join(home, 'tokens'));
  const conf = join(home, 'softhsm2.conf');
  await writeFile(
    conf,
    `directories.tokendir = ${join(home, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  await writeFile(join(home, 'pin'), '4321\n', { mode: 0o600 });
  process.env['SOFTHSM2_CONF'] = conf;
  for (const label of ['sesshu', 'another']) {
    const words = ['--init-token', '--free', '--label', label, '--pin', '4321', '--so-pin', '87654321'];
    execFileSync('softhsm2-util', words, { stdio: 'ignore' });
  }
});
after(() => rm(home, { recursive: true }));

function ring(more: Record<string, string> = {}): KeyRing {
  return chooseKeyWrapper(home, {
    SESSHU_VAULT_PKCS11_MODULE: module,
    SESSHU_VAULT_PKCS11_TOKEN: 'sesshu',
    SESSHU_VAULT_PKCS11_PIN_FILE: join(home, 'pin'),
    ...more,
  });
}

function trouble(kind: string, pattern: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof KeyTrouble, String(error));
    assert.deepEqual([error.kind, pattern.test(error.message)], [kind, true], error.message);
    return true;
  };
}

test('装置の中で鍵を作り、包み、開く。別の自治体・用途・対象のものは開かない', { skip }, async () => {
  await assert.rejects(ring().identify(), trouble('keyLost', /鍵「sesshu-wrapping-key」がありません/u));
  assert.deepEqual(await ring().makeFirst?.(), { isNew: true, path: '装置（PKCS#11）「sesshu」' });
  assert.equal((await ring().makeFirst?.())?.isNew, false);
  const wrapped = await drawDataKey(ring(), context);
  assert.match(wrapped.keyId, /^00000001[0-9a-f]{8}$/u);
  assert.equal(wrapped.bytes.length, 1 + 12 + 32 + 16);
  const key = await unwrapDataKey(ring(), wrapped, context);
  assert.equal(key.symmetricKeySize, 32);
  assert.ok(key.equals(await unwrapDataKey(ring(), wrapped, context)));
  for (const other of [{ lgCode: '011002' }, { purpose: 'secondFactor' }, { subject: '2' }]) {
    await assert.rejects(unwrapDataKey(ring(), wrapped, { ...context, ...other }), trouble('tampered', /書き換え/u));
  }
  for (const place of [1, 20, 60]) {
    const changed = Buffer.from(wrapped.bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    await assert.rejects(unwrapDataKey(ring(), { ...wrapped, bytes: changed }, context), trouble('tampered', /。$/u));
  }
});

test('装置の鍵を替えると、新しい鍵で包み、古い鍵で包んだものも開く', { skip }, async () => {
  const before = await drawDataKey(ring(), context);
  const clear = await unwrapDataKey(ring(), before, context);
  await ring().renew?.();
  const after_ = await drawDataKey(ring(), context);
  assert.match(after_.keyId, /^00000002/u);
  assert.deepEqual(
    (await ring().listKeys()).map(({ keyId }) => keyId),
    [after_.keyId, before.keyId],
  );
  assert.ok(clear.equals(await unwrapDataKey(ring(), before, context)));
  assert.match((await ring().retireOthers()).join('\n'), new RegExp(`${before.keyId}.*retired`, 'u'));
  assert.deepEqual(
    (await ring().listKeys()).map(({ keyId }) => keyId),
    [after_.keyId],
  );
  // A backup from before still opens, as long as the former key is kept in the device.
  assert.ok(clear.equals(await unwrapDataKey(ring(), before, context)));
});

test('鍵ファイルから装置へ移るあいだ、鍵ファイルで包んだものも開く', { skip }, async () => {
  await makeWrappingKeyFile(home);
  const outside = chooseKeyWrapper(home, {});
  const wrapped = await drawDataKey(outside, context);
  const clear = await unwrapDataKey(outside, wrapped, context);
  assert.ok(clear.equals(await unwrapDataKey(ring(), wrapped, context)));
  assert.equal((await ring().listKeys()).length, 2);
  const moved = await ring().wrap(clear.export(), context);
  await rm(join(home, 'keys'), { recursive: true });
  assert.ok(clear.equals(await unwrapDataKey(ring(), moved, context)));
  await assert.rejects(ring().unwrap(wrapped, context), trouble('wrongKey', /鍵が違います/u));
});

test('鍵は装置から取り出せない', { skip }, () => {
  const words = ['--module', module ?? '', '--token-label', 'sesshu', '--login', '--pin', '4321', '--list-objects'];
  const said = execFileSync('softhsm2-util', ['--show-slots'], { encoding: 'utf8' });
  assert.match(said, /sesshu/u);
  const tool = ['/usr/bin/pkcs11-tool'].find((path) => existsSync(path));
  if (tool === undefined) return;
  const listed = execFileSync(tool, words, { encoding: 'utf8' });
  assert.match(listed, /Secret Key Object; AES length 32/u);
  assert.match(listed, /sensitive, always sensitive, never extractable/u);
});

test('装置がない、PIN が違う、別の装置、部品がない: それぞれの文で断る', { skip }, async () => {
  await assert.rejects(
    ring({ SESSHU_VAULT_PKCS11_TOKEN: 'absent' }).identify(),
    trouble('keyLost', /「absent」が見つかりません/u),
  );
  await assert.rejects(ring({ SESSHU_VAULT_PKCS11_PIN: '9999' }).identify(), trouble('keyUnfit', /PIN が違います/u));
  await assert.rejects(
    ring({ SESSHU_VAULT_PKCS11_PIN_FILE: join(home, 'nowhere') }).identify(),
    trouble('keyUnfit', /PIN のファイル/u),
  );
  await assert.rejects(
    ring({ SESSHU_VAULT_PKCS11_MODULE: join(home, 'nothing.so') }).identify(),
    trouble('keyLost', /読み込めません/u),
  );
  const another = ring({ SESSHU_VAULT_PKCS11_TOKEN: 'another' });
  await another.makeFirst?.();
  const wrapped = await drawDataKey(ring(), context);
  await assert.rejects(another.unwrap(wrapped, context), trouble('wrongKey', /鍵が違います/u));
});
