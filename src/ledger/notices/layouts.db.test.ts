import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { importResidents, loadPersonsForJudging } from '#addressees/persons';
import { getDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { findForm, listLiveForms } from '#ledger/forms';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testClock } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { olderResident, openTestLibrary, textsOfPages } from '../../../tests/support/notices.ts';
import { testSealPng } from '../../../tests/support/seal.ts';
import { changeLayout, drawLayoutPicture, getLayoutPage, registerSeal } from './change-layout.ts';
import {
  createCohort,
  getPrintJob,
  type NoticeContext,
  printForPerson,
  readPrintFile,
  runPrintJob,
  startPrintJob,
} from './index.ts';
import { drawPrintedPage, reprintPages } from './print-pages.ts';

const issuedOn = getDay(2026, 11, 21);
const layoutId = 'screening-influenza-older';
const stage = { programme: 'influenza-older', stage: 'seasonal' };
const allowed = ['notices.view', 'notices.print', 'notices.layouts', 'forms.reissue', 'persons.import'] as const;

let t: TestDatabase;
let context: NoticeContext;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  context = { db: t.db, actor: testActor(t.lgCode, allowed), clock: testClock, library: await openTestLibrary() };
  const residents = [1, 2, 3, 4].map((n) => olderResident(n));
  await importResidents(context, residentFeed(residents), { isChanges: false, asOf: issuedOn });
});
after(() => t.close());

async function personOf(n: number): Promise<PersonId> {
  return withMunicipality(t.db, t.lgCode, async (tx) => {
    const [person] = await loadPersonsForJudging(tx, { addresseeNumbers: [String(n).padStart(10, '0')] });
    assert.ok(person !== undefined);
    return person.personId;
  });
}

test('刷り直しは何度でも同じバイトになり、全ページなら元のファイルと同じになる', async () => {
  const conditions = { ...stage, asOf: issuedOn, dueBy: issuedOn, layoutId };
  const { cohortId } = await createCohort(context, { label: '刷り直し', conditions });
  const { printJobId } = await startPrintJob(context, { cohortId, issuedOn });
  await runPrintJob(context, printJobId);
  const job = await withMunicipality(t.db, t.lgCode, (tx) => getPrintJob(tx, context.actor, printJobId));
  const [file] = job.files;
  assert.equal(file?.pages, 4);
  const whole = await reprintPages(context, { printJobId, part: 1, from: 1, to: 4 });
  assert.equal(createHash('sha256').update(whole.pdf).digest('hex'), file.digest);
  const range = { printJobId, part: 1, from: 2, to: 3 };
  const [once, again] = [await reprintPages(context, range), await reprintPages(context, range)];
  assert.ok(once.pdf.equals(again.pdf));
  const { content } = await readPrintFile(context, file.fileId ?? 0);
  assert.deepEqual(await textsOfPages(once.pdf), (await textsOfPages(content)).slice(1, 3));
  const svg = await drawPrintedPage(context, { printJobId, part: 1, page: 2 });
  assert.match(svg, /^<svg /u);
  assert.ok(!svg.includes('若葉'), 'names stand in the picture as outlines only');
  await assert.rejects(() => reprintPages(context, { ...range, to: 5 }), UnreadableInput);
  await assert.rejects(() => reprintPages(context, { ...range, part: 2 }), NotFound);
});

test('様式の版は適用日から使い、その前の日の紙は前の版のまま', async () => {
  const inForceFrom = getDay(2026, 12, 1);
  const changes = { texts: { notice: '十二月からの文です。' } };
  await changeLayout(context, { layoutId, inForceFrom, changes, reason: '契約期間の変更' });
  const noticeOn = async (on: typeof issuedOn) => {
    const { decision } = await getLayoutPage(context, layoutId, on);
    return decision.answer === 'refused' ? '' : decision.value.texts['notice'];
  };
  assert.match((await noticeOn(getDay(2026, 11, 30))) ?? '', /今季１回/u);
  assert.equal(await noticeOn(inForceFrom), '十二月からの文です。');
});

test('印刷できない変更は、何が悪いかをすべて言って断り、残さない', async () => {
  const changes = {
    elements: { recipientName: { at: [150, 31, 80, 7] }, customerBarcode: { at: [20, 43, 40, 7.3] } },
    add: [{ kind: 'text', at: [20, 40, 30, 5], text: '${name}' }],
  };
  const request = { layoutId, inForceFrom: issuedOn, changes, reason: '試し' };
  await assert.rejects(
    () => changeLayout(context, request),
    (error: Error) =>
      error instanceof UnreadableInput &&
      ['用紙の外', '郵便の機械は読めません', '窓から見えます'].every((part) => error.message.includes(part)),
  );
  const { versions } = await getLayoutPage(context, layoutId, issuedOn);
  assert.equal(versions.length, 1);
  const reader = { ...context, actor: testActor(t.lgCode, ['notices.view']) };
  await assert.rejects(() => changeLayout(reader, { ...request, changes: {} }), /permission|権限/u);
});

test('公印を押す紙は印影を登録するまで印刷せず、登録すれば印影の日から印刷する', async () => {
  const person = await personOf(1);
  const inputs = { addressedTo: '川越市長', reason: '長期の入院', period: '令和8年12月' };
  const request = { personId: person, layoutId: 'request-letter', issuedOn, reason: '依頼', stage, inputs };
  await assert.rejects(() => printForPerson(context, request), /公印の印影が登録されていません/u);
  await assert.rejects(() => registerSeal(context, Buffer.from('GIF89a'), issuedOn), /PNG/u);
  await registerSeal(context, testSealPng(), issuedOn);
  await assert.rejects(
    () => printForPerson(context, { ...request, issuedOn: getDay(2026, 11, 20) }),
    /公印の印影が登録されていません/u,
  );
  await assert.rejects(() => printForPerson(context, { ...request, inputs: {} }), /依頼先/u);
  const printed = await printForPerson(context, request);
  const { content } = await readPrintFile(context, printed.fileId);
  const [text = ''] = await textsOfPages(content);
  assert.ok(text.includes('川越市長様') && text.includes('長期の入院'));
});

test('お知らせや依頼書の番号は簿に残るが、予診票を持っていることにはならない', async () => {
  const { decision } = await getLayoutPage(context, 'recommendation', issuedOn);
  assert.ok(decision.answer === 'accepted');
  assert.match(drawLayoutPicture(context.library.fonts, decision.value, '若葉台市'), /^<svg /u);
  const personId = await personOf(2);
  const query = { personIds: [personId], ...stage, on: issuedOn };
  const before = await withMunicipality(t.db, t.lgCode, (tx) => listLiveForms(tx, query));
  const request = { personId, layoutId: 'recommendation', issuedOn, reason: '電話の希望', stage };
  const { formNumber } = await printForPerson(context, request);
  const [form, after] = await withMunicipality(t.db, t.lgCode, async (tx) => [
    await findForm(tx, formNumber),
    await listLiveForms(tx, query),
  ]);
  assert.equal(form?.document, 'letter');
  assert.deepEqual(after, before);
  await assert.rejects(() => printForPerson(context, { ...request, stage: undefined }), /どの予防接種/u);
});
