import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  countPeopleAlike,
  findPersonIdByAddresseeNumber,
  getPerson,
  importResidents,
  personPath,
  readPeopleAtSight,
} from '#addressees/persons';
import { listActs, listPersonsOfAct, recordAct } from '#common-base/audit';
import { getDay, type PersonId, parseIsoDay, type StaffId } from '#kernel';
import { storeFile } from '#platform/files';
import { withMunicipality } from '#platform/postgres';
import { type DraftForm, decideDraft, draftFields } from '../../src/addressees/registration/decide-draft.ts';
import { requestRegistration } from '../../src/addressees/registration/register-person.ts';
import { ledgerCommands } from '../../src/apps/cli/commands/ledger.ts';
import { listApprovalKinds } from '../../src/common-base/access/staff-app.ts';
import { readCertificate } from '../../src/ledger/certificates/issue-certificate.ts';
import { insertCertificate } from '../../src/ledger/certificates/store.ts';
import { residentFeed, type TestResident, testActor, testContext } from '../support/addressees.ts';
import { commandLine } from '../support/command-line.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { StaffBrowser } from '../support/staff-server.ts';

const asOf = parseIsoDay('2026-11-21');
/** Where 宮崎 桜 lives, whom nobody may find, and where 田中 光 went with two children. */
const refuge = { 世帯番号: '000000777', 住所: '若葉台市桜が丘九丁目9番9号', 電話番号: '0299-99-9999' };
const flown = { 世帯番号: '000000555', 住所: '若葉台市緑町五丁目5番5号' };
const away = '青森県弘前市隠町1番1号';
/** No word of these may appear for anybody who lived with them. */
const refugeWords = /桜が丘|0299-99-9999|000000777/u;
const awayWords = /弘前|隠町/u;

const son: TestResident = {
  整理番号: '0000000002',
  ...refuge,
  氏名漢字: '宮崎　樹',
  氏名カナ: 'ミヤザキ　イツキ',
  続柄区分: '11',
};
const newHome = { 世帯番号: '000000300', 住所: '若葉台市青葉台三丁目3番3号', 電話番号: '0299-33-3333' };

/** A household of whom nobody is protected yet. */
const newResident = { 世帯番号: '000000888', 住所: '若葉台市川端一丁目1番1号', 氏名カナ: 'カワ　ハル' };

let office: TestOffice;
let home: string;
let clerk: StaffBrowser;

before(async () => {
  office = await openTestOffice('2026-11-21T09:00:00+09:00');
  home = await mkdtemp(join(tmpdir(), 'sesshu-protection-'));
  const cohabitant = { ...flown, 氏名漢字: '田中　翼', 氏名カナ: 'タナカ　ツバサ', 続柄区分: '11' };
  const light = { 整理番号: '0000000005', ...flown, 氏名漢字: '田中　光', 氏名カナ: 'タナカ　ヒカリ', 支援措置: '1' };
  await takeIn([
    { 整理番号: '0000000001', ...refuge, 氏名漢字: '宮崎　桜', 氏名カナ: 'ミヤザキ　サクラ', 支援措置: '1' },
    son,
    // Another household behind the same door.
    {
      整理番号: '0000000004',
      ...refuge,
      世帯番号: '000000778',
      氏名漢字: '宮崎　茂',
      氏名カナ: 'ミヤザキ　シゲル',
      電話番号: '0299-44-4444',
    },
    light,
    { 整理番号: '0000000006', ...cohabitant },
  ]);
  // The son moves out; the register says where he came from, as some registers do for moves inside the town.
  await takeIn([{ ...son, ...newHome, 異動: '41', 異動年月日: '20261101', 転入前住所: '若葉台市桜が丘９－９－９' }]);
  // 田中 光 and 翼 leave together; the register protects only her.
  const left = { 住民でなくなった日: '20261010', 異動: '31', 異動年月日: '20261010', 転出後住所: away };
  await takeIn([
    { ...light, ...left },
    { 整理番号: '0000000006', ...cohabitant, ...left },
  ]);
  clerk = new StaffBrowser({
    server: office.app.server,
    accounts: office.accounts,
    lgCode: office.database.lgCode,
  });
  await clerk.signIn('tantou');
  await clerk.post('/reason', { reason: 'other', otherReason: '窓口での照会', next: '/' });
});
after(async () => {
  await office.close();
  await rm(home, { recursive: true, force: true });
});

async function takeIn(residents: readonly TestResident[]): Promise<void> {
  const { db, lgCode } = office.database;
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  const { refused } = await importResidents(context, residentFeed(residents), { isChanges: true, asOf });
  assert.equal(refused, 0);
}

async function staffIdOf(accountName: string): Promise<StaffId> {
  const { db, lgCode } = office.database;
  const sql = 'SELECT staff_id FROM staff_members WHERE account_name = $1';
  const { rows } = await withMunicipality(db, lgCode, ({ client }) =>
    client.query<{ staff_id: StaffId }>(sql, [accountName]),
  );
  return rows[0]?.staff_id ?? assert.fail(`no account ${accountName}`);
}

