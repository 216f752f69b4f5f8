import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type ImportResult, listFeedRunRows, listFeedRuns } from '#common-base/linkage';
import { NotFound, type PersonId, UnreadableInput } from '#kernel';
import { withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { importPeople, numberFeed, vaultContext } from '../../../tests/support/numbers.ts';
import {
  confirmIndividualNumber,
  findPersonIdByIndividualNumber,
  getNumberState,
  importIndividualNumbers,
  revealIndividualNumber,
  type VaultContext,
} from './index.ts';

const [n1, n2, n3, n4, n5, n6] = handMadeNumbers;
let store: TestDatabase;
let context: VaultContext;
let people: readonly PersonId[];

before(async () => {
  store = await testDatabase();
  await loadDemonstrationSettings(store.db);
  context = vaultContext(store.db, store.lgCode);
  people = await importPeople(store.db, store.lgCode, 6);
});
after(() => store.close());
beforeEach(() => emptyVault());

async function emptyVault(): Promise<void> {
  await withClient(store.db.ownerUrl ?? '', async (owner) => {
    await owner.query('TRUNCATE number_vault.numbers_in_force, number_vault.individual_numbers');
    await owner.query(
      "DELETE FROM feed_run_rows r USING feed_runs f WHERE f.run_id = r.run_id AND f.kind = 'individual-numbers'",
    );
    await owner.query("DELETE FROM feed_runs WHERE kind = 'individual-numbers'");
  });
}

/** Figures as `accepted/questioned/refused`. */
async function take(rows: Parameters<typeof numberFeed>[0]): Promise<string> {
  return figuresOf(await importIndividualNumbers(context, numberFeed(rows)));
}

function figuresOf({ rows, accepted, questioned, refused }: ImportResult): string {
  assert.equal(rows, accepted + questioned + refused);
  return `${accepted}/${questioned}/${refused}`;
}

/** The listed rows of the newest run as `row answer codes`. */
async function listed(): Promise<string[]> {
  return withMunicipality(store.db, store.lgCode, async (tx) => {
    const [run] = await listFeedRuns(tx, { limit: 1, kind: 'individual-numbers' });
    assert.ok(run);
    const rows = await listFeedRunRows(tx, run.runId, { limit: 100 });
    return rows.map((row) => `${row.ordinal} ${row.answer} ${row.findings.map(({ code }) => code).join(' ')}`);
  });
}

/** The number in force of the n-th person, from 1; null where there is none. */
async function numberOf(n: number): Promise<string | null> {
  const personId = people[n - 1];
  assert.ok(personId !== undefined);
  try {
    return (await revealIndividualNumber(context, personId, 'identityCheck')).individualNumber;
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

async function historyOf(n: number): Promise<{ version: number; branch_number: string | null }[]> {
  return withMunicipality(
    store.db,
    store.lgCode,
    async (tx) =>
      (
        await tx.client.query<{ version: number; branch_number: string | null }>(
          'SELECT version, branch_number FROM number_vault.individual_numbers WHERE lg_code = $1 AND person_id = $2 ORDER BY 1',
          [tx.lgCode, people[n - 1]],
        )
      ).rows,
    { role: 'vault' },
  );
}

test('numbers come in, are confirmed, found and shown again', async () => {
  assert.equal(
    await take([
      [1, n1],
      [2, n2],
    ]),
    '2/0/0',
  );
  assert.deepEqual([await numberOf(1), await numberOf(2), await numberOf(3)], [n1, n2, null]);
  const [first, second, third] = people as [PersonId, PersonId, PersonId];
  const ask = async (personId: PersonId, number: string): Promise<string> => {
    const decision = await confirmIndividualNumber(context, personId, number);
    return decision.answer === 'refused' ? 'refused' : decision.value;
  };
  assert.equal(await ask(first, n1), 'theirs');
  assert.equal(await ask(first, n2), 'notTheirs');
  assert.equal(await ask(third, n1), 'noneOnRecord');
  assert.equal(await ask(first, '111111111117'), 'refused');
  assert.equal(await ask(first, '11111111111'), 'refused');
  const found = await findPersonIdByIndividualNumber(context, n2);
  assert.ok(found.answer === 'accepted' && found.value === second);
  const nobody = await findPersonIdByIndividualNumber(context, n3);
  assert.ok(nobody.answer === 'accepted' && nobody.value === undefined);
  assert.deepEqual(
    { ...(await getNumberState(context, first)), recordedAt: null },
    {
      isOnRecord: true,
      branchNumber: '01',
      versions: 1,
      recordedAt: null,
    },
  );
  await assert.rejects(confirmIndividualNumber(context, 999_999 as PersonId, n1), NotFound);
});

test('the same file again writes nothing and answers the first figures', async () => {
  const feed = numberFeed([
    [1, n1],
    [2, '222222222224'],
  ]);
  const first = await importIndividualNumbers(context, feed);
  assert.equal(figuresOf(first), '1/0/1');
  assert.equal(first.repeated, undefined);
  const again = await importIndividualNumbers(context, feed);
  assert.deepEqual(again, { ...first, repeated: true });
  assert.equal((await historyOf(1)).length, 1);
});

test('an unchanged row writes nothing; a changed number and a changed branch are appended', async () => {
  await take([[1, n1, '01']]);
  assert.equal(
    await take([
      [1, n1, '01'],
      [2, n2, '01'],
    ]),
    '2/0/0',
  );
  assert.deepEqual(await historyOf(1), [{ version: 1, branch_number: '01' }]);
  assert.equal(await take([[1, n3, '02']]), '1/0/0');
  assert.deepEqual(await listed(), []);
  assert.equal(await numberOf(1), n3);
  assert.deepEqual(await historyOf(1), [
    { version: 1, branch_number: '01' },
    { version: 2, branch_number: '02' },
  ]);
  const personId = people[0] as PersonId;
  const former = await confirmIndividualNumber(context, personId, n1);
  assert.ok(former.answer === 'accepted' && former.value === 'formerly');
  const found = await findPersonIdByIndividualNumber(context, n1);
  assert.ok(found.answer === 'accepted' && found.value === undefined, 'a former number finds nobody');
});

test('a branch that goes back is a question and the newer number stays; a number without a new branch is noted', async () => {
  await take([
    [1, n1, '02'],
    [2, n2, '01'],
  ]);
  assert.equal(
    await take([
      [1, n3, '01'],
      [2, n4, '1'],
    ]),
    '1/1/0',
  );
  assert.deepEqual(await listed(), ['1 questioned numberBranchGoesBack', '2 accepted numberChangedSameBranch']);
  assert.deepEqual([await numberOf(1), await numberOf(2)], [n1, n4]);
});

test('wrong check digits, unknown people, bad values and a second row of one person are refused', async () => {
  assert.equal(
    await take([
      [1, '111111111119'],
      [99, n2],
      [2, 'X11111111118'],
      [3, '11111111118'],
      [4, ''],
      [5, n5],
      [5, n6],
      [6, '000000000000'],
    ]),
    '1/0/7',
  );
  assert.deepEqual(await listed(), [
    '1 refused numberCheckDigitWrong',
    '2 refused numberPersonUnknown',
    '3 refused feedValueNotDigits',
    '4 refused feedValueTooShort',
    '5 refused feedValueMissing',
    '7 refused feedKeyTwice',
    '8 refused numberIsFiller',
  ]);
  assert.equal(await numberOf(5), n5);
});

test('one number for two people waits, whoever comes first', async () => {
  assert.equal(
    await take([
      [1, n1],
      [2, n1],
      [3, n3],
    ]),
    '1/2/0',
  );
  assert.deepEqual(await listed(), ['1 questioned numberOfTwoRows', '2 questioned numberOfTwoRows']);
  assert.deepEqual([await numberOf(1), await numberOf(2), await numberOf(3)], [null, null, n3]);
  assert.equal(await take([[4, n3]]), '0/1/0');
  assert.deepEqual(await listed(), ['1 questioned numberOfAnotherPerson']);
  assert.equal(
    await take([
      [3, n3],
      [4, n3],
    ]),
    '1/1/0',
  );
  assert.deepEqual([await numberOf(3), await numberOf(4)], [n3, null]);
});

test('two people may exchange their numbers in one file; what a waiting row leaves in the way waits too', async () => {
  await take([
    [1, n1, '01'],
    [2, n2, '01'],
    [3, n3, '01'],
  ]);
  assert.equal(
    await take([
      [1, n2, '02'],
      [2, n1, '02'],
    ]),
    '2/0/0',
  );
  assert.deepEqual(await listed(), ['1 accepted numberFormerlyOfAnother', '2 accepted numberFormerlyOfAnother']);
  assert.deepEqual([await numberOf(1), await numberOf(2)], [n2, n1]);
  // 1 wants the number of 3, who keeps it; so 1 keeps its own, which 2 wants.
  assert.equal(
    await take([
      [1, n3, '03'],
      [2, n2, '03'],
      [3, n3, '01'],
    ]),
    '1/2/0',
  );
  assert.deepEqual([await numberOf(1), await numberOf(2), await numberOf(3)], [n2, n1, n3]);
});

test('a file shifted by one row waits as a whole where its end keeps its number', async () => {
  await take([
    [1, n1],
    [2, n2],
    [3, n3],
    [4, n4],
    [5, n5],
    [6, n6],
  ]);
  // Each wants the number of the next; 6 is not in the file and keeps its own.
  const shifted = await take([
    [1, n2, '02'],
    [2, n3, '02'],
    [3, n4, '02'],
    [4, n5, '02'],
    [5, n6, '02'],
  ]);
  assert.equal(shifted, '0/5/0');
  assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6].map(numberOf)), [n1, n2, n3, n4, n5, n6]);
  // With 6 in the file and a number of its own to go to, all move.
  const moved = [
    [1, n2, '02'],
    [2, n3, '02'],
    [3, n4, '02'],
    [4, n5, '02'],
    [5, n6, '02'],
    [6, n1, '02'],
  ] as const;
  assert.equal(await take(moved), '6/0/0');
  assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6].map(numberOf)), [n2, n3, n4, n5, n6, n1]);
});

