import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Conflict, type LgCode, NotFound, type PersonId } from '#kernel';
import { fileKeyRing, KeyTrouble, makeWrappingKeyFile, wrappingKeyPath } from '#platform/keys';
import { withClient } from '#platform/postgres';
import { loadDemonstrationSettings } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { importPeople, numberFeed, vaultContext } from '../../../tests/support/numbers.ts';
import {
  confirmIndividualNumber,
  describeVaultKeys,
  importIndividualNumbers,
  prepareVault,
  revealIndividualNumber,
  startVaultOver,
  type VaultContext,
  type VaultPreparation,
} from './index.ts';

const [n1, n2] = handMadeNumbers;
const feed = numberFeed([
  [1, n1],
  [2, n2],
]);
let store: TestDatabase;
let home: string;
const homes: string[] = [];
let person: PersonId;
let context: VaultContext;

before(async () => {
  store = await testDatabase();
  await loadDemonstrationSettings(store.db);
  [person] = (await importPeople(store.db, store.lgCode, 2)) as [PersonId, PersonId];
});
after(async () => {
  await Promise.all(homes.map((folder) => rm(folder, { recursive: true })));
  await store.close();
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesshu-vault-'));
  homes.push(home);
  await withClient(store.db.ownerUrl ?? '', async (owner) => {
    await owner.query(
      'TRUNCATE number_vault.numbers_in_force, number_vault.individual_numbers, number_vault.data_keys',
    );
    await owner.query("DELETE FROM feed_runs WHERE kind = 'individual-numbers'");
  });
  const permissions = ['numbers.import', 'numbers.view', 'numbers.confirm', 'keys.view', 'keys.rotate'] as const;
  context = { ...vaultContext(store.db, store.lgCode, permissions), keyWrapper: fileKeyRing(home) };
});

function prepare(lgCode: LgCode): Promise<VaultPreparation> {
  const all = [store.lgCode, store.other];
  return prepareVault(store.db, { lgCode, all }, fileKeyRing(home), context.clock.now());
}

/** The key file is gone from its place; answers where it is kept. */
async function loseKey(): Promise<string> {
  const kept = join(home, 'kept-elsewhere');
  await rename(wrappingKeyPath(home), kept);
  return kept;
}

function stateOf(preparation: VaultPreparation): string {
  if (preparation.state === 'shut') return `shut: ${preparation.trouble.kind}`;
  return preparation.madeFile === null ? 'ready' : 'ready, key made';
}

test('the first municipality makes the key, the second uses it, and nothing is made twice', async () => {
  assert.equal(stateOf(await prepare(store.lgCode)), 'ready, key made');
  const text = await readFile(wrappingKeyPath(home), 'utf8');
  assert.equal(stateOf(await prepare(store.lgCode)), 'ready');
  assert.equal(stateOf(await prepare(store.other)), 'ready');
  assert.equal(await readFile(wrappingKeyPath(home), 'utf8'), text);
  const { wrappingKey, dataKeys } = await describeVaultKeys(context);
  assert.ok(wrappingKey !== null && text.includes(wrappingKey.keyId));
  assert.deepEqual(
    dataKeys.map(({ purpose, version, isInUse, opens }) => ({ purpose, version, isInUse, opens })),
    [
      { purpose: 'encryption', version: 1, isInUse: true, opens: true },
      { purpose: 'index', version: 1, isInUse: true, opens: true },
    ],
  );
});

test('a lost key is never replaced in passing, and everything works again when it is back', async () => {
  await prepare(store.lgCode);
  await importIndividualNumbers(context, feed);
  const kept = await loseKey();
  assert.equal(stateOf(await prepare(store.lgCode)), 'shut: keyLost');
  await assert.rejects(readFile(wrappingKeyPath(home)), { code: 'ENOENT' });
  await assert.rejects(revealIndividualNumber(context, person, 'identityCheck'), KeyTrouble);
  await assert.rejects(importIndividualNumbers(context, feed), KeyTrouble);
  const { wrappingKey, trouble, dataKeys, numbersInForce } = await describeVaultKeys(context);
  assert.deepEqual([wrappingKey, numbersInForce], [null, 2]);
  assert.match(trouble ?? '', /控えから戻して/u);
  assert.ok(dataKeys.length === 2 && dataKeys.every(({ opens }) => !opens));
  await rename(kept, wrappingKeyPath(home));
  assert.equal((await revealIndividualNumber(context, person, 'identityCheck')).individualNumber, n1);
});

test('the vault is started over only when its key is lost; then the same file comes in again', async () => {
  await prepare(store.lgCode);
  await importIndividualNumbers(context, feed);
  await assert.rejects(startVaultOver(context), Conflict);
  await loseKey();
  await assert.rejects(startVaultOver(context), KeyTrouble, 'there is no new key yet');
  await makeWrappingKeyFile(home);
  const noReason = vaultContext(store.db, store.lgCode, ['keys.rotate'], null);
  await assert.rejects(startVaultOver({ ...noReason, keyWrapper: context.keyWrapper }), { name: 'NotPermitted' });
  const noPermission = vaultContext(store.db, store.lgCode, ['keys.view']);
  await assert.rejects(startVaultOver({ ...noPermission, keyWrapper: context.keyWrapper }), { name: 'NotPermitted' });
  assert.deepEqual(await startVaultOver(context), { given: 2 });
  await assert.rejects(revealIndividualNumber(context, person, 'identityCheck'), NotFound);
  const before = await confirmIndividualNumber(context, person, n1);
  assert.ok(before.answer === 'accepted' && before.value === 'noneOnRecord');
  const again = await importIndividualNumbers(context, feed);
  assert.deepEqual([again.accepted, again.repeated], [2, undefined]);
  assert.equal((await revealIndividualNumber(context, person, 'identityCheck')).individualNumber, n1);
  const { dataKeys } = await describeVaultKeys(context);
  assert.deepEqual(
    dataKeys.map(({ purpose, version, isInUse, opens }) => `${purpose} ${version} ${isInUse} ${opens}`),
    ['encryption 2 true true', 'encryption 1 false false', 'index 2 true true', 'index 1 false false'],
  );
});

test('without a key ever made, the sentence says to make one, not to look for one', async () => {
  await assert.rejects(importIndividualNumbers(context, feed), (error) => {
    assert.ok(error instanceof KeyTrouble);
    assert.match(error.message, /sesshu init/u);
    return true;
  });
});
