import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents, loadPersonsForJudging, registerMailingAddress } from '#addressees/persons';
import { addDays, getDay, type PersonId } from '#kernel';
import { cancelForm, findForm, loadFormsOfPeople } from '#ledger/forms';
import { withClient, withMunicipality } from '#platform/postgres';
import {
  loadDemonstrationSettings,
  residentFeed,
  type TestResident,
  testActor,
  testClock,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { contractClinic } from '../../../tests/support/intake.ts';
import { olderResident, openTestLibrary, textsOfPages } from '../../../tests/support/notices.ts';
import { changeCohort } from './change-cohort.ts';
import { checkBeforePrinting } from './check-before-printing.ts';
import { drawCompanion, drawInstitutionList } from './draw-companion.ts';
import { createCohort, getPrintJob, type NoticeContext, printForPerson, runPrintJob, startPrintJob } from './index.ts';
import { getCampaign } from './list-campaigns.ts';
import { checkDispatch } from './pull-from-dispatch.ts';
import { recordDispatch } from './record-dispatch.ts';
import { enterReturn, recordWish } from './record-wish.ts';

const issuedOn = getDay(2026, 11, 21);
const key = { programme: 'influenza-older', stage: 'seasonal' };
const conditions = { ...key, asOf: issuedOn, dueBy: issuedOn, layoutId: 'screening-influenza-older' };
const allowed = [
  'notices.view',
  'notices.print',
  'forms.reissue',
  'persons.import',
  'persons.view',
  'persons.register',
] as const;

let t: TestDatabase;
let context: NoticeContext;
let printJobId: number;

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  context = { db: t.db, actor: testActor(t.lgCode, allowed), clock: testClock, library: await openTestLibrary() };
  await take([1, 2, 3, 4, 5, 6].map((n) => olderResident(n, { 郵便番号: `299001${n}` })));
});
after(() => t.close());

async function take(residents: readonly TestResident[], isChanges = false): Promise<void> {
  await importResidents(context, residentFeed(residents), { isChanges, asOf: issuedOn });
}

async function personOf(n: number): Promise<PersonId> {
  return withMunicipality(t.db, t.lgCode, async (tx) => {
    const [person] = await loadPersonsForJudging(tx, { addresseeNumbers: [String(n).padStart(10, '0')] });
    assert.ok(person !== undefined);
    return person.personId;
  });
}

const freeze = (label: string, layoutId = conditions.layoutId) =>
  createCohort(context, { label, conditions: { ...conditions, layoutId } });

test('手で外した人には印刷せず、印刷を始めたあとの手直しは断る', async () => {
  const { cohortId, included } = await freeze('手直し');
  assert.equal(included, 6);
  const removed = await personOf(6);
  const hand = { cohortId, personId: removed, change: 'removed', reason: '施設で接種' } as const;
  await assert.rejects(() => changeCohort(context, { ...hand, reason: ' ' }), /理由/u);
  await changeCohort(context, hand);
  ({ printJobId } = await startPrintJob(context, { cohortId, issuedOn }));
  await runPrintJob(context, printJobId);
  const job = await withMunicipality(t.db, t.lgCode, (tx) => getPrintJob(tx, context.actor, printJobId));
  assert.equal(job.pagesPrinted, 5);
  await assert.rejects(() => changeCohort(context, { ...hand, change: 'added' }), /印刷を始めています/u);
});

test('印刷と投函の間に亡くなった人、越した人、守られた人を、番号つきで引き抜く', async () => {
  await take(
    [
      olderResident(1, { 郵便番号: '2990011', 死亡年月日: '20261121' }),
      olderResident(2, { 郵便番号: '2990099', 住所: '若葉台市港町9番9号' }),
      olderResident(3, { 郵便番号: '2990013', 支援措置: '1' }),
    ],
    true,
  );
  const letters = await checkDispatch(context, printJobId, issuedOn);
  const pulled = letters
    .filter((letter) => letter.pulledFor !== null)
    .map((letter) => [letter.number, letter.pulledFor]);
  assert.deepEqual(pulled, [
    [1, 'dead'],
    [2, 'addressChanged'],
    [3, 'protected'],
  ]);
  const list = await drawCompanion(context, printJobId, 'pulls', letters, issuedOn);
  const [text = ''] = await textsOfPages(list.pdf);
  assert.ok(
    text.includes('死亡している') &&
      text.includes('印刷の後に宛先（宛名か住所）が変わった') &&
      text.includes('1000-0000-0016'),
  );
  const labels = await drawCompanion(context, printJobId, 'labels', letters, issuedOn);
  const [sheet = ''] = await textsOfPages(labels.pdf);
  assert.ok(sheet.includes('若葉試験4様') && sheet.includes('若葉試験5様'));
  assert.ok(!sheet.includes('若葉試験3様') && !sheet.includes('若葉試験1様'), 'what is pulled is on no label');
});

