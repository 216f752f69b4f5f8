import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { type BatchId, Conflict } from '#kernel';
import { verifyLedger } from '#ledger/vaccinations';
import { RunStopped } from '#platform/jobs';
import { withClient, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { type TestDatabase } from '../../../tests/support/database.ts';
import { changedRules } from '../../../tests/support/demonstration.ts';
import { type ClinicRow, clinicFeed, intakeAsOf, intakeContext } from '../../../tests/support/intake.ts';
import { type IntakeOffice, openIntakeOffice } from '../../../tests/support/intake-office.ts';
import { commitBatch } from './commit-batch.ts';
import { receiveBatch } from './receive-batch.ts';
import { undoBatch } from './undo-batch.ts';

let office: IntakeOffice;
let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;

before(async () => {
  office = await openIntakeOffice();
  ({ base, context, rules } = office);
});
after(() => base.close());

async function receive(rows: readonly ClinicRow[]): Promise<BatchId> {
  const result = await receiveBatch(context, clinicFeed(rows), { rules, asOf: intakeAsOf });
  return result.batchId;
}

const asOwner = <T>(sql: string): Promise<T[]> => {
  const { ownerUrl } = base.db;
  assert.ok(ownerUrl !== null);
  return withClient(ownerUrl, async (client) => (await client.query(sql)).rows as T[]);
};

test('登録は、記録・接種歴・指摘・監査・知らせを一つの取引で書く', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await receive([{ 整理番号: number }, { 整理番号: number, 回数: '2', 接種年月日: '20260520' }]);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 2 });
  const written = await withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ kind: string; xid: string; n: number }>(
      `SELECT 'entry' AS kind, xmin::text AS xid, count(*) AS n FROM ledger_entries WHERE batch_id = $1 GROUP BY xmin
       UNION ALL SELECT 'dose', xmin::text, count(*) FROM current_doses WHERE person_id = $2 GROUP BY xmin
       UNION ALL SELECT 'head', xmin::text, count(*) FROM ledger_heads WHERE person_id = $2 GROUP BY xmin
       UNION ALL SELECT 'act', xmin::text, count(*) FROM audit_acts
         WHERE act = 'intake.committed' AND details->>'batch' = $1::text AND details->>'rules' = $3 GROUP BY xmin
       UNION ALL SELECT 'news', xmin::text, count(*) FROM outbox
         WHERE topic = 'vaccinations.changed' AND subject_id = $2::text GROUP BY xmin`,
      [batchId, personId, rules.version],
    );
    return rows;
  });
  assert.deepEqual(Object.fromEntries(written.map(({ kind, n }) => [kind, n])), {
    entry: 2,
    dose: 2,
    head: 1,
    act: 1,
    news: 1,
  });
  assert.equal(new Set(written.map(({ xid }) => xid)).size, 1, 'more than one transaction');
});

test('登録の途中で書けないものがあれば、何も残らない', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await receive([{ 整理番号: number }]);
  await asOwner(`CREATE FUNCTION refuse_news() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$`);
  await asOwner('CREATE TRIGGER refuse_news BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION refuse_news()');
  try {
    await assert.rejects(commitBatch(context, batchId, { rules }), /full/u);
  } finally {
    await asOwner('DROP TRIGGER refuse_news ON outbox');
    await asOwner('DROP FUNCTION refuse_news()');
  }
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${personId}`), 0);
  assert.equal(await office.count(`current_doses WHERE person_id = ${personId}`), 0);
  assert.equal(await office.count(`ledger_heads WHERE person_id = ${personId}`), 0);
  assert.equal(await office.count(`audit_acts WHERE act = 'intake.committed' AND details->>'batch' = '${batchId}'`), 0);
  assert.equal(await office.count(`intake_batches WHERE batch_id = ${batchId} AND state = 'committed'`), 0);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 1 });
});

test('登録と取消は進み具合を告げ、途中で止めれば何も変わらない', async () => {
  const [one, two] = [await office.newChild(), await office.newChild()];
  const batchId = await receive([{ 整理番号: one.number }, { 整理番号: two.number }]);
  const entries = (): Promise<number> =>
    office.count(`ledger_entries WHERE person_id IN (${one.personId}, ${two.personId})`);
  const stopping = {
    ...context,
    onProgress: (done: number): void => {
      if (done > 0) throw new RunStopped('stop');
    },
  };
  await assert.rejects(commitBatch(stopping, batchId, { rules }), RunStopped);
  assert.equal(await entries(), 0);
  assert.equal(await office.count(`intake_batches WHERE batch_id = ${batchId} AND state = 'committed'`), 0);

  const told: [number, number | null][] = [];
  const telling = { ...context, onProgress: (...progress: [number, number | null]) => void told.push(progress) };
  assert.deepEqual(await commitBatch(telling, batchId, { rules }), { committed: 2 });
  assert.deepEqual(told.splice(0), [
    [0, 2],
    [2, 2],
  ]);

  await assert.rejects(undoBatch(stopping, batchId, '差し替え'), RunStopped);
  assert.equal(await entries(), 2, 'a retraction is an entry too');
  assert.deepEqual(await undoBatch(telling, batchId, '差し替え'), { retracted: 2 });
  assert.deepEqual(told, [[2, 2]]);
  assert.equal(await entries(), 4);
});

test('二人が同時に登録しても一度だけ入り、もう一人には一文で分かる', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await receive([{ 整理番号: number }]);
  const answers = await Promise.allSettled([
    commitBatch(context, batchId, { rules }),
    commitBatch(intakeContext(base.db, base.lgCode), batchId, { rules }),
  ]);
  const done = answers.filter((answer) => answer.status === 'fulfilled');
  const refused = answers.filter((answer) => answer.status === 'rejected');
  assert.deepEqual(
    done.map(({ value }) => value),
    [{ committed: 1 }],
  );
  assert.equal(refused.length, 1);
  assert.ok(refused[0]?.reason instanceof Conflict);
  assert.match(refused[0].reason.message, /すでに台帳に登録されています/u);
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${personId}`), 1);
});

