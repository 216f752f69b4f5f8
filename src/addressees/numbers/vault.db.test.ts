import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type PersonId, UnreadableInput } from '#kernel';
import { KeyTrouble, type KeyTroubleKind, secretKeyWrapper } from '#platform/keys';
import { type DatabaseRole, withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { importPeople, numberFeed, vaultContext } from '../../../tests/support/numbers.ts';
import {
  confirmIndividualNumber,
  findPersonIdByIndividualNumber,
  importIndividualNumbers,
  revealIndividualNumber,
  type VaultContext,
} from './index.ts';

const [n1, n2, n3, n4, n5, n6] = handMadeNumbers;
const tables = ['data_keys', 'individual_numbers', 'numbers_in_force', 'number_feed_rows'];
let store: TestDatabase;
let context: VaultContext;
let first: PersonId;
let second: PersonId;

before(async () => {
  store = await testDatabase();
  await loadDemonstrationSettings(store.db);
  context = vaultContext(store.db, store.lgCode);
  [first, second] = (await importPeople(store.db, store.lgCode, 6)) as [PersonId, PersonId];
  await importIndividualNumbers(
    context,
    numberFeed([
      [1, n1],
      [2, n2],
      [3, n3],
    ]),
  );
});
after(() => store.close());

/** Runs SQL as the owner, past every grant; returns the rows. */
function asOwner<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
  return runAs(store.db.ownerUrl ?? '', sql, values);
}

function runAs<T extends object>(url: string, sql: string, values: unknown[] = []): Promise<T[]> {
  return withClient(url, async (client) => (await client.query<T>(sql, values)).rows);
}

function trouble(kind: KeyTroubleKind): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof KeyTrouble, String(error));
    assert.equal(error.kind, kind);
    return true;
  };
}

