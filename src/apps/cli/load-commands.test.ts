import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandFamilies, loadCommands } from './load-commands.ts';

const pathsOf = async (...words: string[]) => (await loadCommands(words)).map(({ path }) => path);

test('どのコマンドも、その一つ目の言葉で見つかり、一覧にも載る', async () => {
  const all = await pathsOf('--help');
  assert.equal(new Set(all).size, all.length);
  for (const path of all) assert.ok((await pathsOf(...path.split(' '))).includes(path), path);
  const firstWords = commandFamilies.flatMap((family) => family.firstWords);
  assert.deepEqual(new Set(all.map((path) => path.split(' ')[0])), new Set(firstWords));
  assert.deepEqual(await pathsOf(), all);
});

test('使うコマンドの組だけを読み込み、ない言葉では何も読み込まない', async () => {
  assert.deepEqual(await pathsOf('schedule', '--rules', 'rules'), ['schedule']);
  assert.deepEqual(await pathsOf('--json', 'person', '12'), ['person', 'forecast', 'ledger verify']);
  assert.deepEqual(await pathsOf('intake', 'undo', '7', '--reason', 'x'), ['intake', 'intake undo']);
  assert.deepEqual(await pathsOf('ledgers'), []);
});
