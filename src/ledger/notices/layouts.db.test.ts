import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { importResidents, loadPersonsForJudging } from '#addressees/persons';
import { recordAct } from '#common-base/audit';
import { getDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { findForm, giveCouponNumbers, listLiveForms } from '#ledger/forms';
import { appendEntries } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testClock } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { doseOfApril } from '../../../tests/support/ledger.ts';
import { olderResident, openTestLibrary, textsOfPages } from '../../../tests/support/notices.ts';
import { testSealPng } from '../../../tests/support/seal.ts';
import { withSettings } from '../../../tests/support/settings.ts';
import { changeLayout, drawLayoutPicture, getLayoutPage, registerSeal } from './change-layout.ts';
import { checkBeforePrinting } from './check-before-printing.ts';
import { drawSample } from './draw-sample.ts';
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
import { checkDispatch } from './pull-from-dispatch.ts';
import { recordWish } from './record-wish.ts';
import { loadIssuedForms } from './routes-person.ts';

const issuedOn = getDay(2026, 11, 21);
const layoutId = 'screening-influenza-older';
const stage = { programme: 'influenza-older', stage: 'seasonal' };
const allowed = [
  ...(['notices.view', 'notices.print', 'notices.layouts', 'forms.reissue'] as const),
  ...(['persons.import', 'persons.view'] as const),
];

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

const municipalityFile = new URL('../../../settings/wakabadai/municipality.json', import.meta.url);

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

  // 支援措置 of whom the second page is: that page is opened no more, the others can still be printed.
  const protect = async (flag: '0' | '1') => {
    const feed = residentFeed([olderResident(2, { 郵便番号: '2990012', 支援措置: flag })], `protect-${flag}.csv`);
    await importResidents(context, feed, { isChanges: true, asOf: issuedOn });
  };
  await protect('1');
  const refusal = { name: 'Conflict', message: /ページ（2）に住所/u };
  await assert.rejects(() => readPrintFile(context, file.fileId ?? 0), refusal);
  await assert.rejects(() => reprintPages(context, { printJobId, part: 1, from: 1, to: 2 }), refusal);
  const others = await reprintPages(context, { printJobId, part: 1, from: 3, to: 4 });
  assert.equal((await textsOfPages(others.pdf)).length, 2);
  await protect('0');
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

