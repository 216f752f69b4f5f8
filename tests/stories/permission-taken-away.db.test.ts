import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { importResidents } from '#addressees/persons';
import { type Actor, asJob, createOrderTask, ensureDemonstrationStaff, requirePermission } from '#common-base/access';
import { listActs } from '#common-base/audit';
import type { ExportSet } from '#common-base/oversight';
import { getDay, type PersonId, type StaffId } from '#kernel';
import { createCohort, createPrintTask, getPrintJob, printTask, resumePrintJob, startPrintJob } from '#ledger/notices';
import { getRun, orderRun, type RunningWorker, runWorker } from '#platform/jobs';
import { createLog } from '#platform/log';
import { type Tx, withMunicipality } from '#platform/postgres';
import { findStaff } from '../../src/common-base/access/staff-store.ts';
import { exportKind } from '../../src/common-base/oversight/kinds.ts';
import { makeExport } from '../../src/common-base/oversight/make-export.ts';
import { parseOversightSettings } from '../../src/common-base/oversight/oversight-settings.ts';
import type { ProvisionBasis } from '../../src/common-base/oversight/provisions/parse-provisions.ts';
import { insertExport, insertMedium } from '../../src/common-base/oversight/store.ts';
import { loadDemonstrationSettings, residentFeed, testActor, testClock } from '../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { olderResident, openTestLibrary } from '../support/notices.ts';

const today = getDay(2026, 11, 21);
let t: TestDatabase;
let worker: RunningWorker | undefined;

const inOffice = <T>(work: (tx: Tx) => Promise<T>) => withMunicipality(t.db, t.lgCode, work);

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  await ensureDemonstrationStaff(t.db, { lgCode: t.lgCode, isDemonstration: true });
});
beforeEach(() => setDuties('tantou', ['clerk']));
after(() => t.close());

async function staffIdOf(accountName: string): Promise<StaffId> {
  const { rows } = await inOffice(({ client }) =>
    client.query<{ staff_id: StaffId }>('SELECT staff_id FROM staff_members WHERE account_name = $1', [accountName]),
  );
  assert.ok(rows[0] !== undefined);
  return rows[0].staff_id;
}

/** What an administrator's change of duties writes, here in the middle of somebody's work. */
async function setDuties(accountName: string, roles: readonly string[]): Promise<void> {
  await inOffice(({ client }) =>
    client.query('UPDATE staff_members SET roles = $2 WHERE account_name = $1', [accountName, roles]),
  );
}

async function clerkNow(): Promise<Actor> {
  return asJob(t.db, t.lgCode, { job: 'test', startedBy: await staffIdOf('tantou') });
}

async function endOf(runId: number) {
  for (;;) {
    const run = await inOffice((tx) => getRun(tx, runId));
    if (run.state !== 'running' && run.state !== 'waiting') return run;
    await sleep(30);
  }
}

async function refusals(): Promise<string[]> {
  const { acts } = await inOffice((tx) => listActs(tx, { act: 'access.refused' }));
  return acts.map(({ details }) => String(details['where']));
}

test('頼んだ長い処理は、使っている権限が途中でなくなれば次の報告で止まり、何も残さない', async () => {
  let isEnded = false;
  const task = createOrderTask(testClock, async ({ action, handle }) => {
    requirePermission(action.actor, 'intake.commit');
    await setDuties('tantou', ['auditor']);
    for (let page = 1; page <= 100; page += 1) {
      await sleep(20);
      await handle.report({ done: page });
    }
    isEnded = true;
    return {};
  });
  worker = await runWorker(t.db, { 'test.work': task }, createLog('test', 'silent'));
  try {
    const startedBy = await staffIdOf('tantou');
    const asked = { task: 'test.work', label: '試験', params: {}, back: '/', reason: '照会', askedFrom: '10.0.0.1' };
    const runId = await inOffice((tx) => orderRun(tx, { ...asked, startedBy, file: null }));
    const run = await endOf(runId);
    assert.deepEqual([run.state, isEnded], ['failed', false]);
    assert.match(run.message, /「台帳への登録」の権限が処理の途中でなくなったため/u);
    assert.ok((await refusals()).includes(`test.work ${runId}`));
  } finally {
    await worker.stop();
  }
});

