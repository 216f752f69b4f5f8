import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listActs } from '#common-base/audit';
import { wrappingKeyPath } from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import { residentFeed } from '../../../../tests/support/addressees.ts';
import { commandLine, type Said } from '../../../../tests/support/command-line.ts';
import { type TestDatabase, testDatabase } from '../../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../../tests/support/hand-made-numbers.ts';
import { feedCommands } from './feeds.ts';
import { installationCommands } from './installation.ts';
import { keyCommands } from './keys.ts';

const [n1, n2] = handMadeNumbers;
const commands = [...installationCommands, ...feedCommands, ...keyCommands];
let store: TestDatabase;
let home: string;
let numbers: string;

before(async () => {
  store = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'sesshu-keys-command-'));
  numbers = join(home, 'numbers.csv');
  const people = residentFeed([{ 整理番号: '0000000001' }, { 整理番号: '0000000002' }]);
  await writeFile(join(home, 'residents.csv'), await Readable.from(people.open()).toArray());
  const rows = ['整理番号,個人番号,個人番号の枝番', `0000000001,${n1},01`, `0000000002,${n2.slice(0, 11)}0,01`];
  await writeFile(numbers, `${rows.join('\r\n')}\r\n`);
});
after(async () => {
  await rm(home, { recursive: true });
  await store.close();
});

/** Runs a command line; whatever it says, no number is in it. */
async function sesshu(...words: string[]): Promise<Said> {
  const answer = await commandLine(store, home, commands)(...words);
  assert.ok(!handMadeNumbers.some((number) => answer.said.includes(number.slice(0, 11))), 'a number was said');
  return answer;
}

test('init makes the key with a loud word, once; keys show proves that it fits', async () => {
  const settings = fileURLToPath(new URL('../../../../settings/wakabadai', import.meta.url));
  const first = await sesshu('init', '--settings', settings);
  assert.equal(first.exitCode, 0, first.said);
  assert.deepEqual(Object.keys(first.json), ['lgCode', 'created', 'migrations'], 'the contract’s document');
  assert.ok(first.said.includes('★') && first.said.includes(wrappingKeyPath(home)), first.said);
  const key = (await readFile(wrappingKeyPath(home), 'utf8')).split('\n').at(2)?.split(' ')[1] ?? '';
  assert.ok(key.length === 43 && !first.said.includes(key));
  assert.ok(!(await sesshu('init', '--settings', settings)).said.includes('★'));
  const loaded = (tx: Tx) => listActs(tx, { act: 'municipalities.settingsLoaded' });
  const { acts } = await withMunicipality(store.db, store.lgCode, loaded);
  assert.deepEqual(
    acts.map(({ osUser }) => osUser),
    ['unyou', 'unyou'],
    'who put settings in force stands in the log',
  );
  const shown = await sesshu('keys', 'show');
  assert.deepEqual([shown.exitCode, shown.json['fits'], shown.json['numbersInForce']], [0, true, 0]);
  assert.ok(!shown.said.includes(key));
});

test('a file of numbers: the contract’s figures, refused rows in sentences, and a repeat', async () => {
  assert.equal((await sesshu('import', 'residents', join(home, 'residents.csv'))).exitCode, 0);
  const first = await sesshu('import', 'individual-numbers', numbers);
  assert.equal(first.exitCode, 1);
  const { seconds, ...figures } = first.json;
  assert.equal(typeof seconds, 'number');
  assert.deepEqual(figures, { rows: 2, accepted: 1, questioned: 0, refused: 1, unmappedCharacters: 0 });
  assert.match(first.said, /numbers\.csv 3行目: 個人番号の検査用数字が合いません/u);
  const again = await sesshu('import', 'individual-numbers', numbers);
  assert.equal(again.exitCode, 1);
  assert.deepEqual(again.json, { ...first.json, repeated: true });
  assert.match(again.said, /3行目/u);
});

test('a lost key: everything says so, start-over needs the code and a reason, and the file comes in again', async () => {
  const confirm = ['--confirm', '134996'];
  const reason = ['--reason', '鍵の滅失'];
  const early = await sesshu('keys', 'start-over', ...confirm, ...reason);
  assert.equal(early.exitCode, 2);
  assert.match(early.said, /失われていない/u);
  await rename(wrappingKeyPath(home), join(home, 'lost'));
  const shown = await sesshu('keys', 'show');
  assert.deepEqual([shown.exitCode, shown.json['fits']], [1, false]);
  assert.equal((await sesshu('import', 'individual-numbers', numbers)).exitCode, 2);
  assert.equal((await sesshu('keys', 'start-over', '--confirm', '132993', ...reason)).exitCode, 2);
  assert.equal((await sesshu('keys', 'start-over', ...confirm)).exitCode, 2);
  await assert.rejects(readFile(wrappingKeyPath(home)), { code: 'ENOENT' });
  const done = await sesshu('keys', 'start-over', ...confirm, ...reason);
  assert.deepEqual([done.exitCode, done.json['given'], done.json['fits']], [0, 1, true]);
  assert.ok(done.said.includes('★'));
  const again = await sesshu('import', 'individual-numbers', numbers);
  assert.deepEqual([again.json['accepted'], again.json['repeated']], [1, undefined]);
});
