import assert from 'node:assert/strict';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { PersonId } from '#kernel';
import { chooseKeyWrapper, type KeyRing, KeyTrouble, makeWrappingKeyFile } from '#platform/keys';
import { withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { importPeople, numberFeed, vaultContext } from '../../../tests/support/numbers.ts';
import {
  confirmIndividualNumber,
  describeVaultKeys,
  findPersonIdByIndividualNumber,
  importIndividualNumbers,
  isRotationOpen,
  revealIndividualNumber,
  rewrapDataKeys,
  rotateDataKeys,
  type VaultContext,
} from './index.ts';

const [n1, n2, n3, n4] = handMadeNumbers;
let store: TestDatabase;
let home: string;
let people: PersonId[];
let context: VaultContext;
const homes: string[] = [];

before(async () => {
  store = await testDatabase();
  await loadDemonstrationSettings(store.db);
  people = await importPeople(store.db, store.lgCode, 4);
});
after(async () => {
  await Promise.all(homes.map((folder) => rm(folder, { recursive: true })));
  await store.close();
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesshu-rotate-'));
  homes.push(home);
  await asOwner(
    'TRUNCATE number_vault.numbers_in_force, number_vault.individual_numbers, number_vault.data_keys, number_vault.key_rotations',
  );
  await makeWrappingKeyFile(home);
  context = contextWith(chooseKeyWrapper(home, {}));
  const rows = [n1, n2, n3].map((number, i) => [i + 1, number] as const);
  assert.equal((await importIndividualNumbers(context, numberFeed(rows))).accepted, 3);
});

const permissions = ['numbers.import', 'numbers.view', 'numbers.confirm', 'keys.view', 'keys.rotate'] as const;

function contextWith(keyWrapper: VaultContext['keyWrapper']): VaultContext {
  return { ...vaultContext(store.db, store.lgCode, permissions), keyWrapper };
}

async function asOwner<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
  return await withClient(store.db.ownerUrl ?? '', async (client) => (await client.query<T>(sql, values)).rows);
}

function ring(): KeyRing {
  return chooseKeyWrapper(home, {});
}

/** Everything that the office asks of the vault, answered as before. */
async function requireEverything(asked: VaultContext): Promise<void> {
  for (const [i, number] of [n1, n2, n3].entries()) {
    const person = people[i] as PersonId;
    assert.equal((await revealIndividualNumber(asked, person, 'identityCheck')).individualNumber, number);
    const confirmed = await confirmIndividualNumber(asked, person, number);
    assert.ok(confirmed.answer === 'accepted' && confirmed.value === 'theirs');
    const found = await findPersonIdByIndividualNumber(asked, number);
    assert.ok(found.answer === 'accepted' && found.value === person);
  }
  const stranger = await confirmIndividualNumber(asked, people[0] as PersonId, n4);
  assert.ok(stranger.answer === 'accepted' && stranger.value === 'notTheirs');
}

async function versions(): Promise<string[]> {
  const rows = await asOwner<{ v: string }>(
    `SELECT DISTINCT concat_ws(' ', n.key_version, n.index_key_version, f.index_key_version) AS v
     FROM number_vault.individual_numbers n LEFT JOIN number_vault.numbers_in_force f USING (lg_code, person_id, version)
     ORDER BY 1`,
  );
  return rows.map(({ v }) => v);
}

