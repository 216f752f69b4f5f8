import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchId } from '#kernel';
import { receiveBatch } from '#ledger/intake';
import { getRun } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { clinicFeed, contractClinic, intakeAsOf, intakeContext } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { openTestOffice, type TestOffice } from '../../../tests/support/office.ts';
import { StaffBrowser } from '../../../tests/support/staff-server.ts';

let office: TestOffice;
let chief: StaffBrowser;
let batchId: BatchId;

before(async () => {
  office = await openTestOffice('2026-11-21T09:00:00+09:00');
  const { db, lgCode } = office.database;
  const context = intakeContext(db, lgCode);
  await contractClinic(context);
  await insertTestPeople(db, lgCode, [
    { addresseeNumber: '0000000001' },
    { addresseeNumber: '0000000002', bornOn: '1950-04-01' },
  ]);
  const rules = await checkoutRules();
  ({ batchId } = await receiveBatch(context, clinicFeed([{}]), { rules, asOf: intakeAsOf }));
  chief = new StaffBrowser({ server: office.app.server, accounts: office.accounts, lgCode });
  await chief.signIn('kakaricho');
  await chief.post('/reason', { reason: 'other', otherReason: '月次の登録', next: '/' });
});
after(() => office.close());

const inOffice = <T>(sql: string): Promise<T[]> => {
  const { db, lgCode } = office.database;
  return withMunicipality(db, lgCode, async (tx) => (await tx.client.query(sql)).rows as T[]);
};

async function ended(location: string) {
  const runId = Number(/^\/jobs\/(\d+)$/u.exec(location)?.[1]);
  const { db, lgCode } = office.database;
  for (;;) {
    const run = await withMunicipality(db, lgCode, (tx) => getRun(tx, runId));
    if (run.state !== 'waiting' && run.state !== 'running') return run;
    await sleep(30);
  }
}

test('小さな登録はその場で終わって受付の画面に戻り、だれがどの理由で行ったかが残る', async () => {
  await chief.get(`/intake/${batchId}/commit`);
  const { headers, statusCode } = await chief.post(`/intake/${batchId}/commit`, {});
  assert.deepEqual([statusCode, headers.location], [303, `/intake/${batchId}`]);
  assert.match((await chief.get(`/intake/${batchId}`)).body, /1件を台帳に登録しました/u);
  const [act] = await inOffice<Record<string, unknown>>(
    `SELECT via, staff_name, reason, from_address FROM audit_acts WHERE act = 'intake.committed'`,
  );
  assert.deepEqual(act, { via: 'job', staff_name: '高橋 直樹', reason: '月次の登録', from_address: '10.0.0.1' });
});

test('できないことは処理の画面で理由を言い、受付の画面に戻れる', async () => {
  const { headers } = await chief.post(`/intake/${batchId}/commit`, {});
  const run = await ended(String(headers.location));
  assert.deepEqual([run.state, run.kind], ['failed', 'intake.commit']);
  const { body } = await chief.get(String(headers.location));
  assert.match(body, /すでに台帳に登録されています/u);
  assert.match(body, new RegExp(`href="/intake/${batchId}"[^>]*>もとの画面にもどる`, 'u'));
});

test('取消もワーカーが行い、理由が台帳に残る', async () => {
  await chief.get(`/intake/${batchId}/undo`);
  const { headers } = await chief.post(`/intake/${batchId}/undo`, { reason: '差し替えのため' });
  assert.equal(headers.location, `/intake/${batchId}`);
  assert.match((await chief.get(`/intake/${batchId}`)).body, /取り消されています/u);
  assert.deepEqual(await inOffice('SELECT close_reason FROM intake_batches'), [{ close_reason: '差し替えのため' }]);
});

test('対象者の人数を数え、決めるまで、画面は途切れない', async () => {
  const form = { label: '試験の抽出', layoutId: 'screening-influenza-older', asOf: '2026-11-21', dueBy: '2026-12-21' };
  await chief.get('/notices');
  const counted = await chief.post('/notices/preview', form);
  assert.match(String(counted.headers.location), /^\/notices\/counted\/\d+$/u);
  const page = await chief.follow(counted);
  assert.match(page.body, /試験の抽出/u);
  assert.match(page.body, /対象になる人がいません|人で決める/u);
  const kept = await chief.post('/notices/cohorts', form);
  assert.match(String(kept.headers.location), /^\/notices\/cohorts\/\d+$/u);
  assert.equal((await inOffice('SELECT 1 FROM cohorts')).length, 1);
  // Nobody counts by another kind of run.
  const [run] = await inOffice<{ run_id: number }>(`SELECT run_id FROM runs WHERE kind = 'intake.commit'`);
  assert.equal((await chief.get(`/notices/counted/${run?.run_id}`)).statusCode, 404);
});