test('登録できる行のない受付は、登録しても変わらない', async () => {
  const batchId = await receive([{ 整理番号: '9999999999' }]);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 0 });
  assert.equal(await office.count(`intake_batches WHERE batch_id = ${batchId} AND state = 'checked'`), 1);
});

test('確認のあとで住民情報が変わった行は、開いたまま登録が止まる', async () => {
  const [gone, stays] = [await office.newChild(), await office.newChild()];
  const batchId = await receive([{ 整理番号: gone.number }, { 整理番号: stays.number }]);
  await withMunicipality(base.db, base.lgCode, ({ client }) =>
    client.query(
      `UPDATE persons SET ceased_resident_on = '2026-04-01', ceased_reason = 'movedOut', version = version + 1
       WHERE person_id = $1`,
      [gone.personId],
    ),
  );
  await assert.rejects(commitBatch(context, batchId, { rules }), (error: unknown) => {
    assert.ok(error instanceof Conflict);
    assert.match(error.message, /1 行の判定が変わりました/u);
    return true;
  });
  assert.equal(await office.count(`ledger_entries WHERE batch_id = ${batchId}`), 0);
  assert.equal(
    await office.count(`intake_rows WHERE batch_id = ${batchId} AND 'personMovedOutBefore' = ANY(question_codes)`),
    1,
  );
  // The other row is still good: asked again, it alone is entered.
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 1 });
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${stays.personId}`), 1);
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${gone.personId}`), 0);
});

test('確認のあとで台帳に同じ接種が入った行は、二度は入らない', async () => {
  const { number, personId } = await office.newChild();
  const first = await receive([{ 整理番号: number, 画像ファイル名: 'A.tif' }]);
  const second = await receive([{ 整理番号: number, 画像ファイル名: 'B.tif' }]);
  assert.deepEqual(await commitBatch(context, first, { rules }), { committed: 1 });
  await assert.rejects(commitBatch(context, second, { rules }), Conflict);
  assert.equal(
    await office.count(`intake_rows WHERE batch_id = ${second} AND question_codes = '{alreadyInLedger}'`),
    1,
  );
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${personId}`), 1);
});

test('登録取消で台帳は元に戻り、記録は残り、同じファイルはまた受け付けられる', async () => {
  const { number, personId } = await office.newChild();
  const rows = [{ 整理番号: number, 画像ファイル名: 'undo.tif' }];
  const batchId = await receive(rows);
  await commitBatch(context, batchId, { rules });
  assert.deepEqual(await undoBatch(context, batchId, '別の自治体のファイル'), { retracted: 1 });
  assert.equal(await office.count(`current_doses WHERE person_id = ${personId}`), 0);
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${personId} AND kind = 'entry'`), 1);
  assert.equal(
    await office.count(
      `ledger_entries WHERE person_id = ${personId} AND kind = 'retraction' AND reason = '別の自治体のファイル'`,
    ),
    1,
  );
  await assert.rejects(undoBatch(context, batchId, 'もう一度'), /すでに登録を取り消されています/u);
  await assert.rejects(commitBatch(context, batchId, { rules }), Conflict);
  const again = await receive(rows);
  assert.notEqual(again, batchId);
  assert.deepEqual(await commitBatch(context, again, { rules }), { committed: 1 });
  const { differences } = await verifyLedger(base.db, base.lgCode);
  assert.equal(differences, 0);
});

test('登録されていない受付は取り消せない', async () => {
  const { number } = await office.newChild();
  const batchId = await receive([{ 整理番号: number }]);
  await assert.rejects(undoBatch(context, batchId, '誤り'), /まだ台帳に登録されていません/u);
});

test('確認のあとできまりが変わった受付は、新しいきまりで見直してから登録する', async () => {
  const [early, late] = [await office.newChild(), await office.newChild()];
  const batchId = await receive([{ 整理番号: early.number }, { 整理番号: late.number, 接種年月日: '20260520' }]);
  // Born on 10 January 2026: from 2 months, 15 April is lawful; from 4 months (9 May) it is not, 20 May still is.
  const changed = await changedRules(
    'windows.csv',
    'dpt-ipv-hib,dpt-ipv-hib,primary booster,,2024-04-01,,m(2)',
    'dpt-ipv-hib,dpt-ipv-hib,primary booster,,2024-04-01,,m(4)',
  );
  assert.notEqual(changed.version, rules.version);
  await assert.rejects(commitBatch(context, batchId, { rules: changed }), (error) => {
    assert.ok(error instanceof Conflict);
    assert.match(error.message, /きまりが変わり、1 行の判定が変わりました/u);
    return true;
  });
  assert.equal(await office.count(`ledger_entries WHERE batch_id = ${batchId}`), 0);
  assert.deepEqual(await commitBatch(context, batchId, { rules: changed }), { committed: 1 });
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${early.personId}`), 0);
  assert.equal(await office.count(`ledger_entries WHERE person_id = ${late.personId}`), 1);
});
