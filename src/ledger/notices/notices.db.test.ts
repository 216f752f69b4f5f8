import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { importResidents, loadPersonsForJudging } from '#addressees/persons';
import { listActsForPerson } from '#common-base/audit';
import { type Day, getDay, type PersonId } from '#kernel';
import { cancelForm, findForm, loadFormsOfPeople } from '#ledger/forms';
import { appendEntries } from '#ledger/vaccinations';
import { readRulesFolder } from '#platform/files';
import { getRun, requestStop } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { parseRules } from '#schedule';
import {
  loadDemonstrationSettings,
  residentFeed,
  type TestResident,
  testActor,
  testClock,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { doseOfApril } from '../../../tests/support/ledger.ts';
import {
  createCohort,
  getCohort,
  getPrintJob,
  type NoticeContext,
  openNoticeLibrary,
  printForPerson,
  readPrintFile,
  resumePrintJob,
  runPrintJob,
  startPrintJob,
} from './index.ts';

const folder = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const issuedOn = getDay(2026, 11, 21);
const layoutId = 'screening-influenza-older';
const conditions = { programme: 'influenza-older', stage: 'seasonal', asOf: issuedOn, dueBy: issuedOn, layoutId };
const allowed = ['notices.view', 'notices.print', 'forms.reissue', 'jobs.stop', 'persons.import'] as const;

let t: TestDatabase;
let context: NoticeContext;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const rules = parseRules(await readRulesFolder(folder('rules')));
  const library = await openNoticeLibrary({ rules, formsFolder: folder('rules/forms') });
  context = { db: t.db, actor: testActor(t.lgCode, allowed), clock: testClock, library };
  await importResidents(context, residentFeed(residents), { isChanges: false, asOf: issuedOn });
});
after(() => t.close());

const older = (n: number, more: Partial<TestResident> = {}): TestResident => ({
  整理番号: String(n).padStart(10, '0'),
  氏名漢字: `若葉　試験${n}`,
  世帯番号: String(n).padStart(9, '0'),
  ...more,
});

const residents: TestResident[] = [
  older(1, { 郵便番号: '2990013' }),
  older(2, { 郵便番号: '2990011', 氏名漢字: '外\u{e123}字　太郎' }),
  older(3, { 郵便番号: '2990012' }),
  older(4, { 死亡年月日: '20261101' }),
  older(5, { 支援措置: '1' }),
  older(6, { 生年月日: '20200401' }),
  older(7, { 郵便番号: '2990010' }),
  older(8, { 郵便番号: '2990014' }),
];

async function personOf(n: number): Promise<PersonId> {
  return withMunicipality(t.db, t.lgCode, async (tx) => {
    const [person] = await loadPersonsForJudging(tx, { addresseeNumbers: [String(n).padStart(10, '0')] });
    assert.ok(person !== undefined);
    return person.personId;
  });
}

async function vaccinate(personId: PersonId, vaccinatedOn: Day): Promise<void> {
  const key = { programme: 'influenza-older', stage: 'seasonal', product: 'flu' };
  const fact = { ...doseOfApril(personId), vaccinatedOn, ...key, items: {} };
  await withMunicipality(t.db, t.lgCode, (tx) =>
    appendEntries(tx, context.actor, [fact], { act: 'vaccinations.entered' }),
  );
}

let cohortId: number;

test('対象者を抽出して凍結し、入った理由と外れた理由を人数で示す', async () => {
  const counts = await createCohort(context, { label: '高齢者 11月', conditions });
  cohortId = counts.cohortId;
  assert.equal(counts.included, 5);
  const people = Object.fromEntries(counts.reasons.map((reason) => [reason.reason, reason.people]));
  assert.deepEqual(people, { due: 5, dead: 1, protected: 1, tooEarly: 1 });
  const cohort = await withMunicipality(t.db, t.lgCode, (tx) => getCohort(tx, context.actor, cohortId));
  assert.equal(cohort.rulesVersion, context.library.rules.version);
  assert.equal(cohort.included + cohort.excluded, residents.length);
});

