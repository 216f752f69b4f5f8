import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBreachedPasswords } from './breached-passwords.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sesshu-breached-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const digestOf = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();

async function listOf(passwords: readonly string[], ending = '\n'): Promise<ReturnType<typeof openBreachedPasswords>> {
  const path = join(folder, `list-${passwords.length}-${ending.length}.txt`);
  const lines = passwords.map((each, i) => `${digestOf(each)}${i % 3 === 0 ? '' : `:${10 ** (i % 9)}`}`).toSorted();
  await writeFile(path, lines.map((each) => each + ending).join(''));
  return openBreachedPasswords(path);
}

test('一覧にあるものは、初めも終わりも真ん中もすべて見つかり、ないものは見つからない', async () => {
  for (const count of [1, 2, 3, 7, 50, 3000]) {
    for (const ending of ['\n', '\r\n']) {
      const passwords = Array.from({ length: count }, (_, i) => `morning glory ${i}`);
      const isBreached = await listOf(passwords, ending);
      for (const password of passwords) assert.equal(await isBreached(password), true, `${password} of ${count}`);
      for (let i = 0; i < 200; i += 1) assert.equal(await isBreached(`evening glory ${i}`), false);
    }
  }
});

test('よく知られた値: "password" の SHA-1', async () => {
  const path = join(folder, 'known.txt');
  await writeFile(path, '5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10437277\n');
  assert.equal(await openBreachedPasswords(path)('password'), true);
  assert.equal(await openBreachedPasswords(path)('Password'), false);
});

test('一覧がなければ何も見つからず、一覧でないものは黙って通さない', async () => {
  assert.equal(await openBreachedPasswords(join(folder, 'none.txt'))('password'), false);
  const path = join(folder, 'words.txt');
  await writeFile(path, 'password\nsecret\n'.repeat(200));
  await assert.rejects(openBreachedPasswords(path)('password'), /SHA-1 を並べた形ではありません/u);
  await writeFile(path, `${digestOf('password').toLowerCase()}\n`);
  await assert.rejects(openBreachedPasswords(path)('password'), /SHA-1 を並べた形ではありません/u, 'a short one too');
});
