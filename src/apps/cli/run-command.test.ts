import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { fixedClock } from '#platform/clock';
import type { Command, Surroundings } from './command.ts';
import { getOption, runCommand } from './run-command.ts';

function surroundings(): { around: Surroundings; out: () => string; err: () => string } {
  const output = new PassThrough();
  const messages = new PassThrough();
  const around = {
    environment: {},
    home: '/nowhere',
    osUser: 'tester',
    clock: fixedClock('2026-11-21T00:00:00Z'),
    input: new PassThrough(),
    output,
    messages,
  };
  return { around, out: () => String(output.read() ?? ''), err: () => String(messages.read() ?? '') };
}

const commands: readonly Command[] = [
  {
    path: 'intake',
    usage: 'FILE',
    summary: '取り込む',
    options: { commit: 'flag' },
    run: (call) =>
      Promise.resolve({ exitCode: 1, json: { words: call.words, commit: call.options['commit'] }, lines: ['一行'] }),
  },
  {
    path: 'intake undo',
    usage: 'BATCH',
    summary: '取り消す',
    options: {},
    run: (call) => Promise.resolve({ exitCode: 0, json: { reason: getOption(call, 'reason') }, lines: [] }),
  },
  {
    path: 'broken',
    usage: '',
    summary: '読めない',
    options: {},
    run: () => Promise.reject(new UnreadableInput('3行目が読めません。')),
  },
];

test('the longest command wins, its words and options are handed over, its exit code is answered', async () => {
  const { around, out } = surroundings();
  assert.equal(await runCommand(['intake', 'a.csv', '--commit', '--json'], commands, around), 1);
  assert.deepEqual(JSON.parse(out()), { words: ['a.csv'], commit: true });
  assert.equal(await runCommand(['intake', 'undo', '7', '--reason', '二重', '--json'], commands, around), 0);
  assert.deepEqual(JSON.parse(out()), { reason: '二重' });
  assert.equal(await runCommand(['intake', 'a.csv'], commands, around), 1);
  assert.equal(out(), '一行\n');
});

test('wrong use and unreadable input are exit code 2 and one line on standard error', async () => {
  for (const words of [['intake', 'a.csv', '--no-such'], ['intake', 'undo', '7'], ['broken'], ['nothing']]) {
    const { around, out, err } = surroundings();
    assert.equal(await runCommand(words, commands, around), 2);
    assert.equal(out(), '');
    const said = err();
    assert.match(said, /^sesshu: .+\n/u);
    if (words.includes('--no-such')) assert.match(said, /「--no-such」という指定はありません/u);
  }
});

test('a command that was only begun is told how it goes on, another one where the list is', async () => {
  const asked = surroundings();
  const begun = ['keys show', 'keys rotate'].flatMap((path) => commands.slice(0, 1).map((each) => ({ ...each, path })));
  assert.equal(await runCommand(['keys'], begun, asked.around), 2);
  assert.match(asked.err(), /^sesshu: 「keys」のあとに、show、rotate のどれかを書いてください。/u);
  assert.equal(await runCommand(['keys', 'lose'], begun, asked.around), 2);
  assert.match(asked.err(), /^sesshu: 「keys lose」というコマンドはありません。/u);
});

test('a file where a folder is wanted is said in a sentence', async () => {
  const { around, err } = surroundings();
  const run = (): Promise<undefined> => mkdir('/dev/null/backup').then(() => undefined);
  assert.equal(await runCommand(['broken'], [{ path: 'broken', usage: '', summary: '', options: {}, run }], around), 2);
  assert.match(err(), /^sesshu: \/dev\/null\/backup は使えません。/u);
});

test('the help lists every command and ends well', async () => {
  const { around, out } = surroundings();
  assert.equal(await runCommand(['--help'], commands, around), 0);
  const text = out();
  for (const command of commands) assert.ok(text.includes(command.summary));
});
