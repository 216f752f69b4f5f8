import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { importIndividualNumbers, listNationalWork } from '#addressees/numbers';
import { importResidents } from '#addressees/persons';
import { parseIsoDay } from '#kernel';
import { readHistoryAnswer, wordOfReference } from '#messages';
import { withMunicipality } from '#platform/postgres';
import { residentFeed, testActor, testContext } from '../support/addressees.ts';
import { handMadeNumbers } from '../support/hand-made-numbers.ts';
import { childFromMachida, doseOfMachida, machida } from '../support/machida.ts';
import { type NationalStandIns, openNationalStandIns } from '../support/national.ts';
import { numberFeed, vaultContext } from '../support/numbers.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { StaffBrowser } from '../support/staff-server.ts';

let office: TestOffice;
let national: NationalStandIns;
const [first, second, third] = handMadeNumbers;

const told = (vaccinatedOn: string, doseNumber: number) => ({ ...doseOfMachida, vaccinatedOn, doseNumber });

before(async () => {
  office = await openTestOffice('2026-11-24T10:00:00+09:00');
  const records = [told('2024-07-20', 1), told('2024-08-20', 2), told('2023-01-01', 3)];
  national = await openNationalStandIns(
    office.database,
    office.clock,
    { records: records.map((dose) => ({ individualNumber: first, lgCode: machida, dose })), people: [] },
    office.systemKey,
  );
  const { db, lgCode } = office.database;
  const people = [
    childFromMachida(1),
    childFromMachida(2),
    childFromMachida(3, { 支援措置: '1' }),
    childFromMachida(4, { 転入前住所: 'どこか遠く' }),
  ];
  const importing = testContext(db, testActor(lgCode, ['persons.import']));
  await importResidents(importing, residentFeed(people), { isChanges: false, asOf: parseIsoDay('2026-11-24') });
  const numbers = [first, second, third].map((number, i) => [`000000000${i + 1}`, number] as const);
  await importIndividualNumbers(vaultContext(db, lgCode), numberFeed(numbers));
});
after(async () => {
  await office.close();
  await national.close();
});

const select = <T extends object>(sql: string): Promise<T[]> =>
  withMunicipality(office.database.db, office.database.lgCode, async ({ client }) => (await client.query<T>(sql)).rows);

async function states(): Promise<string> {
  const rows = await select<{ state: string }>('SELECT state FROM history_inquiries ORDER BY person_id');
  return rows.map(({ state }) => state).join(' ');
}

async function until(wanted: string): Promise<void> {
  for (let tries = 0; (await states()) !== wanted; tries += 1) {
    assert.ok(tries < 400, `${await states()} is not ${wanted}`);
    await sleep(250);
  }
}

async function browserOf(accountName: string): Promise<StaffBrowser> {
  const { database, accounts, app } = office;
  const browser = new StaffBrowser({ lgCode: database.lgCode, accounts, server: app.server });
  await browser.signIn(accountName);
  await browser.get('/history-inquiries');
  await browser.post('/reason', { reason: '接種記録の登録・訂正', next: '/history-inquiries' });
  await browser.get('/history-inquiries');
  return browser;
}

/** The last request, approved by the section chief. */
async function approve(told = /0000000001/u): Promise<number> {
  const [row] = await select<{ id: number }>('SELECT max(request_id) AS id FROM approval_requests');
  const chief = await browserOf('kakaricho');
  const page = await chief.get(`/approvals/${row?.id}`);
  assert.match(page.body, told);
  return (await chief.post(`/approvals/${row?.id}/decide`, { answer: 'approve' })).statusCode;
}

test('転入の連携から自動で照会され、支援措置の人と転出元の分からない人は人を待つ', async () => {
  await until('answered empty held unclear');
  const [work, ...others] = await listNationalWork(office.database.db);
  assert.deepEqual(
    [work?.lgCode, work?.isConnected, work?.hasEntries, others.length],
    [office.database.lgCode, true, false, 0],
  );
  const clerk = await browserOf('tantou');
  const list = await clerk.get('/history-inquiries');
  assert.equal(list.statusCode, 200);
  assert.match(list.body, /移　子1[\s\S]*支援措置（保留）[\s\S]*転出元を選ぶ/u);
  assert.doesNotMatch(list.body, /移　子2/u, 'nothing to do about her');
});

