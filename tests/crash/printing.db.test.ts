import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { importResidents, loadPersonsForJudging } from '#addressees/persons';
import { getDay } from '#kernel';
import { loadFormsOfPeople } from '#ledger/forms';
import { createCohort, getPrintJob, type NoticeContext, readPrintFile, startPrintJob } from '#ledger/notices';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testClock } from '../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { olderResident, openTestLibrary, textsOfPages } from '../support/notices.ts';

const program = fileURLToPath(new URL('print-worker.ts', import.meta.url));
const issuedOn = getDay(2026, 11, 21);
const people = Array.from({ length: 60 }, (_, i) => i + 1);
const pagesPerFile = 6;

let t: TestDatabase;
let context: NoticeContext;
let worker: ChildProcess | undefined;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const actor = { ...testActor(t.lgCode, ['notices.view', 'notices.print', 'persons.import']), staffId: null };
  context = { db: t.db, actor, clock: testClock, library: await openTestLibrary() };
  const feed = residentFeed(people.map((n) => olderResident(n)));
  await importResidents(context, feed, { isChanges: false, asOf: issuedOn });
});
after(async () => {
  worker?.kill('SIGKILL');
  await t.close();
});

function jobOf(printJobId: number) {
  return withMunicipality(t.db, t.lgCode, (tx) => getPrintJob(tx, context.actor, printJobId));
}

/** Lets a worker print until so many files are whole, then a moment longer, and kills it without a word. */
async function printAndKill(printJobId: number, files: number, momentMs: number): Promise<void> {
  const child = spawn(process.execPath, [program, t.name], { stdio: ['ignore', 'ignore', 'inherit'] });
  worker = child;
  while ((await jobOf(printJobId)).files.length < files) await sleep(30);
  await sleep(momentMs);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('印刷の途中で何度落ちても、続きから始まり、欠けた紙も重なった番号もない', async () => {
  const layoutId = 'screening-influenza-older';
  const conditions = { programme: 'influenza-older', stage: 'seasonal', asOf: issuedOn, dueBy: issuedOn, layoutId };
  const { cohortId } = await createCohort(context, { label: '落ちる印刷', conditions });
  const { printJobId } = await startPrintJob(context, { cohortId, issuedOn, pagesPerFile });
  await printAndKill(printJobId, 2, 12);
  const { files: before, state } = await jobOf(printJobId);
  assert.notEqual(state, 'finished', 'it was killed before its end');
  await printAndKill(printJobId, before.length + 2, 27);
  await printAndKill(printJobId, people.length / pagesPerFile, 500);

  const job = await jobOf(printJobId);
  assert.equal(job.state, 'finished');
  assert.equal(job.pagesPrinted, people.length);
  const unchanged = job.files.slice(0, before.length);
  assert.deepEqual(
    unchanged.map(({ fileId, digest }) => [fileId, digest]),
    before.map(({ fileId, digest }) => [fileId, digest]),
    'what was whole is not printed again',
  );
  const pages: string[] = [];
  for (const { fileId, pages: count } of job.files) {
    const texts = await textsOfPages((await readPrintFile(context, fileId ?? 0)).content);
    assert.equal(texts.length, count);
    pages.push(...texts);
  }
  const serials: number[] = [];
  for (const n of people) {
    const addresseeNumbers = [String(n).padStart(10, '0')];
    const forms = await withMunicipality(t.db, t.lgCode, async (tx) => {
      const [person] = await loadPersonsForJudging(tx, { addresseeNumbers });
      return person === undefined ? [] : loadFormsOfPeople(tx, [person.personId]);
    });
    assert.equal(forms.length, 1, `one form for ${n}`);
    const number = forms[0]?.formNumber ?? '';
    serials.push(Number(number.slice(0, 11)));
    const spaced = number.replaceAll(/(\d{4})(?=\d)/gu, '$1-');
    const papers = pages.filter((page) => page.includes(spaced));
    assert.equal(papers.length, 1, 'the number of the register is on one sheet');
    assert.ok(papers[0]?.includes(`若葉試験${n}様`), 'and the sheet is that person’s');
  }
  assert.equal(new Set(serials).size, people.length);
  assert.equal(Math.max(...serials) - Math.min(...serials), people.length - 1, 'no number is missing');
});
