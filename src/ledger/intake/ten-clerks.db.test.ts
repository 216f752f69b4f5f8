import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents } from '#addressees/persons';
import type { ActionContext } from '#common-base/access';
import { Conflict, type EntryId, type PersonId, type StaffId } from '#kernel';
import { correctEntry, loadHistories, loadLedgerVersions, verifyLedger } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadDemonstrationSettings, residentFeed, testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { clinicFeed, contractClinic, intakeAsOf, intakeContext } from '../../../tests/support/intake.ts';
import { answerRow } from './answer-rows.ts';
import { commitBatch } from './commit-batch.ts';
import { listRows } from './list-batches.ts';
import { receiveBatch } from './receive-batch.ts';

const children = 20;
const clerks = 10;

let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  context = intakeContext(base.db, base.lgCode);
  rules = await checkoutRules();
  await contractClinic(context);
});
after(() => base.close());

const numberOf = (i: number): string => String(i + 1).padStart(10, '0');
const residents = (phone: string) =>
  Array.from({ length: children }, (_, i) => ({
    整理番号: numberOf(i),
    氏名カナ: 'シケン　ハナ',
    氏名漢字: '試験　花',
    生年月日: '20260110',
    住民となった日: '20260110',
    電話番号: phone,
  }));

async function inLedger<T>(work: Parameters<typeof withMunicipality<T>>[2]): Promise<T> {
  return await withMunicipality(base.db, base.lgCode, work);
}

/** Everything that was thrown must be a stated conflict: no deadlock, nothing of the database's own. */
function requireConflicts(settled: readonly PromiseSettledResult<unknown>[]): number {
  const refused = settled.filter((one) => one.status === 'rejected').map((one) => one.reason as unknown);
  for (const reason of refused) assert.ok(reason instanceof Conflict, String(reason));
  return refused.length;
}

test('十人の担当と住民の異動と訂正が同時に同じ人に当たっても、答えは失われず、行き違いは言葉で伝わる', async () => {
  await importResidents(context, residentFeed(residents('0299-39-0327')), { isChanges: false, asOf: intakeAsOf });
  const firsts = Array.from({ length: children }, (_, i) => ({ 整理番号: numberOf(i) }));
  const first = await receiveBatch(context, clinicFeed(firsts, 'first.csv'), { rules, asOf: intakeAsOf });
  assert.equal((await commitBatch(context, first.batchId, { rules })).committed, children);
  // The second doses lack their lots: every row is a question.
  const seconds = firsts.map((row) => ({ ...row, 回数: '2', 接種年月日: '20260520', ロット番号: '' }));
  const { batchId, questioned } = await receiveBatch(context, clinicFeed(seconds, 'second.csv'), {
    rules,
    asOf: intakeAsOf,
  });
  assert.equal(questioned, children);

  const actor = testActor(base.lgCode, ['intake.answer', 'intake.view', 'vaccinations.correct', 'persons.import']);
  const desk = (n: number): ActionContext =>
    testContext(base.db, { ...actor, staffId: (n + 1) as StaffId, staffName: `担当${n + 1}` });
  const answers = Array.from({ length: clerks }, async (_, n) => {
    // Each clerk goes through the list from another place, so that they meet.
    const order = Array.from({ length: children }, (_row, i) => ((i * 7 + n * 2) % children) + 1);
    const settled: PromiseSettledResult<unknown>[] = [];
    for (const ordinal of order) {
      const answer = { kind: 'accept', reason: `担当${n + 1}が医療機関に確認` } as const;
      settled.push(
        ...(await Promise.allSettled([answerRow(desk(n), { batchId, ordinal, expectedVersion: 1, rules, answer })])),
      );
    }
    return settled;
  });
  const corrections = async (): Promise<PromiseSettledResult<unknown>[]> => {
    const personIds = await inLedger(async ({ client }) => {
      const found = await client.query<{ id: PersonId }>('SELECT person_id AS id FROM persons ORDER BY person_id');
      return found.rows.map((row) => row.id);
    });
    return await Promise.allSettled(
      personIds.map(async (personId) => {
        const { entryId, version } = await inLedger(async (tx) => ({
          entryId: ((await loadHistories(tx, [personId])).get(personId) ?? [])[0]?.entryId as EntryId,
          version: (await loadLedgerVersions(tx, [personId])).get(personId) ?? 0,
        }));
        const changes = { items: { remarks: '読み直し' } };
        return await correctEntry(desk(99), { entryId, changes, reason: '予診票のとおり', expectedVersion: version });
      }),
    );
  };
  const feed = residentFeed(residents('0299-00-0000'), 'changes.csv');
  const [given, corrected, moved] = await Promise.all([
    Promise.all(answers),
    corrections(),
    importResidents(context, feed, { isChanges: true, asOf: intakeAsOf }),
  ]);
  assert.equal(moved.accepted, children);
  assert.equal(requireConflicts(corrected), 0, 'nobody else corrected');
  assert.equal(requireConflicts(given.flat()), children * (clerks - 1), 'each row was answered by one of ten');
  const { rows } = await inLedger((tx) => listRows(tx, context.actor, batchId, { limit: 99 }));
  assert.ok(rows.every((row) => row.decision === 'accept' && row.version === 2));
  const kept = given.flatMap((settled, n) =>
    settled.filter((one) => one.status === 'fulfilled').map(() => `担当${n + 1}`),
  );
  assert.deepEqual(
    rows.map((row) => row.decidedByName ?? '').toSorted(),
    kept.toSorted(),
    'the answer that was kept is whose it says',
  );

  // The people and the ledger changed meanwhile: what changed is checked again, and nothing enters on stale approval.
  const committed = await Promise.allSettled([
    commitBatch(context, batchId, { rules }),
    commitBatch(context, batchId, { rules }),
  ]);
  requireConflicts(committed);
  const entries = await inLedger(
    async ({ client }) =>
      (await client.query<{ n: number }>("SELECT count(*) AS n FROM current_doses WHERE vaccinated_on = '2026-05-20'"))
        .rows[0]?.n,
  );
  assert.equal(entries, children, 'every accepted row once');
  assert.equal((await verifyLedger(base.db, base.lgCode)).differences, 0);
});