test('届いた記録を台帳とくらべ、選んだものだけが二人目の承認で台帳に入り、二度は入らない', async () => {
  const clerk = await browserOf('tantou');
  const [inquiry] = await select<{ id: number; person: number }>(
    "SELECT inquiry_id AS id, person_id AS person FROM history_inquiries WHERE state = 'answered'",
  );
  const path = `/history-inquiries/${inquiry?.id}`;
  // Nobody reads 「遅れています」 off the person's page for a dose that the former municipality has told of.
  const missing = /転出元から届いた接種の記録が、まだ台帳に入っていません/u;
  const person = await clerk.get(`/persons/${inquiry?.person}`);
  assert.match(person.body, missing);
  assert.ok(person.body.includes(`<a href="${path}">接種歴とくらべる</a>`));
  const page = await clerk.get(path);
  const text = page.body.slice(page.body.indexOf('届いた記録')).replaceAll(/<[^>]*>/gu, '');
  assert.ok(text.includes('接種日（2023年1月1日）が生年月日（2024年5月10日）より前です'), text.slice(0, 600));
  assert.match(text, /2024-07-20[\s\S]*台帳にない/u);
  const version = /name="version" value="(\d+)"/u.exec(page.body)?.[1] ?? '';
  const send = (fields: Record<string, string>) =>
    clerk.post(`${path}/take-over`, { version, reason: '母子健康手帳の写しと同じ', ...fields });
  assert.equal((await send({})).statusCode, 422, 'nothing was chosen');
  assert.equal((await send({ ordinals: '3' })).statusCode, 422, 'before birth');
  assert.equal((await send({ ordinals: '1', version: '99' })).statusCode, 422, 'another ledger was looked at');
  assert.equal((await send({ ordinals: '1', reason: '' })).statusCode, 422);
  assert.equal((await send({ ordinals: '1' })).statusCode, 303);
  assert.equal(await approve(/0000000001[\s\S]*ロット A1/u), 303);
  const [entry, ...more] = await select<Record<string, unknown>>(
    `SELECT source, certainty, vaccinated_on::text AS on, programme, lot_number, institution_other, given_in_lg_code,
       recorded_by_name, reason FROM ledger_entries`,
  );
  assert.deepEqual(more, []);
  assert.deepEqual([entry?.['source'], entry?.['certainty'], entry?.['on']], ['inquiry', 'documented', '2024-07-20']);
  assert.equal(entry?.['programme'], 'dpt-ipv-hib');
  assert.deepEqual(
    [entry?.['lot_number'], entry?.['institution_other'], entry?.['given_in_lg_code']],
    ['A1', '町田医院', machida],
  );
  assert.equal(entry?.['recorded_by_name'], '佐藤 みどり（承認 高橋 直樹）');
  assert.equal((await send({ ordinals: '2' })).statusCode, 422, 'the inquiry is over');
  assert.match((await clerk.get(path)).body, /台帳に登録した/u);
  assert.doesNotMatch((await clerk.get(`/persons/${inquiry?.person}`)).body, missing);
});

test('支援措置の人の照会は係長だけが、わけを書いて出せ、転出元は一覧から選ぶ', async () => {
  const clerk = await browserOf('tantou');
  const rows = await select<{ id: number }>('SELECT inquiry_id AS id FROM history_inquiries ORDER BY person_id');
  const [, empty = '', held = '', unclear = ''] = rows.map(({ id }) => `/history-inquiries/${id}`);
  assert.equal((await clerk.post(`${held}/release`, { note: 'よい' })).statusCode, 403);
  assert.equal((await clerk.post(`${unclear}/municipality`, { askedOf: '999999' })).statusCode, 422);
  assert.equal((await clerk.post(`${unclear}/municipality`, { askedOf: machida })).statusCode, 303);
  assert.equal((await clerk.post(`${unclear}/municipality`, { askedOf: machida })).statusCode, 409);
  assert.equal((await clerk.post(`${empty}/close`, { closeNote: '' })).statusCode, 422);
  assert.equal((await clerk.post(`${empty}/close`, { closeNote: '手帳で確認' })).statusCode, 303);
  const chief = await browserOf('kakaricho');
  assert.equal((await chief.post(`${held}/release`, { note: '' })).statusCode, 422);
  assert.equal((await chief.post(`${held}/release`, { note: '差し支えない' })).statusCode, 303);
  assert.equal((await chief.post(`${unclear}/release`, { back: 'list' })).statusCode, 303);
  await until('takenOver closed empty released');
  const waiting = await clerk.get('/history-inquiries?group=waiting');
  assert.match(waiting.body, /個人番号の連携を待っています/u, 'nobody gave the fourth a number');
});