test('抜いて発送を記録すると、抜いた番号は無効になり、新しい宛先の人は次の抽出に入る', async () => {
  // 5 moves after the bundle went and before that is recorded: the letter is with its person, so its number stays valid.
  await take([olderResident(5, { 郵便番号: '2990098', 住所: '若葉台市港町8番8号' })], true);
  const held = (await checkDispatch(context, printJobId, issuedOn)).find(({ number }) => number === 5);
  assert.equal(held?.pulledFor, 'addressChanged');
  const request = { printJobId, postedOn: issuedOn, pulledSeen: 3, sentAnyway: [held.formNumber] };
  await assert.rejects(() => recordDispatch(context, request), /3 通から 4 通に変わりました/u);
  const later = { ...request, pulledSeen: 4, postedOn: addDays(issuedOn, 1) };
  await assert.rejects(() => recordDispatch(context, later), /今日か、それより前/u);
  assert.deepEqual(await recordDispatch(context, { ...request, pulledSeen: 4 }), { letters: 2, pulled: 3 });
  await assert.rejects(() => recordDispatch(context, { ...request, pulledSeen: 4 }), /すでに記録/u);
  const states = await withMunicipality(t.db, t.lgCode, async (tx) => {
    const people = await Promise.all([1, 2, 3, 4, 5].map((n) => personOf(n)));
    return (await loadFormsOfPeople(tx, people)).map(({ state, changeReason }) => [state, changeReason]);
  });
  assert.deepEqual(states, [
    ['cancelled', '発送の前に引き抜いた（死亡している）'],
    ['cancelled', '発送の前に引き抜いた（印刷の後に宛先（宛名か住所）が変わった）'],
    ['cancelled', '発送の前に引き抜いた（本人か同じ世帯の人が支援措置の対象で、送付先の登録がない）'],
    ['issued', null],
    ['issued', null],
  ]);
  const { reasons } = await freeze('発送のあと');
  // 2 has moved within the town and 6 was taken out by hand: both are called, on new numbers.
  assert.deepEqual(Object.fromEntries(reasons.map(({ reason, people }) => [reason, people])), {
    ...{ due: 2, alreadyIssued: 2, dead: 1, protected: 1 },
  });
});

test('発送を記録したあとの引抜きリストは使ったときのままで、あとの変わりは分けて示す', async () => {
  const listed = async () =>
    (await checkDispatch(context, printJobId, issuedOn)).map(({ number, pullReason, changeSince }) => [
      ...[number, pullReason, changeSince],
    ]);
  const used = [
    [1, '死亡している', null],
    [2, '印刷の後に宛先（宛名か住所）が変わった', null],
    [3, '本人か同じ世帯の人が支援措置の対象で、送付先の登録がない', null],
    [4, null, null],
    // Sent before it was known.
    [5, null, '印刷の後に宛先（宛名か住所）が変わった'],
  ];
  assert.deepEqual(await listed(), used);
  // 2 moves back to the place on the letter and the protection of 4 begins: the list of that day stays.
  const fourth = { 郵便番号: '2990014' };
  await take([olderResident(2, { 郵便番号: '2990012' }), olderResident(4, { ...fourth, 支援措置: '1' })], true);
  assert.deepEqual(await listed(), used.with(3, [4, null, '本人か同じ世帯の人が支援措置の対象で、送付先の登録がない']));
  const letters = await checkDispatch(context, printJobId, issuedOn);
  const [pulls = ''] = await textsOfPages((await drawCompanion(context, printJobId, 'pulls', letters, issuedOn)).pdf);
  assert.ok(pulls.includes('若葉試験2') && !pulls.includes('若葉試験4') && !pulls.includes('若葉試験5'));
  const [went = ''] = await textsOfPages((await drawCompanion(context, printJobId, 'dispatch', letters, issuedOn)).pdf);
  assert.ok(went.includes('若葉試験4') && went.includes('若葉試験5') && !went.includes('若葉試験2'));
  assert.ok(pulls.includes('299-0011'), 'where nobody else has come to be protected the postcode helps to find it');
  assert.doesNotMatch(pulls + went, /299-001[3-5]/u, 'of who is protected or elsewhere by now it is not told');
  const labels = await drawCompanion(context, printJobId, 'labels', letters, issuedOn);
  assert.ok(
    !(await textsOfPages(labels.pdf)).join('').includes('若葉試験4'),
    'no place of a protected person is drawn',
  );
  await take([olderResident(4, fourth)], true);
});