test('印刷は止められ、続きから始まり、郵便番号の順で、間に接種した人を引き抜く', async () => {
  const vaccinated = await personOf(8);
  const { printJobId, runId } = await startPrintJob(context, { cohortId, issuedOn, pagesPerFile: 2 });
  await withMunicipality(t.db, t.lgCode, (tx) => requestStop(tx, runId));
  await runPrintJob(context, printJobId);
  const stopped = await jobOf(printJobId);
  assert.equal(stopped.state, 'stopped');
  assert.equal(stopped.files.length, 1, 'the file under way was finished');

  await runPrintJob(context, printJobId);
  assert.equal((await jobOf(printJobId)).files.length, 1, 'a stopped job waits for a person');

  await vaccinate(vaccinated, getDay(2026, 11, 20));
  await resumePrintJob(context, printJobId);
  await runPrintJob(context, printJobId);
  const job = await jobOf(printJobId);
  assert.equal(job.state, 'finished');
  assert.equal(job.pagesPrinted, 4);
  assert.deepEqual(
    job.exclusions.map(({ reason, people }) => [reason, people]),
    [['vaccinatedMeanwhile', 1]],
  );
  assert.deepEqual(
    job.files.map(({ part, pages, firstPostalCode, lastPostalCode }) => [part, pages, firstPostalCode, lastPostalCode]),
    [
      [1, 2, '2990010', '2990011'],
      [2, 2, '2990012', '2990013'],
      [3, 0, null, null],
    ],
  );
  const [page] = job.pageFindings;
  assert.deepEqual([page?.part, page?.page, page?.findings[0]?.code], [1, 2, 'printedCharacterMissing']);

  await runPrintJob(context, printJobId);
  assert.equal((await jobOf(printJobId)).pagesPrinted, 4, 'a finished job prints nothing again');
  assert.equal((await withMunicipality(t.db, t.lgCode, (tx) => getRun(tx, runId))).state, 'done');

  const { content, mediaType } = await readPrintFile(context, job.files[0]?.fileId ?? 0);
  assert.equal(mediaType, 'application/pdf');
  assert.equal(content.subarray(0, 5).toString(), '%PDF-');
});

test('使える予診票を持つ人は、次の抽出で名前つきで外れる', async () => {
  const counts = await createCohort(context, { label: '高齢者 再', conditions });
  const people = Object.fromEntries(counts.reasons.map((reason) => [reason.reason, reason.people]));
  assert.equal(counts.included, 0);
  assert.equal(people['alreadyIssued'], 4);
  await assert.rejects(startPrintJob(context, { cohortId: counts.cohortId, issuedOn }), /対象者がいません/u);
});

test('再発行は新しい番号を出し、前の番号を無効にする', async () => {
  const personId = await personOf(1);
  const request = { personId, layoutId, issuedOn, reason: '紛失' };
  const mayNotReissue = { ...context, actor: testActor(t.lgCode, ['notices.print']) };
  await assert.rejects(printForPerson(mayNotReissue, request), { name: 'NotPermitted' });
  const printed = await printForPerson(context, request);
  assert.equal(printed.cancelledNumbers.length, 1);
  await withMunicipality(t.db, t.lgCode, async (tx) => {
    const old = await findForm(tx, printed.cancelledNumbers[0] ?? '');
    assert.equal(old?.state, 'reissued');
    assert.equal(old.replacedBy, printed.formNumber.replaceAll('-', ''));
    assert.equal(old.changeReason, '紛失');
    const current = await findForm(tx, `A${printed.formNumber}A`);
    assert.equal(current?.state, 'issued');
    assert.equal(current.issueReason, 'reissue');
    assert.equal((await loadFormsOfPeople(tx, [personId])).length, 2);
  });
});

test('印刷と再発行は、だれの分をだれが印刷したかとして記録に残る', async () => {
  const personId = await personOf(1);
  const { acts } = await withMunicipality(t.db, t.lgCode, (tx) => listActsForPerson(tx, personId));
  const kinds = acts.map((act) => act.act);
  assert.equal(kinds.filter((kind) => kind === 'notices.printed').length, 2, 'once with the cohort, once alone');
  assert.ok(kinds.includes('notices.cohortCreated'));
});