async function idOf(number: string): Promise<PersonId> {
  const { db, lgCode } = office.database;
  const id = await withMunicipality(db, lgCode, (tx) => findPersonIdByAddresseeNumber(tx, number));
  assert.ok(id !== undefined);
  return id;
}

/** Everything that is told of somebody: the page, what it is made of, the command line. */
async function everythingOf(number: string): Promise<string> {
  const { db, lgCode } = office.database;
  const personId = await idOf(number);
  const actor = testActor(lgCode, ['persons.view']);
  const page = await clerk.get(personPath(personId));
  assert.equal(page.statusCode, 200);
  const known = await withMunicipality(db, lgCode, (tx) => getPerson(tx, actor, personId, asOf));
  const sesshu = commandLine(office.database, home, ledgerCommands);
  const said = await sesshu('person', number, '--reason', '窓口の照会', '--as-of', '2026-11-21');
  assert.equal(said.exitCode, 0, said.messages);
  return `${page.body}${JSON.stringify(known)}${said.said}`;
}

async function found(text: string): Promise<string> {
  const { body } = await clerk.post('/persons', { text });
  return body;
}

test('支援措置の世帯を出た人の、前の住まいはどこにも出ない。今の住まいは出る', async () => {
  const told = await everythingOf('0000000002');
  assert.doesNotMatch(told, refugeWords);
  assert.doesNotMatch(told, /９－９－９/u);
  assert.match(told, /青葉台三丁目3番3号/u);
});

test('支援措置の人といっしょに転出した人の、転出先はどこにも出ない', async () => {
  const told = await everythingOf('0000000006');
  assert.doesNotMatch(told, awayWords);
  assert.match(told, /緑町五丁目/u, 'the home that they left is no secret');
});

test('支援措置の本人は、画面にもコマンドにも場所が出ない', async () => {
  assert.doesNotMatch(await everythingOf('0000000001'), refugeWords);
  assert.doesNotMatch(await everythingOf('0000000005'), new RegExp(`${awayWords.source}|緑町五丁目`, 'u'));
});

test('同じ場所の別の世帯は隠さない（印にならないように）。そこからも、住所からも、本人には行き着かない', async () => {
  const told = await everythingOf('0000000004');
  assert.match(told, /桜が丘九丁目9番9号/u);
  assert.doesNotMatch(told, /サクラ|イツキ|支援措置|000000777/u);
  const byPlace = await found('桜が丘九丁目9番9号');
  assert.match(byPlace, /ミヤザキ　シゲル/u);
  assert.doesNotMatch(byPlace, /ミヤザキ　サクラ|支援措置/u);
  assert.match(byPlace, /1人/u, 'how many are hidden is not told');
  assert.doesNotMatch(await found('0299-99-9999'), /ミヤザキ/u);
});

test('地区で対象者をしぼっても、支援措置の世帯の人は、その場所からは選ばれない', async () => {
  const { db, lgCode } = office.database;
  const filter = { areas: ['若葉台市桜が丘九丁目9番9号'] };
  const everybody = {
    after: 0,
    to: 2 ** 40,
    born: [{ from: getDay(1850, 1, 1), to: asOf }],
    sexes: ['male', 'female', 'unknown'],
  } as const;
  const [atPlace, counted] = await withMunicipality(db, lgCode, async (tx) => [
    await readPeopleAtSight(tx, everybody, filter, asOf),
    await countPeopleAlike(tx, filter, asOf, []),
  ]);
  assert.equal(
    counted.reduce((sum, { people }) => sum + people, 0),
    1,
    'nor is it told by a figure',
  );
  assert.deepEqual(
    atPlace.map(({ personId }) => personId),
    [await idOf('0000000004')],
  );
});

test('住登外者の登録の申請にも、承認のあとで支援措置の対象になっても、場所は出ない', async () => {
  const { db, lgCode } = office.database;
  const context = testContext(db, { ...testActor(lgCode, ['persons.register']), staffId: await staffIdOf('tantou') });
  const typed = { kana: 'ミナミ　レイ', name: '南　礼', birthDate: '1990-04-01', sex: 'female', postalCode: '2990099' };
  const place = { address: '若葉台市夕陽町七丁目7番7号', phone: '0299-77-7777', isProtected: 'yes' };
  const around = { category: 'evacuee', grounds: '避難者の届', validFrom: '2026-11-01' };
  const empty = Object.fromEntries(draftFields.map((field) => [field, ''])) as DraftForm;
  const draft = decideDraft({ ...empty, ...typed, ...place, ...around }, asOf);
  assert.ok(draft.answer !== 'refused', JSON.stringify(draft.findings));
  const asked = await requestRegistration(context, draft.value, []);
  assert.ok(asked.answer !== 'refused', JSON.stringify(asked.findings));
  const told = (await clerk.get(`/approvals/${asked.value}`)).body;
  assert.match(told, /南　礼/u);
  assert.doesNotMatch(told, /夕陽町|0299-77|2990099|299-0099/u);
});