test('亡くなった人にも支援措置があれば、引抜きの理由が死亡でも郵便番号を載せない', async () => {
  const dead = { 郵便番号: '2990011', 死亡年月日: '20261121' };
  await take([olderResident(1, { ...dead, 支援措置: '1' })], true);
  const letters = await checkDispatch(context, printJobId, issuedOn);
  assert.equal(letters[0]?.pulledFor, 'dead', 'one reason is told, and it is not the protection');
  const [pulls = ''] = await textsOfPages((await drawCompanion(context, printJobId, 'pulls', letters, issuedOn)).pdf);
  assert.ok(pulls.includes('若葉試験1') && !pulls.includes('299-0011'));
  await take([olderResident(1, dead)], true);
});

test('印刷の前に、書体にない文字と読めない郵便番号を人ごとに知らせる', async () => {
  await take([olderResident(8, { 氏名漢字: '外\u{e123}字　花' }), olderResident(9)], true);
  const place = {
    recipientName: '若葉　花',
    address: '若葉台市港町1番1号',
    building: null,
    validFrom: issuedOn,
    validTo: null,
  };
  const ninth = await personOf(9);
  await withMunicipality(t.db, t.lgCode, (tx) =>
    registerMailingAddress(tx, context.actor, ninth, { ...place, postalCode: '29900' }, testClock.now()),
  );
  const { cohortId } = await freeze('確かめる', 'reminder');
  const { troubled, total } = await checkBeforePrinting(context, cohortId, issuedOn);
  assert.equal(total, 2);
  assert.deepEqual(
    troubled.map(({ person, findings }) => [person.addresseeNumber, findings.map((one) => one.code)]),
    [
      ['0000000008', ['printedCharacterMissing']],
      ['0000000009', ['letterPostcodeUnreadable']],
    ],
  );
  await take(
    [8, 9].map((n) => olderResident(n, { 死亡年月日: '20261101' })),
    true,
  );
});

test('戻った郵便の宛先には次を送らず、宛先が変われば送る。同じ番号は二度登録できない', async () => {
  const letters = await checkDispatch(context, printJobId, issuedOn);
  const fourth = letters.find((letter) => letter.number === 4);
  assert.ok(fourth !== undefined);
  const returned = { scanned: `A${fourth.formNumber}A`, returnedOn: issuedOn, cause: 'unknownAddress' } as const;
  assert.deepEqual(await enterReturn(context, returned), { formNumber: fourth.formNumber, personId: fourth.personId });
  await assert.rejects(() => enterReturn(context, returned), /すでに戻った郵便/u);
  await assert.rejects(() => enterReturn(context, { ...returned, scanned: '100000000099' }), /発行していません/u);
  const reasonsOf = async (label: string) => {
    const { reasons } = await freeze(label, 'recommendation');
    return Object.fromEntries(reasons.map(({ reason, people }) => [reason, people]));
  };
  assert.deepEqual(await reasonsOf('戻ったあと'), { due: 3, dead: 3, protected: 1, returnedMail: 1 });
  await take([olderResident(4, { 郵便番号: '2990014', 住所: '若葉台市新町4番4号' })], true);
  assert.deepEqual(await reasonsOf('宛先が変わったあと'), { due: 4, dead: 3, protected: 1 });
});

test('戻った紙の番号は無効になり、越したあとに前の宛先から戻った郵便は、新しい宛先への通知を止めない', async () => {
  const letters = await checkDispatch(context, printJobId, issuedOn);
  const [fourth, fifth] = [4, 5].map((n) => letters.find((letter) => letter.number === n));
  assert.ok(fourth !== undefined && fifth !== undefined);
  assert.equal(fourth.pulledFor, 'addressChanged');
  const stateOf = async (formNumber: string) =>
    (await withMunicipality(t.db, t.lgCode, (tx) => findForm(tx, formNumber)))?.state;
  assert.equal(await stateOf(fourth.formNumber), 'cancelled');

  await take([olderResident(5, { 郵便番号: '2990055', 住所: '若葉台市新町5番5号' })], true);
  const cause = 'movedAway' as const;
  const again = { scanned: fifth.formNumber, returnedOn: issuedOn, cause, isSentAgain: true };
  await enterReturn(context, again);
  assert.equal(await stateOf(fifth.formNumber), 'issued', 'the same envelope goes out once more');
  const { reasons } = await freeze('越したあと', 'recommendation');
  assert.deepEqual(Object.fromEntries(reasons.map(({ reason, people }) => [reason, people])), {
    ...{ due: 4, dead: 3, protected: 1 },
  });
  const forms = await freeze('戻った人の予診票');
  // 2 and 6 as before, and 4, whose paper came back; 5 still holds one.
  assert.equal(forms.included, 3);
});