test('途中で落ちた印刷は、やり直すと欠けも重なりもなく終わる', async () => {
  const people = [21, 22, 23, 24, 25].map((n) => older(n));
  await importResidents(context, residentFeed(people, 'more.csv'), { isChanges: true, asOf: issuedOn });
  const { cohortId: fresh, included } = await createCohort(context, { label: '追加分', conditions });
  assert.equal(included, 5);
  const { printJobId } = await startPrintJob(context, { cohortId: fresh, issuedOn, pagesPerFile: 2 });
  const dying = {
    ...context,
    onProgress: () => {
      throw new Error('the process died');
    },
  };
  await assert.rejects(runPrintJob(dying, printJobId), /died/u);
  assert.equal((await jobOf(printJobId)).state, 'failed');
  await runPrintJob(context, printJobId);
  const job = await jobOf(printJobId);
  assert.equal(job.state, 'finished');
  assert.deepEqual(
    job.files.map(({ pages }) => pages),
    [2, 2, 1],
  );
  for (const n of [21, 22, 23, 24, 25]) {
    const personId = await personOf(n);
    const forms = await withMunicipality(t.db, t.lgCode, (tx) => loadFormsOfPeople(tx, [personId]));
    assert.equal(forms.length, 1, `${n}`);
  }
});

test('取り消した番号は一度だけ変わり、二度目は断る', async () => {
  const personId = await personOf(3);
  const [form] = await withMunicipality(t.db, t.lgCode, (tx) => loadFormsOfPeople(tx, [personId]));
  const formNumber = form?.formNumber ?? '';
  const request = { personId, formNumber, reason: '誤送付' };
  const another = { ...request, personId: await personOf(1) };
  await assert.rejects(cancelForm(context, another), { name: 'NotFound' });
  await cancelForm(context, request);
  await assert.rejects(cancelForm(context, request), { name: 'Conflict' });
  const found = await withMunicipality(t.db, t.lgCode, (tx) => findForm(tx, formNumber));
  assert.equal(found?.state, 'cancelled');
});

test('印刷できない人は理由を言って断り、番号も残らない', async () => {
  const request = { layoutId, issuedOn, reason: '窓口' };
  const personId = await personOf(5);
  await assert.rejects(printForPerson(context, { ...request, personId }), /支援措置/u);
  await assert.rejects(async () => printForPerson(context, { ...request, personId: await personOf(4) }), /死亡/u);
  await assert.rejects(
    async () => printForPerson(context, { ...request, personId: await personOf(8) }),
    /接種が終わっている/u,
  );
  // Six years old: a slip in the list of forms must not give a child the form for the old.
  await assert.rejects(async () => printForPerson(context, { ...request, personId: await personOf(6) }), /ずっと先/u);
  assert.deepEqual(await withMunicipality(t.db, t.lgCode, (tx) => loadFormsOfPeople(tx, [personId])), []);
});

test('ほかの自治体の番号は見えず、事実は書き換えられない', async () => {
  const personId = await personOf(1);
  const [form] = await withMunicipality(t.db, t.lgCode, (tx) => loadFormsOfPeople(tx, [personId]));
  const formNumber = form?.formNumber ?? '';
  assert.equal(await withMunicipality(t.db, t.other, (tx) => findForm(tx, formNumber)), undefined);
  for (const table of ['issued_forms', 'form_changes', 'cohort_members', 'print_outcomes', 'print_files']) {
    for (const sql of [`UPDATE ${table} SET lg_code = lg_code`, `DELETE FROM ${table}`]) {
      await assert.rejects(
        withMunicipality(t.db, t.lgCode, ({ client }) => client.query(sql)),
        { code: '42501' },
        sql,
      );
    }
  }
});

function jobOf(printJobId: number) {
  return withMunicipality(t.db, t.lgCode, (tx) => getPrintJob(tx, context.actor, printJobId));
}