test('持ち出しのファイルは、作る途中で権限がなくなれば次のページで止まり、ファイルも記録も残らない', async () => {
  let pages = 0;
  const set: ExportSet = {
    ...{ key: 'test', nameJa: '試験', dayNameJa: '日', columns: [{ key: 'name', nameJa: '氏名' }] },
    async *readPages() {
      for (pages = 1; pages <= 3; pages += 1) {
        if (pages === 2) await setDuties('tantou', ['auditor']);
        yield [{ personId: 1 as PersonId, values: { name: '若葉' } }];
      }
    },
  };
  const rules = {
    ...{ sets: [set], settings: parseOversightSettings(undefined) },
    bases: [{ id: 'export-contractor' } as ProvisionBasis],
  };
  const actor = await clerkNow();
  const at = testClock.now();
  const exportId = await inOffice(async (tx) => {
    const staffId = await staffIdOf('tantou');
    const requester = await findStaff(tx, staffId);
    const mediumId = await insertMedium(tx, { label: 'USB-1', kind: 'usbMemory', by: staffId }, at);
    assert.ok(requester !== undefined && mediumId !== undefined);
    const span = { setKey: 'test', columns: ['name'], dayFrom: null, dayTo: null, mediumId, recipient: '課' };
    const provision = 'export-contractor';
    const id = await insertExport(
      tx,
      { ...span, provision, eraseBy: '2026-12-20', reason: '試験', requestedBy: staffId },
      at,
    );
    await exportKind(() => Promise.resolve([set])).carryOut(
      tx,
      { requester, approver: actor, at, requestId: 1, reason: '' },
      { exportId: id },
    );
    return id;
  });
  await assert.rejects(makeExport({ db: t.db, actor, clock: testClock }, rules, exportId), {
    name: 'NotPermitted',
    message: /「データの持ち出しの申請・作成」の権限が処理の途中でなくなったため/u,
  });
  assert.equal(pages, 2, 'the second page was read and not written');
  const left = await inOffice(({ client }) =>
    client.query(`SELECT 1 FROM oversight_events WHERE event = 'made' UNION ALL SELECT 1 FROM files`),
  );
  assert.equal(left.rowCount, 0);
});

test('印刷は、権限がなくなれば次のページで止まる。済んだファイルは残り、権限のある人が続きから再開できる', async () => {
  const people = Array.from({ length: 40 }, (_, i) => olderResident(i + 1));
  const operator = { db: t.db, actor: { ...testActor(t.lgCode, ['persons.import']), staffId: null }, clock: testClock };
  await importResidents(operator, residentFeed(people), { isChanges: false, asOf: today });
  const library = await openTestLibrary();
  const context = { db: t.db, actor: await clerkNow(), clock: testClock, library };
  const key = { programme: 'influenza-older', stage: 'seasonal', layoutId: 'screening-influenza-older' };
  const { cohortId } = await createCohort(context, { label: '冬', conditions: { ...key, asOf: today, dueBy: today } });
  const { printJobId, runId } = await startPrintJob(context, { cohortId, issuedOn: today, pagesPerFile: 1 });
  const tools = {
    ...{ library, clock: testClock },
    // Asked after the first look at the permissions, before the first page.
    async rulesOf() {
      if (!isResumed) await setDuties('tantou', ['auditor']);
      return library.rules;
    },
  };
  let isResumed = false;
  worker = await runWorker(t.db, { [printTask]: createPrintTask(tools) }, createLog('test', 'silent'));
  try {
    const run = await endOf(runId);
    assert.equal(run.state, 'failed');
    assert.match(run.message, /「予診票・通知の印刷」の権限が処理の途中でなくなったため/u);
    const chief = await asJob(t.db, t.lgCode, { job: 'test', startedBy: await staffIdOf('kakaricho') });
    const jobNow = () => inOffice((tx) => getPrintJob(tx, chief, printJobId));
    const formsNow = async () => (await inOffice(({ client }) => client.query('SELECT 1 FROM issued_forms'))).rowCount;
    const { pagesPrinted } = await jobNow();
    // Half a second after the work began: a busy machine may not have printed a page by then.
    assert.ok(pagesPrinted < 40, String(pagesPrinted));
    assert.equal(await formsNow(), pagesPrinted, 'no number without a page');
    assert.ok((await refusals()).includes(`${printTask} ${printJobId}`));

    isResumed = true;
    await resumePrintJob({ ...context, actor: chief }, printJobId);
    assert.equal((await endOf(runId)).state, 'done');
    assert.deepEqual([(await jobNow()).pagesPrinted, await formsNow()], [40, 40]);
  } finally {
    await worker.stop();
  }
});