test('希望の言語の翻訳シートは予診票のすぐ後ろに同じ番号で入り、刷り直しても同じバイトになる', async () => {
  // Residents whose next form is still to come: those above hold one.
  const residents = [11, 12, 13].map((n) => olderResident(n, { 郵便番号: `29900${n}` }));
  await importResidents(context, residentFeed(residents, 'languages.csv'), { isChanges: true, asOf: issuedOn });
  const wish = { channel: 'post', email: null, isOptedOut: false, reason: '窓口' } as const;
  await recordWish(context, await personOf(12), { ...wish, language: 'vi' });
  await recordWish(context, await personOf(13), { ...wish, language: 'ko' });
  const accept = (languages: readonly string[]) => {
    const rows = languages.map((language) => ({
      ...{ language, isUncheckedAccepted: true, checkedBy: null, checkedOn: null },
    }));
    return withSettings(t.db, { 'translations.json': JSON.stringify({ languages: rows }) });
  };
  await accept(['vi']);
  const conditions = { ...stage, asOf: issuedOn, dueBy: issuedOn, layoutId };
  const { cohortId } = await createCohort(context, { label: '言語', conditions });
  const { troubled } = await checkBeforePrinting(context, cohortId, issuedOn);
  assert.deepEqual(
    troubled.map(({ person, findings }) => [person.addresseeNumber, findings.map(({ code }) => code)]),
    [['0000000013', ['translationNotAccepted']]],
    'named before anything is printed',
  );
  const { printJobId } = await startPrintJob(context, { cohortId, issuedOn });
  await runPrintJob(context, printJobId);
  const job = await withMunicipality(t.db, t.lgCode, (tx) => getPrintJob(tx, context.actor, printJobId));
  assert.deepEqual([job.lettersPrinted, job.pagesPrinted, job.pagesWithFindings], [3, 4, 1]);
  const [file] = job.files;
  const pages = await textsOfPages((await readPrintFile(context, file?.fileId ?? 0)).content);
  assert.equal(pages.length, 4);
  const numberOf = (page: string | undefined) => /\d{4}-\d{4}-\d{4}/u.exec(page ?? '')?.[0];
  assert.ok(pages[1]?.includes('若葉試験12様') && pages[2]?.includes('BảndịchtiếngViệt'));
  assert.equal(numberOf(pages[2]), numberOf(pages[1]));
  assert.ok(pages[2]?.includes('chưađượcngườidịchytếkiểmtra'), 'it says that nobody has checked it');
  assert.ok(pages[3]?.includes('若葉試験13様'), 'the next letter follows, without a sheet');

  const whole = await reprintPages(context, { printJobId, part: 1, from: 1, to: 4 });
  assert.equal(createHash('sha256').update(whole.pdf).digest('hex'), file?.digest);
  const sheetOnly = await reprintPages(context, { printJobId, part: 1, from: 3, to: 3 });
  assert.deepEqual(await textsOfPages(sheetOnly.pdf), pages.slice(2, 3));
  const { rows } = await withMunicipality(t.db, t.lgCode, (tx) =>
    tx.client.query<{ person_id: PersonId }>(
      `SELECT p.person_id FROM audit_persons p JOIN audit_act_persons a USING (lg_code, person_ref)
        WHERE a.lg_code = $1 AND a.act_id = (SELECT max(act_id) FROM audit_acts
        WHERE lg_code = $1 AND act = 'notices.reprinted')`,
      [t.lgCode],
    ),
  );
  assert.deepEqual(
    rows.map((row) => row.person_id),
    [await personOf(12)],
    'whose sheet was printed again is recorded, though the form stands on the page before',
  );
  const letters = await checkDispatch(context, printJobId, issuedOn);
  assert.deepEqual(
    letters.map(({ page, values }) => [page, values?.texts['name']]),
    [
      [1, '若葉　試験11'],
      [2, '若葉　試験12'],
      [4, '若葉　試験13'],
    ],
  );

  await accept(['vi', 'ko']);
  const { fileId, findings } = await printForPerson(context, {
    ...{ personId: await personOf(13), layoutId, issuedOn, reason: '韓国語の訳を付けて再発行' },
  });
  assert.deepEqual(findings, []);
  const [form, sheet] = await textsOfPages((await readPrintFile(context, fileId)).content);
  assert.ok(form?.includes('若葉試験13様') && sheet?.includes('한국어번역'));
  const own = await drawSample(context, layoutId, issuedOn, 'zh');
  assert.match((await textsOfPages(own))[1] ?? '', /中文译文/u, 'a sample may be looked at before anybody decides');
});

/** A dose of a season long ago under the number of an older voucher. */
async function recordOldCoupon(personId: PersonId, couponNumber: string): Promise<void> {
  const fact = {
    ...doseOfApril(personId),
    vaccinatedOn: getDay(2021, 7, 1),
    programme: 'covid19-older',
    stage: 'seasonal',
    product: 'covid19',
    items: { couponNumber },
  };
  await withMunicipality(t.db, t.lgCode, (tx) =>
    appendEntries(tx, context.actor, [fact], { act: 'vaccinations.entered' }),
  );
}

