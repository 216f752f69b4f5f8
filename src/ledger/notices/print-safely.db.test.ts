import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { importResidents, loadPersonsForJudging, registerMailingAddress } from '#addressees/persons';
import { registerMunicipality } from '#common-base/municipalities';
import { getDay, type PersonId } from '#kernel';
import { loadFormsOfPeople } from '#ledger/forms';
import { getRun, runWorker } from '#platform/jobs';
import { createLog } from '#platform/log';
import { withMunicipality } from '#platform/postgres';
import {
  loadDemonstrationSettings,
  residentFeed,
  type TestResident,
  testActor,
  testClock,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { olderResident, openTestLibrary, textsOfPages } from '../../../tests/support/notices.ts';
import {
  createCohort,
  createPrintTask,
  getPrintJob,
  listFormLayouts,
  type NoticeContext,
  printForPerson,
  printTask,
  readPrintFile,
  runPrintJob,
  startPrintJob,
} from './index.ts';
import { listCohortPeople } from './list-cohort-people.ts';

const issuedOn = getDay(2026, 11, 21);
const layoutId = 'screening-influenza-older';
const conditions = { programme: 'influenza-older', stage: 'seasonal', asOf: issuedOn, dueBy: issuedOn, layoutId };
const allowed = ['notices.view', 'notices.print', 'persons.import', 'persons.view'] as const;

let t: TestDatabase;
let context: NoticeContext;
let files = 0;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const actor = { ...testActor(t.lgCode, [...allowed, 'persons.register']), staffId: null };
  context = { db: t.db, actor, clock: testClock, library: await openTestLibrary() };
});
after(() => t.close());

function arrive(residents: readonly TestResident[]) {
  files += 1;
  return importResidents(context, residentFeed(residents, `r${files}.csv`), { isChanges: true, asOf: issuedOn });
}

async function personOf(n: number): Promise<PersonId> {
  const addresseeNumbers = [String(n).padStart(10, '0')];
  const [person] = await withMunicipality(t.db, t.lgCode, (tx) => loadPersonsForJudging(tx, { addresseeNumbers }));
  assert.ok(person !== undefined);
  return person.personId;
}

function jobOf(printJobId: number) {
  return withMunicipality(t.db, t.lgCode, (tx) => getPrintJob(tx, context.actor, printJobId));
}

async function formsOf(n: number) {
  const personId = await personOf(n);
  return withMunicipality(t.db, t.lgCode, (tx) => loadFormsOfPeople(tx, [personId]));
}

async function paperOf(printJobId: number): Promise<string> {
  const pages: string[] = [];
  for (const { fileId } of (await jobOf(printJobId)).files) {
    if (fileId !== null) pages.push(...(await textsOfPages((await readPrintFile(context, fileId)).content)));
  }
  return pages.join('\n');
}

test('抽出の後に亡くなった人、転出した人、支援措置が始まった人には印刷せず、理由を残す', async () => {
  await arrive([1, 2, 3, 4, 5].map((n) => olderResident(n)));
  const { cohortId, included } = await createCohort(context, { label: '抽出の後の異動', conditions });
  assert.equal(included, 5);
  await arrive([
    olderResident(1, { 死亡年月日: '20261120' }),
    olderResident(2, { 住民でなくなった日: '20261120', 異動: '21', 異動年月日: '20261120' }),
    olderResident(3, { 支援措置: '1' }),
    olderResident(4, { 取消: '1' }),
  ]);
  const { printJobId } = await startPrintJob(context, { cohortId, issuedOn });
  await runPrintJob(context, printJobId);
  const job = await jobOf(printJobId);
  assert.equal(job.pagesPrinted, 1);
  assert.deepEqual(Object.fromEntries(job.exclusions.map(({ reason, people }) => [reason, people])), {
    dead: 1,
    movedOut: 1,
    protected: 1,
    cancelled: 1,
  });
  for (const n of [1, 2, 3, 4]) assert.deepEqual(await formsOf(n), [], `no number for ${n}`);
  const paper = await paperOf(printJobId);
  assert.ok(paper.includes('若葉試験5'));
  for (const n of [1, 2, 3, 4]) assert.ok(!paper.includes(`若葉試験${n}`), `nothing of ${n} is on paper`);

  // What was printed before the protection began shows where the person lives: nobody opens it any more.
  await arrive([olderResident(5, { 支援措置: '1' })]);
  await assert.rejects(paperOf(printJobId), { name: 'Conflict', message: /支援措置/u });
  // A 送付先 that is registered afterwards, also from a day before the printing, does not change what stands on the page.
  const personId = await personOf(5);
  const elsewhere = { recipientName: '後見人', postalCode: '1000001', address: '東京都千代田区一番', building: null };
  const from = { validFrom: getDay(2026, 1, 1), validTo: null };
  await withMunicipality(t.db, t.lgCode, (tx) =>
    registerMailingAddress(tx, context.actor, personId, { ...elsewhere, ...from }, testClock.now()),
  );
  await assert.rejects(paperOf(printJobId), { name: 'Conflict', message: /支援措置/u });
  await arrive([olderResident(5, { 支援措置: '0' })]);
  assert.ok((await paperOf(printJobId)).includes('若葉試験5'));
});