test('転出先からの照会は、二人の手を経て、根拠のある日に、書き換えられずに提供される', async () => {
  const { desk } = national.intermediate;
  const known = desk.state.codes.find(({ individualNumber }) => individualNumber === first)?.integratedNumber ?? '';
  const { lgCode } = office.database;
  const asked = desk.ask(lgCode, known, machida);
  const unknown = desk.ask(lgCode, '1'.repeat(15), machida);
  desk.behaviour.distort = (letter) => letter.replace(machida, '141003');
  const altered = desk.ask(lgCode, known, machida);
  desk.behaviour.distort = null;
  const stateOf = async (): Promise<string> =>
    (
      await select<{ text: string }>(
        `SELECT processing_number || ' ' || state || coalesce(' ' || outcome, '') AS text FROM history_provisions`,
      )
    )
      .map(({ text }) => text.replace(asked, 'asked').replace(unknown, 'unknown').replace(altered, 'altered'))
      .toSorted()
      .join(', ');
  const wait = async (wanted: string): Promise<void> => {
    for (let tries = 0; (await stateOf()) !== wanted; tries += 1) {
      assert.ok(tries < 400, `${await stateOf()} is not ${wanted}`);
      await sleep(250);
    }
  };
  await wait('asked asked, unknown asked');
  const clerk = await browserOf('tantou');
  const page = await clerk.get('/history-provisions');
  assert.match(page.body, /移　子1/u);
  assert.match(page.body, /該当する人がいません/u);
  const words = await select<{ ref: string; number: string }>(
    'SELECT relay_ref AS ref, processing_number AS number FROM history_provisions',
  );
  const wordOf = (number: string) => wordOfReference(words.find((each) => each.number === number)?.ref ?? '');
  /** What stands in the row of a question on the page as it is opened. */
  const look = async (number: string): Promise<{ provision: string; ledgerVersion: string }> => {
    const { body } = await clerk.get('/history-provisions');
    const row = new RegExp(`name="provision" value="${wordOf(number)}"><input[^>]*value="(\\d+)"`, 'u').exec(body);
    return { provision: wordOf(number), ledgerVersion: row?.[1] ?? 'none' };
  };
  const propose = async (number: string, outcome: string, reason = '氏名と生年月日を確かめた') =>
    clerk.post('/history-provisions', { ...(await look(number)), outcome, reason });
  assert.equal((await propose(unknown, 'provided')).statusCode, 422, 'nothing to give');
  assert.equal((await propose(asked, 'toString')).statusCode, 422);
  assert.equal((await propose(asked, 'provided', '')).statusCode, 422);
  // The ledger changes between the opening of the page and the form: what was looked at is not what would go out.
  const looked = await look(asked);
  await select('UPDATE ledger_heads SET version = version + 1 RETURNING version');
  for (const outcome of ['provided', 'noRecord']) {
    const old = await clerk.post('/history-provisions', { ...looked, outcome, reason: '氏名を確かめた' });
    assert.equal(old.statusCode, 409, outcome);
    assert.match(
      old.body,
      /接種記録が変わりました（いま渡せる記録は1件、いちばん新しい記録は2026年[^<]*が入れたもの）/u,
    );
  }
  const withoutPage = { provision: wordOf(asked), outcome: 'provided', reason: '氏名を確かめた' };
  assert.equal((await clerk.post('/history-provisions', withoutPage)).statusCode, 409, 'no page was looked at');
  assert.equal((await propose(asked, 'provided')).statusCode, 303);
  assert.equal(desk.state.provisions.length, 0, 'one person is not two');
  // Between asking and approving the ledger changed: what goes out would not be what was looked at.
  await select('UPDATE ledger_heads SET version = version + 1 RETURNING version');
  assert.equal(await approve(), 409);
  assert.equal((await propose(asked, 'provided')).statusCode, 303);
  assert.equal(await approve(), 303);
  assert.equal((await propose(unknown, 'noRecord')).statusCode, 303);
  const chief = await browserOf('kakaricho');
  const [last] = await select<{ id: number }>('SELECT max(request_id) AS id FROM approval_requests');
  await chief.get(`/approvals/${last?.id}`);
  assert.equal((await chief.post(`/approvals/${last?.id}/decide`, { answer: 'approve' })).statusCode, 303);
  await wait('asked handedOver provided, unknown handedOver noRecord');
  for (let tries = 0; desk.state.provisions.length < 2; tries += 1) {
    assert.ok(tries < 400, 'the answers do not go out');
    await sleep(250);
  }
  const given = desk.state.provisions.find(({ processingNumber }) => processingNumber === asked);
  const letter = readHistoryAnswer(given?.letter ?? '');
  assert.deepEqual(
    letter.doses.map(({ vaccinatedOn, programme, institutionName }) => [vaccinatedOn, programme, institutionName]),
    [['2024-07-20', 'dpt-ipv-hib', '町田医院']],
  );
  const [act] = await select<{ details: Record<string, unknown> }>(
    "SELECT details FROM audit_acts WHERE act = 'histories.provided' AND details ->> 'outcome' = 'provided'",
  );
  assert.equal(act?.details['provision'], 'network-25');
  const trace = (await clerk.post('/numbers/relays', { number: altered })).body.replaceAll(/<[^>]*>/gu, ' ');
  assert.match(trace, /内容と要約値が合わず、渡さずに捨てた[\s\S]*不一致/u);
  assert.equal(
    (await clerk.post('/numbers/relays', { number: first })).statusCode,
    422,
    'no individual number is looked for',
  );
});