test('接種券の券番号は人ごとに一つで、再発行しても変わらず、台帳が知る番号は引き継ぎ、ほかの人の番号は避ける', async () => {
  const personIds = [await personOf(11), await personOf(12), await personOf(13)] as const;
  // Of older vouchers the ledger knows 0000000007 of the first, and 0000000001 of the second by another municipality.
  await recordOldCoupon(personIds[0], `21${t.lgCode}0000000007`);
  await recordOldCoupon(personIds[1], '211310160000000001');
  const couponOf = async (personId: PersonId) => {
    const request = { personId, layoutId: 'coupon-ocr', issuedOn, reason: '窓口' };
    const { fileId } = await printForPerson(context, request);
    const [text = ''] = await textsOfPages((await readPrintFile(context, fileId)).content);
    return { number: /券番号(\d{10})/u.exec(text)?.[1], line: text.includes(`21${t.lgCode}`) };
  };
  const [first, second, third] = personIds;
  const request = { personId: second, layoutId: 'screening-covid19-older', issuedOn, reason: '窓口' };
  const screening = await printForPerson(context, request);
  assert.deepEqual(await couponOf(first), { number: '0000000007', line: true });
  assert.deepEqual(await couponOf(second), { number: '0000000002', line: true }, 'one past the number in the ledger');
  assert.deepEqual(await couponOf(third), { number: '0000000003', line: true });
  assert.deepEqual(await couponOf(second), { number: '0000000002', line: true }, 'the same on a reissue');
  // A record linked with the third is the same person: it takes no number of its own.
  const linked = await withMunicipality(t.db, t.lgCode, async (tx) => {
    const fourth = await personOf(1);
    await tx.client.query('UPDATE persons SET principal_id = $1 WHERE person_id = ANY ($2)', [third, [third, fourth]]);
    const actId = await recordAct(tx, context.actor, { act: 'notices.printed' });
    const numbers = await giveCouponNumbers(tx, actId, [fourth]);
    await tx.client.query('UPDATE persons SET principal_id = NULL WHERE person_id = ANY ($1)', [[third, fourth]]);
    return numbers.get(fourth);
  });
  assert.equal(linked, '0000000003');
  // The second and the third had a number each: linked, both have that of the record that stands for both, and parted their own.
  const link = (principal: PersonId | null) =>
    withMunicipality(t.db, t.lgCode, (tx) =>
      tx.client.query('UPDATE persons SET principal_id = $1 WHERE person_id = ANY ($2)', [principal, [second, third]]),
    );
  await link(third);
  assert.deepEqual(await couponOf(third), { number: '0000000003', line: true });
  const held = await withMunicipality(t.db, t.lgCode, (tx) => loadIssuedForms(tx, context.library.rules, second));
  const live = held.filter(({ form }) => form.document === 'coupon' && form.state === 'issued');
  assert.equal(live.length, 1, 'the paper of either record is replaced by the new one');
  await link(null);
  assert.deepEqual(await couponOf(second), { number: '0000000002', line: true });
  // The 予診票 and the 接種券 of one dose are two papers: neither takes the other's place, nor keeps it out of a cohort.
  const stateOf = (formNumber: string) =>
    withMunicipality(t.db, t.lgCode, async (tx) => (await findForm(tx, formNumber))?.state);
  assert.equal(await stateOf(screening.formNumber), 'issued');
  const covid = { programme: 'covid19-older', stage: 'seasonal', asOf: issuedOn, dueBy: issuedOn };
  const reasonsFor = async (paper: string) => {
    const { reasons } = await createCohort(context, { label: paper, conditions: { ...covid, layoutId: paper } });
    return reasons.find(({ reason }) => reason === 'alreadyIssued')?.people ?? 0;
  };
  assert.equal(await reasonsFor('coupon-ocr'), 3);
  assert.equal(await reasonsFor('screening-covid19-older'), 1);
  const again = await printForPerson(context, request);
  assert.equal(again.cancelledNumbers.length, 1, 'its own kind is replaced');
  // A 予診票 whose dose stands in the ledger is no longer one that somebody may come with.
  const used = { ...doseOfApril(second), items: { formNumber: again.formNumber } };
  const usedOn = await withMunicipality(t.db, t.lgCode, async (tx) => {
    await appendEntries(tx, context.actor, [used], { act: 'vaccinations.imported' });
    const forms = await loadIssuedForms(tx, context.library.rules, second);
    return forms.find(({ form }) => form.formNumber === again.formNumber.replaceAll('-', ''))?.usedOn;
  });
  assert.equal(usedOn, getDay(2026, 4, 15));
  const { coupon: _, ...withoutKinds } = JSON.parse(readFileSync(municipalityFile, 'utf8')) as { coupon: object };
  await withSettings(t.db, { 'municipality.json': JSON.stringify(withoutKinds) });
  await assert.rejects(() => couponOf(third), /office\.couponVaccinationKind/u);
});
