import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadPersonsForJudging, searchPersons } from '#addressees/persons';
import { linkPersons, unlinkPersons } from '#addressees/registration';
import type { ActionContext } from '#common-base/access';
import { Conflict, type EntryId, getDay, type PersonId } from '#kernel';
import {
  appendEntries,
  judgePerson,
  loadHistories,
  loadLedgerVersions,
  type NewEntry,
  runForecast,
  touchLedgers,
  verifyLedger,
} from '#ledger/vaccinations';
import { readRulesFolder } from '#platform/files';
import { type Tx, withMunicipality } from '#platform/postgres';
import { parseRules, type RuleSet } from '#schedule';
import { loadDemonstrationSettings, testActor, testContext } from '../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { doseOfApril, insertTestPeople } from '../support/ledger.ts';

let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;
let numbers = 0;
const asOf = getDay(2026, 11, 21);

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  rules = parseRules(await readRulesFolder(new URL('../../rules', import.meta.url).pathname));
  context = testContext(
    base.db,
    testActor(base.lgCode, ['persons.link', 'persons.search', 'forecast.run', 'vaccinations.view']),
  );
});
after(() => base.close());

const inOffice = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withMunicipality(base.db, base.lgCode, work);

/** Two records of one girl, the first under an old number. */
async function twoRecords(): Promise<[PersonId, PersonId]> {
  numbers += 2;
  const [old, present] = await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: String(numbers), becameResidentOn: '2026-01-10' },
    { addresseeNumber: String(numbers + 1), becameResidentOn: '2026-09-01' },
  ]);
  assert.ok(old !== undefined && present !== undefined);
  await inOffice(({ client }) =>
    client.query("UPDATE persons SET ceased_resident_on = '2026-06-01' WHERE lg_code = $1 AND person_id = $2", [
      base.lgCode,
      old,
    ]),
  );
  return [old, present];
}

function doseOf(personId: PersonId, month: number, product: string): NewEntry {
  const unknown = { programme: null, stage: null, items: {} };
  return { ...doseOfApril(personId), ...unknown, vaccinatedOn: getDay(2026, month, 15), product };
}

async function enter(entry: NewEntry, expected?: ReadonlyMap<PersonId, number>): Promise<EntryId | undefined> {
  const options = { act: 'vaccinations.entered', ...(expected === undefined ? {} : { expectedVersions: expected }) };
  return (await inOffice((tx) => appendEntries(tx, context.actor, [entry], options))).entryIds[0];
}

const link = (memberId: PersonId, principalId: PersonId) =>
  linkPersons(context, { memberId, principalId }, '窓口で本人確認書類により確認', touchLedgers);
const unlink = (memberId: PersonId) => unlinkPersons(context, memberId, '戸籍で別人と確認', touchLedgers);

async function entriesOf(personId: PersonId): Promise<number[]> {
  const histories = await inOffice((tx) => loadHistories(tx, [personId]));
  return (histories.get(personId) ?? []).map((dose) => dose.entryId);
}

test('結び付けると両方の番号から同じ接種歴が見え、解除するとそれぞれもとにもどる', async () => {
  const [old, present] = await twoRecords();
  const first = await enter(doseOf(old, 4, 'rv1'));
  const second = await enter(doseOf(present, 10, 'rv1'));
  const before = await snapshot([old, present]);
  assert.equal((await link(old, present)).answer, 'accepted');
  assert.deepEqual(await entriesOf(old), [first, second]);
  assert.deepEqual(await entriesOf(present), [first, second]);
  const judged = await inOffice((tx) => judgePerson(tx, rules, old, asOf));
  assert.equal(judged.person.personId, present, 'judged as the record that stands for both');
  assert.deepEqual(
    judged.doses.map(({ entry }) => entry.entryId),
    [first, second],
  );
  assert.deepEqual(
    judged.person.residencies.map(({ becameOn, ceasedOn }) => [becameOn, ceasedOn]),
    [
      [getDay(2026, 1, 10), getDay(2026, 6, 1)],
      [getDay(2026, 9, 1), null],
    ],
  );
  // Entered while linked, for the number that the form named: it stays with that record.
  const third = await enter(doseOf(old, 5, 'rv1'));
  assert.deepEqual(await entriesOf(present), [first, third, second]);
  assert.equal((await unlink(old)).answer, 'accepted');
  assert.deepEqual(await entriesOf(old), [first, third]);
  assert.deepEqual(await entriesOf(present), [second]);
  const after = await snapshot([old, present]);
  assert.deepEqual(after, [...before, `${third} ${old}`], 'nothing that was entered has changed its record');
  assert.equal((await verifyLedger(base.db, base.lgCode)).differences, 0);
});

/** Every current entry with its record, as the tables hold them. */
async function snapshot(people: readonly PersonId[]): Promise<string[]> {
  return inOffice(async ({ client }) => {
    const { rows } = await client.query<{ entry_id: number; person_id: number }>(
      'SELECT entry_id, person_id FROM current_doses WHERE lg_code = $1 AND person_id = ANY($2) ORDER BY entry_id',
      [base.lgCode, people],
    );
    return rows.map((row) => `${row.entry_id} ${row.person_id}`);
  });
}