test('通知を希望しない人にはお知らせを送らず、予診票は送る。申し込めば一枚は出る', async () => {
  const personId = await personOf(5);
  const wish = { channel: 'post', email: null, language: 'ja', isOptedOut: true, reason: '電話' } as const;
  await assert.rejects(
    () => recordWish(context, personId, { ...wish, channel: 'email', email: 'a\nb@c.jp' }),
    /メール/u,
  );
  await recordWish(context, personId, wish);
  const { reasons } = await freeze('希望しない', 'recommendation');
  assert.deepEqual(Object.fromEntries(reasons.map(({ reason, people }) => [reason, people])), {
    ...{ due: 3, dead: 3, protected: 1, optedOut: 1 },
  });
  const request = { personId, layoutId: 'recommendation', issuedOn, reason: '本人の申込み', stage: key };
  assert.match((await printForPerson(context, request)).formNumber, /^\d{4}-\d{4}-\d{4}$/u);
});

test('契約医療機関一覧は、予防接種を選べばその名前と、その契約のある医療機関を載せる', async () => {
  const actor = testActor(t.lgCode, [...allowed, 'institutions.view', 'institutions.import']);
  await contractClinic({ ...context, actor });
  const [text = ''] = await textsOfPages(
    (await drawInstitutionList({ ...context, actor }, issuedOn, 'influenza-older')).pdf,
  );
  assert.match(text, /高齢者インフルエンザの予防接種/u);
  assert.match(text, /試験医院/u);
});

test('届いた人には、届いたあとで番号を取り消した人も入り、抜いた人と戻ったままの人は入らない', async () => {
  // 1, 2 and 3 were pulled, 4 came back, 5 came back and went out once more.
  const reached = () =>
    withMunicipality(t.db, t.lgCode, async (tx) => (await getCampaign(tx, context.actor, printJobId))?.reached);
  assert.equal(await reached(), 1);
  const personId = await personOf(5);
  const letters = await checkDispatch(context, printJobId, issuedOn);
  const formNumber = letters.find((letter) => letter.personId === personId)?.formNumber ?? '';
  await cancelForm(context, { personId, formNumber, reason: '紛失の届' });
  assert.equal(await reached(), 1);
});

test('子どもの予診票の宛名の世帯主が印刷のあとに亡くなれば、抜く', async () => {
  const home = { 世帯番号: '000000021', 郵便番号: '2990021' };
  const father = { ...home, 氏名漢字: '若葉　太郎', 生年月日: '19850301', 性別: '1', 続柄区分: '02' };
  const child = { ...home, 氏名漢字: '若葉　光', 生年月日: '20200601', 続柄区分: '20' };
  await take([olderResident(21, father), olderResident(22, child)], true);
  const request = { personId: await personOf(22), layoutId: 'screening-measles-rubella-2', issuedOn, reason: '窓口' };
  const printed = await printForPerson(context, request);
  const why = async () =>
    (await checkDispatch(context, printed.printJobId, issuedOn)).map(({ values, pulledFor }) => [
      ...[values?.texts['recipientName'], pulledFor],
    ]);
  assert.deepEqual(await why(), [['若葉　太郎 様', null]]);
  await take([olderResident(21, { ...father, 死亡年月日: '20261120' })], true);
  assert.deepEqual(await why(), [['若葉　太郎 様', 'addressChanged']]);
});

test('控えを残す前に印刷したページも、発送の確かめと通数に入る（宛先の変わりだけは比べられない）', async () => {
  const owner = t.db.ownerUrl ?? '';
  const job = [t.lgCode, printJobId];
  await withClient(owner, (client) =>
    client.query('UPDATE print_files SET sheets_file_id = NULL WHERE lg_code = $1 AND print_job_id = $2', job),
  );
  const letters = await checkDispatch(context, printJobId, issuedOn);
  assert.deepEqual(
    letters.map(({ number, values, pullReason }) => [number, values, pullReason === null]),
    [1, 2, 3, 4, 5].map((number) => [number, null, number > 3]),
  );
  const [list = ''] = await textsOfPages((await drawCompanion(context, printJobId, 'pulls', letters, issuedOn)).pdf);
  assert.ok(list.includes('死亡している') && list.includes('1000-0000-0016'), 'found by its number');
});
