import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  importResidents,
  insertAnnotation,
  isHereOn,
  listAnnotations,
  loadPersonsForJudging,
  mailingNameAndAddress,
} from '#addressees/persons';
import { getDay, type PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { residentFeed, testActor, testContext } from '../support/addressees.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { StaffBrowser } from '../support/staff-server.ts';

let office: TestOffice;
const asOf = getDay(2026, 11, 16);

before(async () => {
  office = await openTestOffice('2026-11-16T09:00:00+09:00');
});
after(() => office.close());

const inOffice = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  withMunicipality(office.database.db, office.database.lgCode, work);

async function browserOf(accountName: string): Promise<StaffBrowser> {
  const { database, accounts, app } = office;
  const browser = new StaffBrowser({ lgCode: database.lgCode, accounts, server: app.server });
  await browser.signIn(accountName);
  await browser.get('/registrations');
  await browser.post('/reason', { reason: '窓口での相談・申請の対応', next: '/registrations' });
  await browser.get('/registrations');
  return browser;
}

const draft = {
  kana: 'ミナミ　リコ',
  name: '南　莉子',
  birthDate: 'R6.5.11',
  sex: 'female',
  category: 'stayingHere',
  grounds: '申出書による',
  validFrom: '2026-11-16',
  validTo: '2026-11-30',
};

/** Drafts by the clerk, approves by the section chief; answers the pages' statuses. */
async function registerTwice(changes: Partial<typeof draft>): Promise<void> {
  const clerk = await browserOf('tantou');
  const sent = await clerk.post('/registrations', { ...draft, ...changes, areOthers: 'yes' });
  assert.equal(sent.statusCode, 303, sent.body.slice(0, 400));
  const requestId = await inOffice(async ({ client }) => {
    const { rows } = await client.query<{ id: number }>('SELECT max(request_id) AS id FROM approval_requests');
    return rows[0]?.id ?? 0;
  });
  const own = await clerk.post(`/approvals/${requestId}/decide`, { answer: 'approve' });
  assert.equal(own.statusCode, 403, 'a clerk approves nothing');
  const chief = await browserOf('kakaricho');
  await chief.get(`/approvals/${requestId}`);
  const done = await chief.post(`/approvals/${requestId}/decide`, { answer: 'approve' });
  assert.equal(done.statusCode, 303, done.body.slice(0, 400));
}

test('二人の手を経た住登外者に続き番号が付き、期限の翌日からは数えられず、住民の全件になくても居なくなったことにならない', async () => {
  await registerTwice({});
  await registerTwice({ kana: 'ニシ　ソラ', name: '西　空', birthDate: '', validTo: '' });
  const numbers = ['9000000001', '9000000002'];
  const people = await inOffice((tx) => loadPersonsForJudging(tx, { addresseeNumbers: numbers }));
  const [first, second] = people.toSorted((a, b) => a.personId - b.personId);
  assert.deepEqual([first?.addresseeNumber, second?.addresseeNumber], numbers);
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(isHereOn(first, getDay(2026, 11, 30)), true);
  assert.equal(isHereOn(first, getDay(2026, 12, 1)), false);
  assert.equal(isHereOn(second, getDay(2099, 1, 1)), true);
  const annotations = await inOffice((tx) => listAnnotations(tx, first.personId));
  assert.deepEqual(
    annotations.map(({ kind, reason, validTo }) => [kind, reason, validTo]),
    [['stayingHere', '申出書による', getDay(2026, 11, 30)]],
  );
  const { db, lgCode } = office.database;
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  await importResidents(context, residentFeed([{ 整理番号: '0000000001' }]), { isChanges: false, asOf });
  const absent = await inOffice(({ client }) => client.query('SELECT 1 FROM person_absences'));
  assert.equal(absent.rowCount, 0);
});

test('子どもの手紙は、登録した保護者が有効な間はその人に、取りやめればまた世帯主に出る', async () => {
  const { db, lgCode } = office.database;
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  const home = { 世帯番号: '000000400' };
  const child = { 整理番号: '0000000401', 氏名漢字: '東　海', 生年月日: '20200510', 続柄区分: '20', ...home };
  const father = { 整理番号: '0000000402', 氏名漢字: '東　陸', 生年月日: '19900510', 続柄区分: '02', ...home };
  const aunt = { 整理番号: '0000000403', 氏名漢字: '西　月', 生年月日: '19880510', 世帯番号: '000000403' };
  await importResidents(context, residentFeed([child, father, aunt]), { isChanges: true, asOf });
  const ids = await inOffice(async (tx) => {
    const people = await loadPersonsForJudging(tx, { addresseeNumbers: ['0000000401', '0000000402', '0000000403'] });
    return new Map(people.map((person) => [person.addresseeNumber, person.personId]));
  });
  const [childId, auntId] = [ids.get('0000000401'), ids.get('0000000403')];
  assert.ok(childId !== undefined && auntId !== undefined);
  const recipientOn = async (day: number) =>
    (await inOffice((tx) => mailingNameAndAddress(tx, [childId], day as typeof asOf))).get(childId)?.recipientName;
  const by = { at: new Date('2026-11-16T09:00:00+09:00'), staffId: null, staffName: '試験' };
  const guardian = {
    personId: childId,
    kind: 'guardian' as const,
    relatedPersonId: auntId as PersonId | null,
    content: null,
    validFrom: asOf,
    validTo: getDay(2026, 12, 31),
    withdraws: null as number | null,
    reason: '戸籍による',
  };
  assert.equal(await recipientOn(asOf), '東　陸');
  await inOffice((tx) => insertAnnotation(tx, guardian, by));
  assert.equal(await recipientOn(asOf - 1), '東　陸');
  assert.equal(await recipientOn(asOf), '西　月');
  assert.equal(await recipientOn(getDay(2026, 12, 31)), '西　月');
  assert.equal(await recipientOn(getDay(2027, 1, 1)), '東　陸');
  const [{ annotationId } = { annotationId: 0 }] = await inOffice((tx) => listAnnotations(tx, childId));
  const end = { ...guardian, validFrom: getDay(2026, 12, 1), validTo: null, withdraws: annotationId };
  await inOffice((tx) => insertAnnotation(tx, end, by));
  assert.equal(await recipientOn(getDay(2026, 11, 30)), '西　月');
  assert.equal(await recipientOn(getDay(2026, 12, 1)), '東　陸');
  await assert.rejects(
    inOffice((tx) => insertAnnotation(tx, end, by)),
    /person_annotations_withdrawn_once/u,
  );
  await assert.rejects(
    inOffice(({ client }) => client.query('DELETE FROM person_annotations')),
    /permission denied/u,
  );
});

test('支援措置の対象者の画面には、居場所やそれを知る人のわかる付記は出ない', async () => {
  const { db, lgCode } = office.database;
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  const home = { 整理番号: '0000000501', 氏名漢字: '守　護', 世帯番号: '000000501', 支援措置: '1' };
  await importResidents(context, residentFeed([home]), { isChanges: true, asOf });
  const [person] = await inOffice((tx) => loadPersonsForJudging(tx, { addresseeNumbers: ['0000000501'] }));
  assert.ok(person !== undefined);
  const by = { at: new Date('2026-11-16T09:00:00+09:00'), staffId: null, staffName: '試験' };
  const said = { relatedPersonId: null, validFrom: asOf, validTo: null, withdraws: null, reason: '申し出' };
  const { personId } = person;
  await inOffice(async (tx) => {
    await insertAnnotation(tx, { ...said, personId, kind: 'facilityUsed', content: 'ひみつの家' }, by);
    await insertAnnotation(tx, { ...said, personId, kind: 'email', content: 'himitsu@example.jp' }, by);
    await insertAnnotation(tx, { ...said, personId, kind: 'caution', content: '筆談で応対' }, by);
  });
  const clerk = await browserOf('tantou');
  for (const path of [`/persons/${personId}`, `/persons/${personId}/annotations`]) {
    const { body } = await clerk.get(path);
    assert.match(body, /筆談で応対/u, path);
    assert.doesNotMatch(body, /ひみつの家|himitsu/u, path);
  }
});