test('両方の番号で取り込まれていた同じ接種は、結び付いている間だけ一回と数える', async () => {
  const [old, present] = await twoRecords();
  const [one, other] = [await enter(doseOf(old, 4, 'rv1')), await enter(doseOf(present, 4, 'rv1'))];
  await link(old, present);
  assert.deepEqual(await entriesOf(present), [other]);
  await unlink(old);
  assert.deepEqual([await entriesOf(old), await entriesOf(present)], [[one], [other]]);
});

test('接種予定は代表の記録だけに立つ', async () => {
  const [old, present] = await twoRecords();
  const job = { ...context, actor: { ...context.actor, staffId: null } };
  const forecasts = () =>
    inOffice(async ({ client }) => {
      const { rows } = await client.query<{ person_id: PersonId }>(
        `SELECT person_id FROM person_forecasts WHERE lg_code = $1 AND person_id = ANY($2)
           AND is_here AND due_count + overdue_count > 0 ORDER BY person_id`,
        [base.lgCode, [old, present]],
      );
      return rows.map((row) => row.person_id);
    });
  // Both records live here, so that both are called while nobody knows that they are one person.
  await inOffice(({ client }) =>
    client.query(
      'UPDATE persons SET ceased_resident_on = NULL, version = version + 1 WHERE lg_code = $1 AND person_id = $2',
      [base.lgCode, old],
    ),
  );
  await runForecast(job, { rules, asOf });
  assert.deepEqual(await forecasts(), [old, present]);
  await link(old, present);
  await runForecast(job, { rules, asOf });
  assert.deepEqual(await forecasts(), [present]);
  await unlink(old);
  await runForecast(job, { rules, asOf });
  assert.deepEqual(await forecasts(), [old, present]);
});

test('結び付けられた記録の支援措置は、ほかの記録の住所も隠し、死亡はどちらの記録にも及ぶ', async () => {
  const [old, present] = await twoRecords();
  await inOffice(({ client }) =>
    client.query(
      `UPDATE persons SET is_protected = true, died_on = '2026-10-01' WHERE lg_code = $1 AND person_id = $2`,
      [base.lgCode, old],
    ),
  );
  await link(old, present);
  const [person] = await inOffice((tx) => loadPersonsForJudging(tx, { personIds: [present] }));
  assert.equal(person?.isProtected, true);
  assert.equal(person?.diedOn, getDay(2026, 10, 1));
  const found = await inOffice((tx) =>
    searchPersons(tx, context.actor, { number: person?.addresseeNumber ?? '' }, { asOf }),
  );
  assert.equal(found.people[0]?.isAddressHidden, true);
});

test('確かめたあとで記録が結び付いたら、接種の登録は断られ、登録し終えたあとなら結び付けは待って行われる', async () => {
  const [old, present] = await twoRecords();
  await enter(doseOf(old, 4, 'rv1'));
  const seen = await inOffice((tx) => loadLedgerVersions(tx, [old, present]));
  await link(old, present);
  await assert.rejects(enter(doseOf(old, 6, 'rv1'), new Map([[old, seen.get(old) ?? 0]])), Conflict);
  await unlink(old);
  // At once: the dose holds the head first, the link waits for it and sees the dose.
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const dose = inOffice(async (tx) => {
    const entered = await appendEntries(tx, context.actor, [doseOf(old, 7, 'rv1')], { act: 'vaccinations.entered' });
    await held;
    return entered.entryIds[0];
  });
  const linking = link(old, present);
  setTimeout(release, 150);
  const [entryId, decision] = await Promise.all([dose, linking]);
  assert.equal(decision.answer, 'accepted');
  assert.ok(entryId !== undefined && (await entriesOf(present)).includes(entryId));
  assert.equal((await verifyLedger(base.db, base.lgCode)).differences, 0);
});

test('二重の結び付け、代表の解除、理由のない結び付けは断られ、取り消された記録は代表にならない', async () => {
  const [old, present] = await twoRecords();
  const [third, cancelled] = await twoRecords();
  const codes = async (work: Promise<{ findings: readonly { code: string }[] }>) =>
    (await work).findings.map((each) => each.code);
  assert.deepEqual(await codes(linkPersons(context, { memberId: old, principalId: present }, ' ', touchLedgers)), [
    'linkReasonMissing',
  ]);
  await link(old, present);
  assert.deepEqual(await codes(link(old, third)), ['linkMemberLinked']);
  assert.deepEqual(await codes(link(third, old)), ['linkPrincipalLinked']);
  assert.deepEqual(await codes(unlink(present)), ['linkNotLinked']);
  assert.deepEqual(await codes(link(third, third)), ['linkSameRecord']);
  await inOffice(({ client }) =>
    client.query('UPDATE persons SET is_cancelled = true WHERE lg_code = $1 AND person_id = $2', [
      base.lgCode,
      cancelled,
    ]),
  );
  assert.deepEqual(await codes(link(third, cancelled)), ['linkPrincipalCancelled']);
  assert.equal((await link(third, present)).answer, 'accepted', 'a third record joins the same person');
  assert.deepEqual(await codes(unlink(old)), []);
  const people = await inOffice((tx) => loadPersonsForJudging(tx, { personIds: [old, third, present] }));
  assert.deepEqual(
    people.toSorted((a, b) => a.personId - b.personId).map((person) => person.principalId),
    [null, present, present],
  );
});

test('結び付けの事実は、だれにも書き換えられない', async () => {
  for (const sql of ["UPDATE person_links SET reason = 'x'", 'DELETE FROM person_links']) {
    await assert.rejects(
      inOffice(({ client }) => client.query(sql)),
      /permission denied/u,
    );
  }
});
