import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { Conflict, type EntryId, getDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { keepMaster } from '#ledger/masters';
import { withMunicipality } from '#platform/postgres';
import { testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { doseOfApril, insertTestPeople } from '../../../tests/support/ledger.ts';
import { appendEntries } from './append-entries.ts';
import { correctEntry } from './correct-entry.ts';
import { listEntryHistory } from './list-entry-history.ts';
import { loadRecordWording } from './pages/ledger-wording.ts';
import { retractEntries } from './retract-entries.ts';
import { loadHistories, loadLedgerVersions } from './store.ts';
import { verifyLedger } from './verify-ledger.ts';

let base: TestDatabase;
let context: ActionContext;
let people = 0;

before(async () => {
  base = await testDatabase();
  context = testContext(base.db, testActor(base.lgCode, ['vaccinations.correct', 'vaccinations.view']));
});
after(() => base.close());

const inLedger = <T>(work: Parameters<typeof withMunicipality<T>>[2]): Promise<T> =>
  withMunicipality(base.db, base.lgCode, work);

/** A new child with one dose of 2026-04-15 in the ledger. */
async function newDose(): Promise<{ personId: PersonId; entryId: EntryId }> {
  people += 1;
  const number = String(people).padStart(10, '0');
  const [personId] = await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber: number }]);
  assert.ok(personId !== undefined);
  const { entryIds } = await inLedger((tx) =>
    appendEntries(tx, context.actor, [doseOfApril(personId)], { act: 'vaccinations.imported' }),
  );
  const [entryId] = entryIds;
  assert.ok(entryId !== undefined);
  return { personId, entryId };
}

async function versionOf(personId: PersonId): Promise<number> {
  return (await inLedger((tx) => loadLedgerVersions(tx, [personId]))).get(personId) ?? 0;
}

test('コードの名前はマスタから、医師はその医療機関のものから。記録に名前があるときは重ねない', async () => {
  const keeper = testContext(base.db, testActor(base.lgCode, ['masters.update']));
  const rest = { validFrom: null, validTo: null, isRetired: false, note: null, recall: null };
  const doctor = { kind: 'physician', code: 'D-1', owner: '1311400046', name: '試験　太郎', ...rest } as const;
  await keepMaster(keeper, { told: doctor, replaces: null });
  const hall = { kind: 'venue', code: 'V-1', owner: '', name: '市民体育館', ...rest } as const;
  await keepMaster(keeper, { told: hall, replaces: null });
  const rules = await checkoutRules();
  const { nameOfCode } = await inLedger((tx) => loadRecordWording(tx, rules));
  const given = { administeringPhysicianCode: 'D-1', institutionCode: '1311400046', venueCode: 'V-1' };
  assert.equal(nameOfCode('administeringPhysicianCode', given), '試験　太郎');
  assert.equal(nameOfCode('screeningPhysicianCode', { ...given, screeningPhysicianCode: 'D-1' }), '試験　太郎');
  assert.equal(nameOfCode('administeringPhysicianCode', { ...given, institutionCode: '1311400053' }), null);
  assert.equal(nameOfCode('administeringPhysicianCode', { ...given, administeringPhysician: '試験' }), null);
  assert.equal(nameOfCode('venueCode', given), '市民体育館');
  assert.equal(nameOfCode('lotNumber', given), null);
});