test('支援措置の人の住所は紙のどこにもなく、届け出た送付先だけが載る', async () => {
  const secret = '若葉台市秘密町九丁目99番9号';
  const home = { 住所: secret, 方書: 'かくれが荘', 郵便番号: '2990099', 世帯番号: '000000011' };
  await arrive([olderResident(11, { 支援措置: '1', ...home }), olderResident(12, home)]);
  const personId = await personOf(11);
  await withMunicipality(t.db, t.lgCode, (tx) =>
    registerMailingAddress(
      tx,
      context.actor,
      personId,
      {
        recipientName: '若葉法律事務所',
        postalCode: '2990077',
        address: '若葉台市中央一丁目1番1号',
        building: null,
        validFrom: getDay(2026, 1, 1),
        validTo: null,
      },
      testClock.now(),
    ),
  );
  const { cohortId, reasons } = await createCohort(context, { label: '支援措置', conditions });
  assert.equal(reasons.find(({ reason }) => reason === 'protected')?.people, 2, 'who lives there, and 3 of above');
  const outside = await withMunicipality(t.db, t.lgCode, (tx) =>
    listCohortPeople(tx, context.actor, cohortId, { isIncluded: false, after: null, limit: 10, asOf: issuedOn }),
  );
  const housemate = outside.people.find(({ member }) => member.reason === 'protected' && !member.isIncluded);
  assert.equal(housemate?.person.address, null, 'the list names them without their place');
  const mayNotSeePeople = testActor(t.lgCode, ['notices.view']);
  const page = { isIncluded: true, after: null, limit: 10, asOf: issuedOn };
  await assert.rejects(
    withMunicipality(t.db, t.lgCode, (tx) => listCohortPeople(tx, mayNotSeePeople, cohortId, page)),
    { name: 'NotPermitted' },
  );
  const { printJobId } = await startPrintJob(context, { cohortId, issuedOn });
  await runPrintJob(context, printJobId);
  assert.equal((await jobOf(printJobId)).pagesPrinted, 1);
  const paper = await paperOf(printJobId);
  assert.ok(paper.includes('若葉法律事務所様') && paper.includes('〒299-0077'));
  for (const hidden of ['秘密町', 'かくれが荘', '299-0099', '99番9号']) assert.ok(!paper.includes(hidden), hidden);
});

test('同じ抽出を同時に二つ印刷しても、一人に一枚、番号は重ならず欠けない', async () => {
  const people = Array.from({ length: 40 }, (_, i) => 100 + i);
  await arrive(people.map((n) => olderResident(n)));
  const { cohortId, included } = await createCohort(context, { label: '同時', conditions });
  assert.equal(included, 40);
  const start = () => startPrintJob(context, { cohortId, issuedOn, pagesPerFile: 4 });
  const [first, second] = [await start(), await start()];
  await Promise.all([runPrintJob(context, first.printJobId), runPrintJob(context, second.printJobId)]);
  const jobs = [await jobOf(first.printJobId), await jobOf(second.printJobId)];
  assert.equal(
    jobs.reduce((sum, job) => sum + job.pagesPrinted, 0),
    40,
  );
  assert.deepEqual(
    jobs.flatMap((job) => job.exclusions.map(({ reason }) => reason)).filter((reason) => reason !== 'alreadyIssued'),
    [],
  );
  const forms = (await Promise.all(people.map(formsOf))).flat();
  assert.equal(forms.length, 40);
  const serials = forms.map((form) => Number(form.formNumber.slice(0, 11))).toSorted((a, b) => a - b);
  assert.equal(new Set(serials).size, 40);
  assert.equal((serials.at(-1) ?? 0) - (serials[0] ?? 0), 39);
});