test('包む鍵を替えても、同じ番号が同じように見つかり、古い鍵では何も開かない', async () => {
  const old = await ring().identify();
  await ring().renew?.();
  const [newest, former] = await ring().listKeys();
  assert.equal(former?.keyId, old.keyId);
  assert.notEqual(newest?.keyId, old.keyId);
  // Both are at hand: whoever asks meanwhile is answered.
  await requireEverything(context);
  assert.deepEqual(await rewrapDataKeys(context), { rewrapped: 2, shut: 0 });
  assert.deepEqual(await rewrapDataKeys(context), { rewrapped: 0, shut: 0 });
  const told = await ring().retireOthers();
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', new RegExp(`${old.keyId}.*retired`, 'u'));
  assert.deepEqual(await ring().listKeys(), [newest]);
  await requireEverything(context);
  const keys = await asOwner<{ wrapping_key_id: string }>('SELECT wrapping_key_id FROM number_vault.data_keys');
  assert.ok(keys.length === 2 && keys.every((key) => key.wrapping_key_id === newest?.keyId));
  // The former key lies apart, for the owner alone, and alone opens nothing of today's.
  const retired = join(home, 'keys/retired', `${old.keyId}.key`);
  assert.equal((await stat(retired)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(join(home, 'keys')), ['numbers-vault.key', 'retired']);
  await rm(join(home, 'keys/numbers-vault.key'));
  await rename(retired, join(home, 'keys/numbers-vault.key'));
  await assert.rejects(revealIndividualNumber(context, people[0] as PersonId, 'identityCheck'), KeyTrouble);
});

test('データ鍵を替えると、すべての行が新しい鍵で暗号化され、前の鍵は使用終了になる', async () => {
  const before = await asOwner<{ sealed_number: Buffer; number_index: Buffer }>(
    'SELECT sealed_number, number_index FROM number_vault.individual_numbers ORDER BY person_id',
  );
  assert.deepEqual(await rotateDataKeys(context), { keyVersion: 2, resealed: 3, shut: 0, isResumed: false });
  const changed = await asOwner<{ sealed_number: Buffer; number_index: Buffer }>(
    'SELECT sealed_number, number_index FROM number_vault.individual_numbers ORDER BY person_id',
  );
  for (const [i, row] of changed.entries()) {
    assert.ok(!row.sealed_number.equals(before[i]?.sealed_number ?? Buffer.alloc(0)));
    assert.ok(!row.number_index.equals(before[i]?.number_index ?? Buffer.alloc(0)));
  }
  assert.deepEqual(await versions(), ['2 2 2']);
  await requireEverything(context);
  const { dataKeys, rotation } = await describeVaultKeys(context);
  assert.equal(rotation, null);
  assert.deepEqual(
    dataKeys.map(({ purpose, version, isInUse }) => `${purpose} ${version} ${isInUse}`),
    ['encryption 2 true', 'encryption 1 false', 'index 2 true', 'index 1 false'],
  );
  const retired = await asOwner<{ n: number }>(
    'SELECT count(*)::int AS n FROM number_vault.data_keys WHERE retired_at IS NOT NULL AND version = 1',
  );
  assert.equal(retired[0]?.n, 2);
  const acts = await asOwner<{ act: string; details: object }>(
    "SELECT act, details FROM audit_acts WHERE act LIKE 'numbers.key%Rot%' OR act = 'numbers.keyRotationBegun' ORDER BY act_id DESC LIMIT 2",
  );
  assert.deepEqual(
    acts.map(({ act }) => act),
    ['numbers.keysRotated', 'numbers.keyRotationBegun'],
  );
  assert.deepEqual(acts[0]?.details, { keyVersion: 2, resealed: 3, shut: 0 });
});

/** Leaves an exchange in the middle: the first person's row is under the new keys, the others under the old. */
async function stopInTheMiddle(): Promise<void> {
  const kept = await asOwner<Record<string, unknown>>('SELECT * FROM number_vault.individual_numbers');
  const inForce = await asOwner<Record<string, unknown>>('SELECT * FROM number_vault.numbers_in_force');
  await rotateDataKeys(context);
  await asOwner('UPDATE number_vault.data_keys SET retired_at = NULL');
  await asOwner('UPDATE number_vault.key_rotations SET finished_at = NULL');
  for (const row of kept.filter((each) => each['person_id'] !== people[0])) {
    await asOwner(
      `UPDATE number_vault.individual_numbers SET sealed_number = $2, number_index = $3, key_version = 1,
         index_key_version = 1 WHERE person_id = $1`,
      [row['person_id'], row['sealed_number'], row['number_index']],
    );
  }
  for (const row of inForce.filter((each) => each['person_id'] !== people[0])) {
    await asOwner(
      'UPDATE number_vault.numbers_in_force SET number_index = $2, index_key_version = 1 WHERE person_id = $1',
      [row['person_id'], row['number_index']],
    );
  }
  assert.deepEqual(await versions(), ['1 1 1', '2 2 2']);
  assert.equal(await isRotationOpen(context), true);
}

test('入替の途中でも、どの行も見つかって開き、続きから終えられる', async () => {
  await stopInTheMiddle();
  await requireEverything(context);
  assert.equal((await describeVaultKeys(context)).rotation?.rowsLeft, 2);
  assert.deepEqual(await rotateDataKeys(context), { keyVersion: 2, resealed: 2, shut: 0, isResumed: true });
  assert.deepEqual(await versions(), ['2 2 2']);
  assert.equal(await isRotationOpen(context), false);
  await requireEverything(context);
});

test('入替の途中の取込でも、同じ番号は二人のものにならず、変わらない行は変わらない', async () => {
  await stopInTheMiddle();
  const result = await importIndividualNumbers(
    context,
    numberFeed([
      [1, n1],
      [2, n2],
      // n3 is another person's, and that row still has its index by the former key.
      [4, n3],
    ]),
  );
  assert.deepEqual([result.accepted, result.questioned], [2, 1]);
  const rows = await asOwner<{ n: number }>('SELECT count(*)::int AS n FROM number_vault.individual_numbers');
  assert.equal(rows[0]?.n, 3, 'nothing was written for rows that say nothing new');
  // Two people exchange their numbers, one under each key.
  const exchange = numberFeed([
    [1, n2, '02'],
    [2, n1, '02'],
  ]);
  assert.equal((await importIndividualNumbers(context, exchange)).accepted, 2);
  assert.equal((await revealIndividualNumber(context, people[0] as PersonId, 'identityCheck')).individualNumber, n2);
  await rotateDataKeys(context);
  const formerly = await confirmIndividualNumber(context, people[0] as PersonId, n1);
  assert.ok(formerly.answer === 'accepted' && formerly.value === 'formerly');
});

test('入替のあいだ絶えず尋ねても、違う答えは一度もない', async () => {
  let isOver = false;
  const asking = (async () => {
    let rounds = 0;
    while (!isOver) {
      await requireEverything(context);
      rounds += 1;
    }
    return rounds;
  })();
  for (let round = 2; round <= 8; round += 1) {
    assert.equal((await rotateDataKeys(context)).keyVersion, round);
  }
  isOver = true;
  assert.ok((await asking) > 0);
});

test('環境変数の鍵に移すと、鍵ファイルの鍵はもう要らない', async () => {
  const secret = Buffer.alloc(32, 9).toString('base64');
  const moved = chooseKeyWrapper(home, { SESSHU_VAULT_KEY: secret });
  assert.equal((await moved.listKeys()).length, 2);
  assert.equal(moved.renew, null);
  await requireEverything(contextWith(moved));
  assert.deepEqual(await rewrapDataKeys(contextWith(moved)), { rewrapped: 2, shut: 0 });
  assert.match((await moved.retireOthers()).join('\n'), /鍵ファイル.*外してください/u);
  await rm(join(home, 'keys'), { recursive: true });
  await requireEverything(contextWith(chooseKeyWrapper(home, { SESSHU_VAULT_KEY: secret })));
  // From one secret to the next: the former one opens until all is rewrapped.
  const next = Buffer.alloc(32, 10).toString('base64');
  const both = chooseKeyWrapper(home, { SESSHU_VAULT_KEY: next, SESSHU_VAULT_KEY_ALSO: secret });
  await requireEverything(contextWith(both));
  assert.deepEqual(await rewrapDataKeys(contextWith(both)), { rewrapped: 2, shut: 0 });
  assert.match((await both.retireOthers()).join('\n'), /SESSHU_VAULT_KEY_ALSO/u);
  await requireEverything(contextWith(chooseKeyWrapper(home, { SESSHU_VAULT_KEY: next })));
});

test('権限のない人は鍵を替えられず、金庫の役割は行の形のほかを書き換えられない', async () => {
  const clerk = { ...vaultContext(store.db, store.lgCode, ['keys.view']), keyWrapper: context.keyWrapper };
  for (const attempt of [rotateDataKeys, rewrapDataKeys, isRotationOpen]) {
    await assert.rejects(attempt(clerk), { name: 'NotPermitted' });
  }
  for (const sql of [
    'UPDATE number_vault.individual_numbers SET person_id = person_id',
    'UPDATE number_vault.individual_numbers SET branch_number = NULL',
    'UPDATE number_vault.individual_numbers SET recorded_at = now()',
    'UPDATE number_vault.data_keys SET version = version',
    'UPDATE number_vault.key_rotations SET key_version = 9',
    'DELETE FROM number_vault.key_rotations',
  ]) {
    const attempt = withMunicipality(store.db, store.lgCode, (tx) => tx.client.query(sql), { role: 'vault' });
    await assert.rejects(attempt, { code: '42501' }, sql);
  }
});
