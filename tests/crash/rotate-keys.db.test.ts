import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { revealIndividualNumber, type VaultContext } from '#addressees/numbers';
import { type LgCode, type PersonId } from '#kernel';
import { fileKeyRing } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';
import { feedText, residentLines } from '../support/addressees.ts';
import { demonstrationSettings } from '../support/demonstration.ts';
import { type DyingCommands, dyingCommands } from '../support/dying-command.ts';
import { vaultContext } from '../support/numbers.ts';

const lgCode = '134996' as LgCode;
const count = 12_000;
let folder: string;
let commands: DyingCommands;
let numbers: readonly string[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sesshu-rotate-crash-'));
  commands = dyingCommands(folder);
  const addressees = Array.from({ length: count }, (_, i) => String(i + 1).padStart(10, '0'));
  numbers = addressees.map((_, i) => withCheckDigit(String(70_000_000_000 + i * 37)));
  await write('residents.csv', residentLines(addressees.map((number) => ({ 整理番号: number }))));
  const rows = addressees.map((addressee, i) => `${addressee},${numbers[i]},01`);
  await write('numbers.csv', ['整理番号,個人番号,個人番号の枝番', ...rows]);
  await commands.sesshu('init', '--settings', demonstrationSettings);
  await commands.openOffice();
  await commands.sesshu('import', 'residents', join(folder, 'residents.csv'), '--as-of', '2026-11-21');
  const imported = await commands.sesshu('import', 'individual-numbers', join(folder, 'numbers.csv'));
  assert.equal(imported['accepted'], count);
});
after(async () => {
  await commands.closeOffice();
  await rm(folder, { recursive: true, force: true });
});

const write = (name: string, lines: readonly string[]): Promise<void> => writeFile(join(folder, name), feedText(lines));

/** Eleven digits with the check digit of 個人番号 behind them (省令第5条). */
function withCheckDigit(digits: string): string {
  const sum = [...digits].toReversed().reduce((total, digit, i) => total + Number(digit) * (i < 6 ? i + 2 : i - 4), 0);
  const rest = sum % 11;
  return `${digits}${rest <= 1 ? 0 : 11 - rest}`;
}

/** People from all over the register, whose numbers are opened by a process that was started before. */
async function requireNumbers(): Promise<void> {
  const { db } = await commands.openOffice();
  const context: VaultContext = {
    ...vaultContext(db, lgCode, ['numbers.view', 'keys.view']),
    keyWrapper: fileKeyRing(commands.home),
  };
  const places = [0, 1, 999, 1000, 5000, count - 1];
  const { rows } = await withMunicipality(db, lgCode, ({ client }) =>
    client.query<{ person_id: PersonId; addressee_number: string }>(
      'SELECT person_id, addressee_number FROM persons WHERE lg_code = $1 AND addressee_number = ANY ($2)',
      [lgCode, places.map((i) => String(i + 1).padStart(10, '0'))],
    ),
  );
  assert.equal(rows.length, places.length);
  for (const row of rows) {
    const { individualNumber } = await revealIndividualNumber(context, row.person_id, 'identityCheck');
    assert.equal(individualNumber, numbers[Number(row.addressee_number) - 1]);
  }
}

/** How the rows lie in the vault: by version of the key, and how many keys are in the file. */
async function readState(): Promise<{ versions: string[]; keysInFile: number }> {
  const { db } = await commands.openOffice();
  const { rows } = await withMunicipality(
    db,
    lgCode,
    ({ client }) =>
      client.query<{ v: string }>(
        `SELECT concat_ws(' ', key_version, index_key_version, count(*)) AS v
         FROM number_vault.individual_numbers GROUP BY key_version, index_key_version ORDER BY 1`,
      ),
    { role: 'vault' },
  );
  return { versions: rows.map(({ v }) => v), keysInFile: (await fileKeyRing(commands.home).listKeys()).length };
}

test('鍵の入替を途中で落としても、番号はいつでも開き、続きから終わり、二重には替わらない', {
  timeout: 180_000,
}, async () => {
  const first = await fileKeyRing(commands.home).identify();
  let seen = 0;
  const moments = [
    'INSERT INTO number_vault.key_rotations',
    'UPDATE number_vault.individual_numbers',
    'UPDATE number_vault.numbers_in_force',
  ];
  for (const statement of moments) {
    const command = commands.start('keys', 'rotate');
    const isSeen = await commands.seesStatement(command, statement);
    await commands.kill(command);
    await commands.settle();
    seen += isSeen ? 1 : 0;
    await requireNumbers();
  }
  assert.ok(seen > 0, 'no command was killed in the middle');
  const command = commands.start('keys', 'rotate');
  await sleep(600 + Math.random() * 600);
  await commands.kill(command);
  await commands.settle();
  await requireNumbers();
  await commands.sesshu('keys', 'rotate');
  const { versions, keysInFile } = await readState();
  assert.equal(keysInFile, 1);
  const [only, ...more] = versions;
  assert.deepEqual(more, [], 'every row is under the same keys');
  assert.match(only ?? '', new RegExp(`^(\\d+) \\1 ${count}$`, 'u'));
  assert.notEqual((await fileKeyRing(commands.home).identify()).keyId, first.keyId);
  await requireNumbers();
});

test('入替を二つ同時に始めても、一つずつ終わる', { timeout: 120_000 }, async () => {
  const before = await readState();
  await Promise.all([commands.sesshu('keys', 'rotate'), commands.sesshu('keys', 'rotate')]);
  const { versions, keysInFile } = await readState();
  const version = Number(before.versions[0]?.split(' ')[0]) + 2;
  assert.deepEqual([versions, keysInFile], [[`${version} ${version} ${count}`], 1]);
  await requireNumbers();
  const shown = await commands.sesshu('keys', 'show');
  assert.deepEqual([shown['fits'], shown['rotation'], shown['numbersInForce']], [true, null, count]);
});