test('訂正は元の記録を残し、変えた項目だけが新しくなり、誰がなぜ変えたかが残る', async () => {
  const { personId, entryId } = await newDose();
  const corrected = await correctEntry(context, {
    entryId,
    changes: { vaccinatedOn: getDay(2026, 4, 16), items: { lotNumber: 'B2' } },
    reason: '予診票の読み違い',
    expectedVersion: 1,
  });
  const history = await inLedger((tx) => listEntryHistory(tx, context.actor, personId));
  assert.deepEqual(
    history.map((entry) => [entry.entryId, entry.kind, entry.replaces, entry.reason, entry.isCurrent]),
    [
      [corrected.entryId, 'correction', entryId, '予診票の読み違い', true],
      [entryId, 'entry', null, null, false],
    ],
  );
  assert.deepEqual(
    history.map(({ fact }) => [fact?.vaccinatedOn, fact?.items.lotNumber, fact?.items.doseVolumeMl, fact?.product]),
    [
      [getDay(2026, 4, 16), 'B2', '0.50', 'q'],
      [getDay(2026, 4, 15), 'A1', '0.50', 'q'],
    ],
  );
  const current = (await inLedger((tx) => loadHistories(tx, [personId]))).get(personId) ?? [];
  assert.deepEqual(
    current.map((dose) => [dose.entryId, dose.vaccinatedOn]),
    [[corrected.entryId, getDay(2026, 4, 16)]],
  );
  const acts = await inLedger(({ client }) =>
    client.query(
      `SELECT a.items FROM audit_acts a
       JOIN audit_act_persons t ON t.lg_code = a.lg_code AND t.recorded_on = a.recorded_on AND t.act_id = a.act_id
       JOIN audit_persons p ON p.lg_code = t.lg_code AND p.person_ref = t.person_ref
       WHERE a.act = 'vaccinations.corrected' AND p.person_id = $1`,
      [personId],
    ),
  );
  assert.deepEqual(acts.rows, [{ items: ['vaccinated_on', 'lot_number'] }]);
});

test('見たあとで変わった人の記録、すでに訂正された記録、ない記録は訂正できない', async () => {
  const { personId, entryId } = await newDose();
  const ask = (expectedVersion: number, which = entryId) =>
    correctEntry(context, { entryId: which, changes: { product: 'r' }, reason: '誤り', expectedVersion });
  await assert.rejects(ask(0), Conflict);
  await ask(1);
  await assert.rejects(ask(await versionOf(personId)), /すでに訂正または取消/u);
  await assert.rejects(ask(1, 999_999_999 as EntryId), NotFound);
  assert.equal((await inLedger((tx) => listEntryHistory(tx, context.actor, personId))).length, 2);
});

test('理由のない訂正と取消、読めない値、何も変えない訂正は断る', async () => {
  const { entryId } = await newDose();
  const frame = { entryId, expectedVersion: 1 };
  const unreadable = [
    { ...frame, changes: { product: 'r' }, reason: ' ' },
    { ...frame, changes: { items: { doseVolumeMl: '半分' } }, reason: '誤り' },
    { ...frame, changes: {}, reason: '誤り' },
  ];
  for (const request of unreadable) await assert.rejects(correctEntry(context, request), UnreadableInput);
  await assert.rejects(retractEntries(context, { entryIds: [entryId], reason: '' }), UnreadableInput);
});

test('取消で接種歴から消え、記録は残り、二度は取り消せない', async () => {
  const { personId, entryId } = await newDose();
  const request = { entryIds: [entryId], reason: '別人の記録' };
  assert.deepEqual(await retractEntries(context, request), { retracted: 1 });
  assert.equal((await inLedger((tx) => loadHistories(tx, [personId]))).size, 0);
  const history = await inLedger((tx) => listEntryHistory(tx, context.actor, personId));
  assert.deepEqual(
    history.map(({ kind, replaces, reason, fact }) => [kind, replaces, reason, fact === null]),
    [
      ['retraction', entryId, '別人の記録', true],
      ['entry', null, null, false],
    ],
  );
  await assert.rejects(retractEntries(context, request), Conflict);
  const { differences, chain } = await verifyLedger(base.db, base.lgCode);
  assert.deepEqual([differences, chain], [0, 'ok']);
});

test('権限のない職員は訂正も取消もできない', async () => {
  const { entryId } = await newDose();
  const viewer = testContext(base.db, testActor(base.lgCode, ['vaccinations.view']));
  const correction = { entryId, changes: { product: 'r' }, reason: '誤り', expectedVersion: 1 };
  await assert.rejects(correctEntry(viewer, correction), { name: 'NotPermitted' });
  await assert.rejects(retractEntries(viewer, { entryIds: [entryId], reason: '誤り' }), { name: 'NotPermitted' });
});
