import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import type { BatchId } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { type TestDatabase } from '../../../tests/support/database.ts';
import { type ClinicRow, clinicFeed, intakeAsOf } from '../../../tests/support/intake.ts';
import { type IntakeOffice, openIntakeOffice } from '../../../tests/support/intake-office.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { receiveBatch } from './receive-batch.ts';
import { sendBackBatch } from './undo-batch.ts';
import { writeFindingsCsv } from './write-findings-csv.ts';

let office: IntakeOffice;
let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;

before(async () => {
  office = await openIntakeOffice();
  ({ base, context, rules } = office);
  const people = Array.from({ length: 30 }, (_, i) => ({ addresseeNumber: String(i + 1).padStart(10, '0') }));
  await insertTestPeople(base.db, base.lgCode, people);
});
after(() => base.close());

async function receive(rows: readonly ClinicRow[]) {
  const options = { rules, asOf: intakeAsOf };
  return receiveBatch(context, clinicFeed(rows), options);
}

async function findingsOf(batchId: BatchId): Promise<string> {
  let text = '';
  await withMunicipality(base.db, base.lgCode, async (tx) => {
    for await (const piece of writeFindingsCsv(tx, context.actor, batchId)) text += piece;
  });
  return text;
}

test('受け付けただけでは台帳に何も入らず、だれがいつ受け付けたかが残る', async () => {
  const result = await receive([
    { 整理番号: '0000000001', 画像ファイル名: '1.tif' },
    { 整理番号: '0000000002', ロット番号: '' },
    { 整理番号: '0000000003', 接種年月日: '20261231' },
    { 整理番号: '0000000004', 実施区分: '2', ロット番号: '', ワクチンメーカーコード: '', 接種量: '' },
  ]);
  assert.deepEqual(
    [result.rows, result.accepted, result.questioned, result.refused, result.committed],
    [4, 2, 1, 1, 0],
  );
  assert.equal(await office.count('ledger_entries'), 0);
  assert.equal(await office.count("outbox WHERE topic = 'vaccinations.changed'"), 0);
  assert.equal(
    await office.count(
      `audit_acts WHERE act = 'intake.checked' AND details->>'batch' = '${result.batchId}' AND details->>'accepted' = '2'`,
    ),
    1,
  );
  assert.equal(
    await office.count(
      `audit_acts WHERE act = 'intake.received' AND details->>'batch' = '${result.batchId}' AND details->>'rules' = '${rules.version}'`,
    ),
    1,
  );
});

test('同じファイルをもう一度受け付けても何も変わらず、前の受付を示す', async () => {
  const rows = [{ 整理番号: '0000000005', 画像ファイル名: 'same.tif' }];
  const first = await receive(rows);
  const batches = await office.count('intake_batches');
  const again = await receive(rows);
  assert.equal(again.repeated, true);
  assert.deepEqual([again.batchId, again.rows, again.accepted], [first.batchId, 1, 1]);
  assert.equal(await office.count('intake_batches'), batches);
});

test('二人が同時に同じファイルを受け付けても、受付は一つになる', async () => {
  const rows = [{ 整理番号: '0000000006', 画像ファイル名: 'twice.tif' }];
  const both = await Promise.all([receive(rows), receive(rows)]);
  assert.equal(new Set(both.map(({ batchId }) => batchId)).size, 1);
  assert.equal(both.filter(({ repeated }) => repeated === true).length, 1);
});

test('一人の行は、ファイルのどこにあっても、日の順に台帳とともに判定される', async () => {
  const others = Array.from({ length: 12 }, (_, i) => ({ 整理番号: String(i + 10).padStart(10, '0') }));
  const result = await receive([
    { 整理番号: '0000000007', 回数: '2', 接種年月日: '20260520' },
    ...others,
    { 整理番号: '0000000007', 回数: '1', 接種年月日: '20260415' },
    // Nineteen clear days after the first: one day short of the legal twenty.
    { 整理番号: '0000000008', 回数: '2', 接種年月日: '20260505' },
    { 整理番号: '0000000008', 回数: '1', 接種年月日: '20260415' },
  ]);
  const lines = (await findingsOf(result.batchId)).split('\r\n');
  assert.equal(lines[1], '1,accepted,,');
  assert.equal(lines[14], '14,accepted,,');
  assert.match(lines[15] ?? '', /^15,questioned,intervalTooShort,/u);
  assert.equal(lines[16], '16,accepted,,');
});

test('一人の行が離れていて読み直すファイルも、答えは一度に読むファイルと同じになる', async () => {
  const rows: ClinicRow[] = [
    { 整理番号: '0000000022', 回数: '2', 接種年月日: '20260520' },
    { 整理番号: '9999999999' },
    { 整理番号: '0000000023', 氏名カナ: 'ベツ　ジン' },
    { 整理番号: '0000000022', 回数: '1' },
    { 整理番号: '0000000023', ロット番号: '' },
    { 整理番号: '', 接種年月日: '20260431' },
    { 整理番号: '0000000024', 医師名: '"引用 ""医師\\"' },
  ];
  const answers: string[] = [];
  for (const rowsWaitingMax of [60_000, 1]) {
    const named = rows.map((row) => ({ ...row, 画像ファイル名: `${rowsWaitingMax}.tif` }));
    const result = await receiveBatch(context, clinicFeed(named), { rules, asOf: intakeAsOf, rowsWaitingMax });
    answers.push(await findingsOf(result.batchId));
    // The second batch would say of every row that the first holds it too.
    await sendBackBatch(context, result.batchId, '試験');
  }
  assert.equal(answers[0]?.split('\r\n').length, rows.length + 2);
  assert.equal(answers[1], answers[0]);
});