test('a failed file leaves nothing, and says nothing of a number', async () => {
  const without = textFeed('111111111118の個人番号.csv', [`0000000001,${n1},${n1}`, `0000000002,${n2},01`]);
  await assert.rejects(importIndividualNumbers(context, without), (error) => {
    assert.ok(error instanceof UnreadableInput);
    assert.ok(!/\d{12}/u.test(error.message), error.message);
    return true;
  });
  assert.equal(await numberOf(1), null);
  const runs = await withMunicipality(store.db, store.lgCode, (tx) =>
    listFeedRuns(tx, { limit: 1, kind: 'individual-numbers' }),
  );
  assert.equal(runs[0]?.state, 'failed');
  assert.equal(runs[0]?.fileName, '（個人番号）の個人番号.csv');
  assert.ok(!/\d{12}/u.test(runs[0]?.failure ?? ''));
});

test('each act needs its permission, and showing a number needs a reason', async () => {
  await take([[1, n1]]);
  const personId = people[0] as PersonId;
  const nothing = vaultContext(store.db, store.lgCode, ['persons.view']);
  for (const act of [
    () => importIndividualNumbers(nothing, numberFeed([[2, n2]])),
    () => confirmIndividualNumber(nothing, personId, n1),
    () => findPersonIdByIndividualNumber(nothing, n1),
    () => revealIndividualNumber(nothing, personId, 'identityCheck'),
    () => revealIndividualNumber(vaultContext(store.db, store.lgCode, ['numbers.confirm']), personId, 'identityCheck'),
    () =>
      revealIndividualNumber(vaultContext(store.db, store.lgCode, ['numbers.view'], null), personId, 'identityCheck'),
    () => getNumberState(nothing, personId),
  ]) {
    await assert.rejects(act, { name: 'NotPermitted' });
  }
});

test('another municipality neither finds the person nor the number', async () => {
  await take([[1, n1]]);
  const other = vaultContext(store.db, store.other);
  const personId = people[0] as PersonId;
  await assert.rejects(revealIndividualNumber(other, personId, 'identityCheck'), NotFound);
  await assert.rejects(confirmIndividualNumber(other, personId, n1), NotFound);
  const found = await findPersonIdByIndividualNumber(other, n1);
  assert.ok(found.answer === 'accepted' && found.value === undefined);
});