/** Every value of every table as text, with the name of the table; the queue’s tables are read as their owner. */
async function dumpEverything(): Promise<{ table: string; text: string }[]> {
  const found = await asOwner<{ owner: string; name: string }>(
    `SELECT c.relowner::regrole::text AS owner, format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const dump = [];
  for (const { owner, name } of found) {
    const url = owner === 'sesshu_jobs' ? store.db.jobsUrl : (store.db.ownerUrl ?? '');
    for (const { text } of await runAs<{ text: string }>(url, `SELECT t::text AS text FROM ${name} t`)) {
      dump.push({ table: name, text });
    }
  }
  return dump;
}

test('no role but the vault’s enters the vault', async () => {
  const roles: DatabaseRole[] = ['app', 'read', 'disposal'];
  for (const role of roles) {
    for (const table of tables) {
      for (const sql of [
        `SELECT * FROM number_vault.${table}`,
        `SELECT count(*) FROM number_vault.${table}`,
        `INSERT INTO number_vault.${table} SELECT * FROM number_vault.${table}`,
        `UPDATE number_vault.${table} SET lg_code = lg_code`,
        `DELETE FROM number_vault.${table}`,
        `COPY number_vault.${table} TO STDOUT`,
        `LOCK number_vault.${table}`,
      ]) {
        const attempt = withMunicipality(store.db, store.lgCode, (tx) => tx.client.query(sql), { role });
        await assert.rejects(attempt, { code: '42501' }, `${role}: ${sql}`);
      }
    }
  }
});

test('the vault’s role reads no names, changes no history and passes no municipality', async () => {
  const asVault = <T extends object>(sql: string, lgCode = store.lgCode): Promise<T[]> =>
    withMunicipality(store.db, lgCode, async (tx) => (await tx.client.query<T>(sql)).rows, { role: 'vault' });
  for (const sql of [
    'SELECT name FROM persons',
    'SELECT * FROM persons',
    'SELECT * FROM person_versions',
    'UPDATE number_vault.individual_numbers SET branch_number = NULL',
    'DELETE FROM number_vault.individual_numbers',
    'UPDATE number_vault.data_keys SET version = 9',
    'DELETE FROM number_vault.data_keys',
    'TRUNCATE number_vault.numbers_in_force',
  ]) {
    await assert.rejects(asVault(sql), { code: '42501' }, sql);
  }
  for (const table of tables.slice(0, 3)) {
    assert.deepEqual(await asVault(`SELECT * FROM number_vault.${table}`, store.other), [], table);
    assert.ok((await asVault(`SELECT * FROM number_vault.${table}`)).length > 0, table);
    const { rows } = await store.db.vault.query(`SELECT * FROM number_vault.${table}`);
    assert.deepEqual(rows, [], `${table} without a municipality`);
  }
  const foreign = `INSERT INTO number_vault.data_keys VALUES ('${store.other}', 'index', 7, '0123456789abcdef',
    decode(repeat('00', 61), 'hex'), now())`;
  await assert.rejects(asVault(foreign), { code: '42501' });
});

test('no number stands in the clear in any table, whatever was done with it', async () => {
  await confirmIndividualNumber(context, first, n1);
  await confirmIndividualNumber(context, first, n4);
  await findPersonIdByIndividualNumber(context, n2);
  await revealIndividualNumber(context, first, 'identityCheck');
  const faulty = numberFeed([
    [1, n2],
    [4, n3],
    [5, n4],
    [6, n4],
    [99, n5],
    ['000000000X', n6],
    [n6, n6],
  ]);
  await importIndividualNumbers(context, faulty);
  await assert.rejects(importIndividualNumbers(context, textFeed(`${n5}.csv`, [`1,${n5},${n5}`])), UnreadableInput);
  const dump = await dumpEverything();
  const ofTable = (name: string): number => dump.filter(({ table }) => table.startsWith(name)).length;
  assert.ok(
    ofTable('number_vault.individual_numbers') >= 3 && ofTable('public.feed_run_rows') >= 4,
    'the search saw too little',
  );
  assert.ok(ofTable('public.audit_acts') >= 6 && ofTable('public.feed_runs') >= 3);
  for (const number of handMadeNumbers) {
    const inBytes = Buffer.from(number, 'latin1').toString('hex');
    const held = dump.filter(({ text }) => text.includes(number) || text.includes(inBytes));
    assert.deepEqual(
      held.map(({ table }) => table),
      [],
      'a number stands in the clear',
    );
  }
  // The search itself finds what is there: the 宛名番号 of a person.
  assert.ok(dump.some(({ table, text }) => table === 'public.persons' && text.includes('0000000001')));
});

test('each look at a number is in the audit log with its purpose, its reason and its person', async () => {
  await revealIndividualNumber(context, first, 'disclosureRequest');
  const [last] = await asOwner<{ act: string; details: object; reason: string; items: string[]; people: number }>(
    `SELECT a.act, a.details, a.reason, a.items, (SELECT count(*)::int FROM audit_act_persons p
       JOIN audit_persons r ON r.person_ref = p.person_ref WHERE p.act_id = a.act_id AND r.person_id = $1) AS people
     FROM audit_acts a ORDER BY a.act_id DESC LIMIT 1`,
    [first],
  );
  assert.deepEqual(last, {
    act: 'numbers.viewed',
    details: { purpose: 'disclosureRequest' },
    reason: '窓口での本人確認',
    items: ['individualNumber', 'branchNumber'],
    people: 1,
  });
});

test('the stored digest of a file is no digest of the file', async () => {
  const feed = numberFeed([
    [1, n1],
    [2, n2],
  ]);
  await importIndividualNumbers(context, feed);
  const hash = createHash('sha256');
  for await (const chunk of feed.open()) hash.update(chunk);
  const runs = await asOwner<{ digest: string }>('SELECT digest FROM feed_runs');
  assert.ok(runs.length > 1 && !runs.some(({ digest }) => digest === hash.copy().digest('hex')));
});

test('a ciphertext that was changed, moved or exchanged is refused, never shown', async () => {
  const rowOf = async (personId: PersonId): Promise<Buffer> => {
    const [row] = await asOwner<{ sealed_number: Buffer }>(
      'SELECT sealed_number FROM number_vault.individual_numbers WHERE person_id = $1 ORDER BY version DESC LIMIT 1',
      [personId],
    );
    assert.ok(row);
    return row.sealed_number;
  };
  const put = (personId: PersonId, sealed: Buffer): Promise<object[]> =>
    asOwner('UPDATE number_vault.individual_numbers SET sealed_number = $2 WHERE person_id = $1', [personId, sealed]);
  const [mine, theirs] = [await rowOf(first), await rowOf(second)];
  const changed = Buffer.from(mine);
  changed[20] = (changed[20] ?? 0) ^ 0x80;
  for (const forged of [changed, theirs]) {
    await put(first, forged);
    await assert.rejects(revealIndividualNumber(context, first, 'identityCheck'), trouble('tampered'));
  }
  await put(first, mine);
  assert.equal((await revealIndividualNumber(context, first, 'identityCheck')).individualNumber, n1);
  // The hash by which the number is found belongs to another number: also refused.
  const setIndex = (index: Buffer): Promise<object[]> =>
    asOwner('UPDATE number_vault.numbers_in_force SET number_index = $2 WHERE person_id = $1', [first, index]);
  const [head] = await asOwner<{ number_index: Buffer }>(
    'SELECT number_index FROM number_vault.numbers_in_force WHERE person_id = $1',
    [first],
  );
  await setIndex(Buffer.alloc(32, 1));
  await assert.rejects(revealIndividualNumber(context, first, 'identityCheck'), trouble('tampered'));
  await setIndex(head?.number_index ?? Buffer.alloc(0));
  // A data key put in the place of another does not open either.
  const [index] = await asOwner<{ wrapped_key: Buffer }>(
    "SELECT wrapped_key FROM number_vault.data_keys WHERE purpose = 'index'",
  );
  const setKey = (sql: string, values: unknown[]): Promise<object[]> =>
    asOwner(`UPDATE number_vault.data_keys SET wrapped_key = ${sql} WHERE purpose = 'index'`, values);
  await setKey("(SELECT wrapped_key FROM number_vault.data_keys WHERE purpose = 'encryption')", []);
  await assert.rejects(confirmIndividualNumber(context, first, n1), trouble('tampered'));
  await setKey('$1', [index?.wrapped_key]);
  assert.equal((await confirmIndividualNumber(context, first, n1)).answer, 'accepted');
});

test('another wrapping key opens nothing and says which one is needed', async () => {
  const stranger: VaultContext = { ...context, keyWrapper: secretKeyWrapper(Buffer.alloc(32, 6).toString('base64')) };
  for (const act of [
    () => revealIndividualNumber(stranger, first, 'identityCheck'),
    () => confirmIndividualNumber(stranger, first, n1),
    () => importIndividualNumbers(stranger, numberFeed([[4, n4]])),
  ]) {
    await assert.rejects(act, trouble('wrongKey'));
  }
});