test('一冊のファイルの途中でも、何ページまで描いたかが処理の状況に出る', async () => {
  const people = Array.from({ length: 100 }, (_, i) => 501 + i);
  await arrive(people.map((n) => olderResident(n)));
  const { cohortId } = await createCohort(context, { label: '進みぐあい', conditions });
  const { printJobId, runId } = await startPrintJob(context, { cohortId, issuedOn });
  // Each look at this clock is two seconds later than the one before.
  let seconds = 0;
  const clock = { now: () => new Date(testClock.now().getTime() + 1000 * (seconds += 2)) };
  const printing = runPrintJob({ ...context, clock }, printJobId);
  const seen = new Set<number>();
  for (let isDone = false; !isDone; ) {
    const run = await withMunicipality(t.db, t.lgCode, (tx) => getRun(tx, runId));
    seen.add(run.done);
    isDone = run.state !== 'running';
  }
  await printing;
  assert.ok(
    [20, 40, 60, 80].some((pages) => seen.has(pages)),
    [...seen].join(' '),
  );
  assert.ok(seen.has(100));
});

test('字のない名前は、抜け落ちずに〓で印字され、どのページかが分かる', async () => {
  await arrive([olderResident(201, { 氏名漢字: '外\u{e123}字　太郎' }), olderResident(202)]);
  const { cohortId } = await createCohort(context, { label: '外字', conditions });
  const { printJobId } = await startPrintJob(context, { cohortId, issuedOn });
  await runPrintJob(context, printJobId);
  const job = await jobOf(printJobId);
  assert.equal(job.pagesWithFindings, 1);
  const [page] = job.pageFindings;
  assert.equal(page?.personId, await personOf(201));
  const [finding] = page.findings;
  assert.equal(finding?.code, 'printedCharacterMissing');
  assert.equal(finding.params['character'], '\u{e123}');
  const [, pdf = ''] = /外(.)字太郎様/u.exec(await paperOf(printJobId)) ?? [];
  assert.notEqual(pdf, '', 'a mark stands in the place of the character');
});

test('印刷を始めた職員の権限がなくなれば、待っていた印刷は一枚も出さずに止まる', async () => {
  await arrive([olderResident(301)]);
  const { cohortId } = await createCohort(context, { label: '権限', conditions });
  // Member 1 has no account here: as one whose account was taken away after the job was begun.
  const member = { ...context, actor: testActor(t.lgCode, allowed) };
  const { printJobId, runId } = await startPrintJob(member, { cohortId, issuedOn });
  const { rules } = context.library;
  const tools = { library: context.library, clock: testClock, rulesOf: () => Promise.resolve(rules) };
  const worker = await runWorker(t.db, { [printTask]: createPrintTask(tools) }, createLog('test', 'fatal'));
  try {
    let state = 'running';
    while (state === 'running') ({ state } = await withMunicipality(t.db, t.lgCode, (tx) => getRun(tx, runId)));
    assert.equal(state, 'failed');
    assert.match((await withMunicipality(t.db, t.lgCode, (tx) => getRun(tx, runId))).message, /権限/u);
  } finally {
    await worker.stop();
  }
  assert.equal((await jobOf(printJobId)).pagesPrinted, 0);
  assert.deepEqual(await formsOf(301), []);
});

test('自治体の様式の変更は紙に出て、誤った変更は場所を示して印刷を断る', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-settings-'));
  const changeForm = async (changes: object) => {
    await writeFile(join(folder, 'forms', `${layoutId}.json`), JSON.stringify(changes));
    await registerMunicipality(t.db, folder);
  };
  try {
    await cp(new URL('../../../settings/wakabadai', import.meta.url), folder, { recursive: true });
    await mkdir(join(folder, 'forms'));
    await arrive([olderResident(401), olderResident(402)]);
    await changeForm({ texts: { notice: '若葉台市だけの案内です。' } });
    const request = { layoutId, issuedOn, reason: '窓口' };
    const printed = await printForPerson(context, { ...request, personId: await personOf(401) });
    assert.match(await paperOf(printed.printJobId), /若葉台市だけの案内です。/u);

    await changeForm({ elements: { stamp: { size: 9 }, volume: { at: [200, 264, 26, 8] } } });
    const refusal = /stamp という要素はありません。.*用紙の外に出ています/su;
    await assert.rejects(
      async () => printForPerson(context, { ...request, personId: await personOf(402) }),
      (error: Error) => error.name === 'UnreadableInput' && refusal.test(error.message),
    );
    const layouts = await withMunicipality(t.db, t.lgCode, (tx) =>
      listFormLayouts(tx, context.library, getDay(2026, 11, 21)),
    );
    const faulty = layouts.find((layout) => layout.layoutId === layoutId);
    assert.deepEqual(
      faulty?.findings.map(({ code }) => code),
      ['layoutElementUnknown', 'layoutOutsidePage'],
    );
    assert.deepEqual(await formsOf(402), [], 'no number was used');
  } finally {
    await rm(folder, { recursive: true });
    await loadDemonstrationSettings(t.db);
  }
});