test('登録を終えた申請は、そのとき支援措置でなくても場所を出さず、だれの申請をなぜ見たかが残る', async () => {
  const { db, lgCode } = office.database;
  const context = testContext(db, { ...testActor(lgCode, ['persons.register']), staffId: await staffIdOf('tantou') });
  const typed = { kana: 'キタ　レン', name: '北　連', birthDate: '1991-04-01', sex: 'male', postalCode: '2990088' };
  const around = { category: 'evacuee', grounds: '避難者の届', validFrom: '2026-11-01' };
  const empty = Object.fromEntries(draftFields.map((field) => [field, ''])) as DraftForm;
  const draft = decideDraft({ ...empty, ...typed, address: '若葉台市朝日町六丁目6番6号', ...around }, asOf);
  assert.ok(draft.answer !== 'refused', JSON.stringify(draft.findings));
  const asked = await requestRegistration(context, draft.value, []);
  assert.ok(asked.answer !== 'refused', JSON.stringify(asked.findings));
  const path = `/approvals/${asked.value}`;
  // Before anybody is registered the approver must see what is to be registered.
  const chief = new StaffBrowser({ server: office.app.server, accounts: office.accounts, lgCode });
  await chief.signIn('kakaricho');
  assert.match((await chief.get(path)).body, /朝日町六丁目/u);
  assert.equal((await chief.post(`${path}/decide`, { answer: 'approve' })).statusCode, 303);
  for (const reader of [clerk, chief]) {
    const { body } = await reader.get(path);
    assert.match(body, /北　連[\s\S]*人の画面で見てください/u);
    assert.doesNotMatch(body, /朝日町|2990088|299-0088/u);
  }
  const viewed = await withMunicipality(db, lgCode, async (tx) => {
    const { acts } = await listActs(tx, { act: 'access.approvalViewed' }, { limit: 2 });
    return await Promise.all(
      acts.map(async ({ recordedOn, actId, staffName, reason }) => ({
        staffName,
        reason,
        persons: await listPersonsOfAct(tx, recordedOn, actId),
      })),
    );
  });
  const persons = viewed[0]?.persons ?? [];
  assert.equal(persons.length, 1);
  assert.deepEqual(viewed, [
    { staffName: '高橋 直樹', reason: '申請と承認（住登外者の登録）', persons },
    { staffName: '佐藤 みどり', reason: '窓口での照会', persons },
  ]);
});

test('結び付けと解除の申請は、見ると二人とも監査ログに名指される', async () => {
  const { db, lgCode } = office.database;
  const [memberId, principalId] = [await idOf('0000000001'), await idOf('0000000002')];
  for (const wanted of ['persons.link', 'persons.unlink']) {
    const kind = listApprovalKinds(office.app.staffApp).find((each) => each.kind === wanted);
    const people = await withMunicipality(db, lgCode, async (tx) => {
      return (await kind?.listPersonIds?.(tx, { memberId, principalId })) ?? [];
    });
    assert.deepEqual(
      people.toSorted((a, b) => a - b),
      [memberId, principalId],
      wanted,
    );
  }
});

test('前に交付した証明書の写しは、世帯のだれかが支援措置の対象になれば開けない', async () => {
  const { db, lgCode } = office.database;
  const actor = testActor(lgCode, ['persons.view', 'certificates.issue', 'vaccinations.view']);
  await takeIn([{ ...newResident, 整理番号: '0000000021' }]);
  const personId = await idOf('0000000021');
  const fileId = await withMunicipality(db, lgCode, async (tx) => {
    const file = await storeFile(tx, { name: 'c.pdf', mediaType: 'application/pdf' }, [Buffer.from('copy')]);
    const frame = { actId: await recordAct(tx, actor, { act: 'certificates.issued', personIds: [personId] }) };
    const by = { ...frame, staffId: null, staffName: '担当' };
    const issued = { layoutId: 'certificate-ja', title: '証明', issuedOn: asOf, ledgerVersion: 0, doses: 1, pages: 1 };
    const copy = { personId, fileId: file.fileId, digest: file.digest, purpose: '提出', staffName: '担当', ...issued };
    await insertCertificate(tx, by, 4001, copy);
    return file.fileId;
  });
  assert.ok(fileId > 0);
  const tools = { ...testContext(db, actor), library: {} as never };
  assert.equal((await readCertificate(tools, 4001)).toString(), 'copy');
  await takeIn([{ ...newResident, 整理番号: '0000000022', 氏名カナ: 'カワ　アキ', 支援措置: '1' }]);
  await assert.rejects(readCertificate(tools, 4001), /支援措置/u);
});
