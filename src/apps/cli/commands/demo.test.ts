import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { fixedClock } from '#platform/clock';
import { runCommand } from '../run-command.ts';
import { demoCommand } from './demo.ts';

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sesshu-demo-command-'));
});
after(() => rm(root, { recursive: true, force: true }));

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const output = new PassThrough();
  const messages = new PassThrough();
  const code = await runCommand(['demo', ...words], [demoCommand], {
    environment: {},
    home: join(root, 'home'),
    osUser: 'tester',
    clock: fixedClock('2026-11-21T09:00:00+09:00'),
    input: new PassThrough(),
    output,
    messages,
  });
  return { code, out: String(output.read() ?? ''), err: String(messages.read() ?? '') };
}

test('--json は people と files を答え、そのファイルだけができる', async () => {
  const folder = join(root, 'new', 'folder');
  const { code, out } = await run(folder, '--people', '60', '--seed', '3', '--json');
  assert.equal(code, 0);
  const answer = JSON.parse(out) as { people: number; files: string[] };
  assert.deepEqual(Object.keys(answer), ['people', 'files']);
  assert.equal(answer.people, 60);
  assert.ok(answer.files.includes('clinic-records-2026-10.csv'));
  assert.deepEqual((await readdir(folder)).sort(), [...answer.files].sort());
  const residents = await readFile(join(folder, 'residents.csv'), 'utf8');
  assert.equal(residents.trimEnd().split('\r\n').length, 61);
});

test('もう一度同じところに作れる。--as-of は接種の月を変える', async () => {
  const folder = join(root, 'twice');
  await run(folder, '--people', '40', '--seed', '3', '--as-of', '2026-06-10');
  const { code, out } = await run(folder, '--people', '40', '--seed', '4', '--as-of', '2026-06-10');
  assert.equal(code, 0);
  assert.match(out, /40人分のファイル.*すべて架空の人です。[\s\S]*clinic-records-2026-05\.csv/u);
});

test('使い方の誤りは2で、一行で言う', async () => {
  const folder = join(root, 'none');
  for (const [words, sentence] of [
    [[folder, '--seed', '1'], /--people を指定してください。/u],
    [[folder, '--people', '10'], /--seed を指定してください。/u],
    [['--people', '10', '--seed', '1'], /書き出すフォルダー を指定してください。/u],
    [[folder, '--people', '0', '--seed', '1'], /--people は 1 から 10000000 まで/u],
    [[folder, '--people', '1e3', '--seed', '1'], /--people は 1 から/u],
    [[folder, '--people', '10', '--seed', '4294967296'], /--seed は 0 から 4294967295 まで/u],
    [[folder, '--people', '10', '--seed', '1', '--as-of', '2026-02-30'], /--as-of は/u],
  ] as const) {
    const { code, err } = await run(...words);
    assert.equal(code, 2, words.join(' '));
    assert.match(err, sentence);
  }
  await assert.rejects(readdir(folder), { code: 'ENOENT' });
});

test('本物かもしれないファイルは上書きしない', async () => {
  const folder = await mkdtemp(join(root, 'real-'));
  await writeFile(join(folder, 'residents.csv'), '本物');
  const { code, err } = await run(folder, '--people', '10', '--seed', '1');
  assert.equal(code, 2);
  assert.match(err, /residents\.csv がすでにあり/u);
  assert.deepEqual(await readdir(folder), ['residents.csv']);
});
