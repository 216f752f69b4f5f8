import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { WrongUse } from './command.ts';
import { refuseUnwritable, writeWhole } from './written-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sesshu-written-'));
after(() => rmSync(folder, { recursive: true }));

async function* lines(): AsyncGenerator<string> {
  yield await Promise.resolve('一\r\n');
  yield '二\r\n';
}

async function* broken(): AsyncGenerator<string> {
  yield await Promise.resolve('一\r\n');
  throw new Error('the database is gone');
}

test('書き出しが途中で失敗しても、前のファイルが残り、半端なファイルを残さない', async () => {
  const path = join(folder, 'a.csv');
  await refuseUnwritable('findings', path);
  await writeWhole(path, lines());
  assert.equal(readFileSync(path, 'utf8'), '一\r\n二\r\n');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await assert.rejects(writeWhole(path, broken()), /database is gone/u);
  assert.equal(readFileSync(path, 'utf8'), '一\r\n二\r\n');
  assert.throws(() => statSync(`${path}.half`));
});

test('リンクの先のファイルに書き、リンクはリンクのまま残す', async () => {
  const path = join(folder, 'real.csv');
  const link = join(folder, 'link.csv');
  writeFileSync(path, '前');
  symlinkSync('real.csv', link);
  await writeWhole(link, lines());
  assert.equal(readFileSync(path, 'utf8'), '一\r\n二\r\n');
  assert.equal(execFileSync('readlink', [link], { encoding: 'utf8' }), 'real.csv\n');
});

test('パイプや装置には、置き換えずにそのまま書く', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  await refuseUnwritable('findings', path);
  const [said] = await Promise.all([readFile(path, 'utf8'), writeWhole(path, lines())]);
  assert.equal(said, '一\r\n二\r\n');
  assert.ok(statSync(path).isFIFO());
  await refuseUnwritable('findings', '/dev/null');
  await writeWhole('/dev/null', lines());
  assert.ok(statSync('/dev/null').isCharacterDevice());
});

test('フォルダーと、ない場所には、始める前に断る', async () => {
  for (const path of [folder, join(folder, 'none', 'a.csv')]) {
    await assert.rejects(refuseUnwritable('findings', path), (error) => {
      assert.ok(error instanceof WrongUse);
      assert.match(error.message, /^--findings の .+ に書き出せません。/u);
      return true;
    });
  }
});
