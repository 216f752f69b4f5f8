import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import pino from 'pino';
import { listActs } from '#common-base/audit';
import type { PersonId } from '#kernel';
import { secretKeyWrapper } from '#platform/keys';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testClock } from '../../../tests/support/addressees.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { type NationalStandIns, openNationalStandIns } from '../../../tests/support/national.ts';
import { importPeople, numberFeed, testKeyWrapper, vaultContext } from '../../../tests/support/numbers.ts';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../tests/support/staff-server.ts';
import {
  askResidentNetwork,
  enterApprovedNumbers,
  importIndividualNumbers,
  individualNumberPath,
  registerNumberRoutes,
} from './index.ts';

const [n1, n2, n3, n4] = handMadeNumbers;
let office: StaffServer;
let national: NationalStandIns;
let first: PersonId;
let second: PersonId;
/** The wrapping key that the routes hold at the moment. */
let keyWrapper = testKeyWrapper;
/** Every line of the server's log at its most talkative. */
const logged: string[] = [];

before(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => logged.push(line) });
  office = await openStaffServer('{"secondFactorRoles":[]}', testClock.now().toISOString(), { log });
  const { db, lgCode } = office;
  await loadDemonstrationSettings(db);
  [first, second] = (await importPeople(db, lgCode, 2)) as [PersonId, PersonId];
  await importIndividualNumbers(vaultContext(db, lgCode), numberFeed([[1, n1]]));
  registerNumberRoutes(
    office.app,
    {
      identify: () => keyWrapper.identify(),
      wrap: (...question) => keyWrapper.wrap(...question),
      unwrap: (...question) => keyWrapper.unwrap(...question),
    },
    () => office.clock.now(),
  );
  const registered = { name: '若葉　花子', birthDate: '1954-08-25', sex: 'female', isFormer: false };
  national = await openNationalStandIns(office.database, office.clock, {
    records: [],
    people: [{ ...registered, individualNumber: n1, address: 'どこか遠くの町', previousMunicipality: '132098' }],
  });
});
after(async () => {
  await national.close();
  await office.close();
});

/** A browser of one member of staff, signed in with a reason. */
async function browserOf(accountName: string): Promise<StaffBrowser> {
  const browser = new StaffBrowser(office);
  assert.equal((await browser.signIn(accountName)).statusCode, 303);
  await browser.giveReason('窓口での本人確認');
  return browser;
}

async function countActs(act: string, outcome: 'done' | 'refused' = 'done'): Promise<number> {
  return withMunicipality(office.db, office.lgCode, async (tx) => (await listActs(tx, { act, outcome })).acts.length);
}

test('担当職員は番号を見ずに本人のものかを確かめ、入れた番号はどこにも返らない', async () => {
  const clerk = await browserOf('tantou');
  const path = individualNumberPath(first);
  const page = await clerk.get(path);
  assert.equal(page.statusCode, 200);
  assert.ok(page.body.includes('登録あり') && !page.body.includes('表示する'), 'a clerk sees no way to the number');
  const ask = (individualNumber: string, personId = first): Promise<LightMyRequestResponse> =>
    clerk.post(`${individualNumberPath(personId)}/confirm`, { individualNumber });
  const answers: [string, PersonId, number, string][] = [
    [n1, first, 200, 'この人の個人番号です'],
    ['１１１１　１１１１ー１１１８', first, 200, 'この人の個人番号です'],
    [n2, first, 200, 'この人の個人番号ではありません'],
    [n1, second, 200, '登録されていません'],
    ['111111111119', first, 422, '検査用数字が合いません'],
    ['', first, 422, '検査用数字が合いません'],
  ];
  for (const [number, personId, status, sentence] of answers) {
    const response = await ask(number, personId);
    assert.equal(response.statusCode, status, sentence);
    assert.ok(response.body.includes(sentence), sentence);
    assert.ok(!/\d{12}/u.test(response.body.replaceAll(/value="[\w-]{43}"/gu, '')), 'a number came back');
    assert.equal(response.headers['cache-control'], 'no-store');
  }
  assert.equal(await countActs('numbers.confirmed'), 4, 'a mistyped number never reaches the vault');
});

test('番号の表示は係長だけで、利用目的を選ばなければ出ず、見れば必ず記録が残る', async () => {
  const path = `${individualNumberPath(first)}/reveal`;
  const clerk = await browserOf('tantou');
  const refused = await clerk.post(path, { purpose: 'identityCheck' });
  assert.equal(refused.statusCode, 403);
  assert.equal(await countActs('numbers.viewed'), 0);
  const chief = await browserOf('kakaricho');
  assert.ok((await chief.get(individualNumberPath(first))).body.includes('個人番号を表示する'));
  for (const purpose of ['', 'curiosity', 'toString']) {
    const response = await chief.post(path, { purpose });
    assert.equal(response.statusCode, 422, purpose);
    assert.ok(!response.body.includes('1111 1111 1118'));
  }
  assert.equal(await countActs('numbers.viewed'), 0);
  const shown = await chief.post(path, { purpose: 'identityCheck' });
  assert.equal(shown.statusCode, 200);
  assert.ok(shown.body.includes('1111 1111 1118'));
  assert.equal(await countActs('numbers.viewed'), 1);
  const none = await chief.post(`${individualNumberPath(second)}/reveal`, { purpose: 'identityCheck' });
  assert.equal(none.statusCode, 404);
});

test('ほかの役割と、いない人の番号の画面は開かない', async () => {
  for (const accountName of ['kanri', 'kansa']) {
    const browser = await browserOf(accountName);
    assert.equal((await browser.get(individualNumberPath(first))).statusCode, 403, accountName);
    const confirm = await browser.post(`${individualNumberPath(first)}/confirm`, { individualNumber: n1 });
    assert.equal(confirm.statusCode, 403, accountName);
  }
  const clerk = await browserOf('tantou');
  assert.equal((await clerk.get('/persons/999999/individual-number')).statusCode, 404);
});

test('金庫の鍵が違えば、番号も鍵のことも出さずに、運用者を呼ぶように示す', async () => {
  keyWrapper = secretKeyWrapper(Buffer.alloc(32, 9).toString('base64'));
  const strange = (await keyWrapper.identify()).keyId;
  try {
    const chief = await browserOf('kakaricho');
    const response = await chief.post(`${individualNumberPath(first)}/reveal`, { purpose: 'identityCheck' });
    assert.equal(response.statusCode, 503);
    assert.ok(response.body.includes('金庫が開きません') && !response.body.includes(strange));
    assert.ok(!response.body.includes('SESSHU_VAULT_KEY'));
  } finally {
    keyWrapper = testKeyWrapper;
  }
});

/** The last request of the approvals. */
async function lastRequest(): Promise<string> {
  const { rows } = await withMunicipality(office.db, office.lgCode, ({ client }) =>
    client.query<{ id: number }>('SELECT max(request_id) AS id FROM approval_requests'),
  );
  return `/approvals/${rows[0]?.id}`;
}

async function decide(browser: StaffBrowser, answer = 'approve'): Promise<number> {
  const path = await lastRequest();
  await browser.get(path);
  return (await browser.post(`${path}/decide`, { answer })).statusCode;
}

test('住基ネットには、一人が定め別の一人が確かめた人だけを照会し、違いは確かめる一覧に出て、番号はどこにも出ない', async () => {
  const path = `/persons/${first}/register-confirmation`;
  const ask = () => askResidentNetwork(national.context, office.lgCode);
  const clerk = await browserOf('tantou');
  assert.equal((await clerk.get(path)).statusCode, 200);
  assert.equal((await clerk.post(path, { reason: '' })).statusCode, 422);
  assert.equal((await clerk.post(path, { reason: `番号は${n1}` })).statusCode, 422);
  assert.equal((await clerk.post(path, { reason: '登録内容の確認' })).statusCode, 303);
  assert.equal((await clerk.post(path, { reason: '登録内容の確認' })).statusCode, 422, 'asked already');
  assert.equal(await ask(), 0, 'nobody else has looked yet');
  assert.equal(await decide(clerk), 409, 'one person is not two');
  const chief = await browserOf('kakaricho');
  const request = await chief.get(await lastRequest());
  assert.ok(request.body.includes('0000000001') && request.body.includes('若葉　花子'));
  assert.ok((await countActs('access.approvalViewed')) > 0, 'whoever saw her name stands in the log');
  assert.equal(await decide(chief), 303);
  national.network.isResting = true;
  await assert.rejects(ask(), /maintenance/u);
  national.network.isResting = false;
  assert.equal(await ask(), 1);
  assert.equal(await ask(), 0, 'asked once');
  const page = (await clerk.get(path)).body.replaceAll(/<[^>]*>/gu, '');
  assert.match(
    page,
    /違いあり[\s\S]*個人番号 正しい。氏名 一致。生年月日 一致。性別 一致。住所 違う。転出元 団体コード 132098/u,
  );
  assert.match(page, /佐藤 みどり[\s\S]*高橋 直樹/u);
  const list = await clerk.get('/numbers/register-differences');
  assert.match(list.body, /若葉　花子/u);
  const confirmationId = /name="confirmationId" value="(\d+)"/u.exec(list.body)?.[1] ?? '';
  const settle = (note: string) => clerk.post('/numbers/register-differences', { confirmationId, note });
  assert.equal((await settle('')).statusCode, 422);
  assert.equal((await settle('住民課に確かめた')).statusCode, 303);
  assert.equal((await settle('もう一度')).statusCode, 422);
  assert.doesNotMatch((await clerk.get('/numbers/register-differences')).body, /若葉　花子/u);
  assert.equal(await countActs('numbers.registerAsked'), 1);
  const auditor = await browserOf('kansa');
  assert.equal((await auditor.get(path)).statusCode, 403);
});

test('番号のない人は4情報だけで照会し、生年月日も分からない人のことは、送らずにわけとともに終わる', async () => {
  const clerk = await browserOf('tantou');
  const path = `/persons/${second}/register-confirmation`;
  assert.equal((await clerk.post(path, { reason: '住登外者の登録のため' })).statusCode, 303);
  assert.equal(await decide(await browserOf('kakaricho')), 303);
  await askResidentNetwork(national.context, office.lgCode);
  const answered = (await clerk.get(path)).body.replaceAll(/<[^>]*>/gu, '');
  assert.match(answered, /個人番号 使わず4情報で照会。氏名 一致。生年月日 一致。性別 一致。住所 違う。/u);
  const change = (what: string) =>
    withMunicipality(office.db, office.lgCode, ({ client }) =>
      client.query(`UPDATE persons SET ${what} WHERE person_id = ${second}`),
    );
  await change('is_protected = true');
  assert.equal((await clerk.post(path, { reason: '支援措置のあとの確認' })).statusCode, 303);
  assert.equal(await decide(await browserOf('kakaricho')), 303);
  await askResidentNetwork(national.context, office.lgCode);
  const withheld = (await clerk.get(path)).body.replaceAll(/<[^>]*>/gu, '');
  assert.match(withheld, /くらべた項目は一致[\s\S]*住所 くらべていない。[\s\S]*くらべていない項目: 個人番号・住所/u);
  const [act] = await withMunicipality(
    office.db,
    office.lgCode,
    async (tx) => (await listActs(tx, { act: 'numbers.registerAsked' })).acts,
  );
  assert.deepEqual(act?.items, ['name', 'birthDate', 'sex'], 'what went out, and nothing else');
  await change("is_protected = false, birth_date_precision = 'month'");
  assert.equal((await clerk.post(path, { reason: '登録内容の確認' })).statusCode, 303);
  assert.equal(await decide(await browserOf('kakaricho')), 303);
  await askResidentNetwork(national.context, office.lgCode);
  assert.match((await clerk.get(path)).body, /照会できない/u);
});

test('個人番号は一人が書類から入れ、別の一人が入れ直して承認すると金庫に入り、どこにも返らない', async () => {
  const path = `${individualNumberPath(second)}/entry`;
  const enter = () => enterApprovedNumbers(national.context, office.lgCode);
  const clerk = await browserOf('tantou');
  const chief = await browserOf('kakaricho');
  const draft = (fields: Record<string, string>, who = clerk) =>
    who.post(path, {
      individualNumberEntry: n3,
      branchNumber: '01',
      kind: 'first',
      grounds: '個人番号カード',
      ...fields,
    });
  for (const [fields, sentence] of [
    [{ individualNumberEntry: '333333333333' }, '検査用数字が合いません'],
    [{ individualNumberEntry: '000000000000' }, '検査用数字が合いません'],
    [{ kind: 'changed' }, '登録の種類が'],
    [{ kind: 'toString' }, '登録の種類が'],
    [{ grounds: '' }, '書類がありません'],
    [{ branchNumber: '1a' }, '枝番は4桁まで'],
  ] as const) {
    const refused = await draft(fields);
    assert.equal(refused.statusCode, 422, sentence);
    assert.ok(refused.body.includes(sentence), sentence);
    assert.ok(!/\d{12}/u.test(refused.body.replaceAll(/value="[\w-]{43}"/gu, '')), 'a number came back');
  }
  assert.equal((await draft({})).statusCode, 303);
  const request = await lastRequest();
  const entryId = /name="entryId" value="(\d+)"/u.exec((await chief.get(path)).body)?.[1] ?? '';
  const check = (individualNumberAgain: string, who = chief) =>
    who.post(`${path}/check`, { entryId, individualNumberAgain });
  assert.equal((await check(n3, clerk)).statusCode, 403, 'a clerk is no second person');
  await chief.get(request);
  const early = await chief.post(`${request}/decide`, { answer: 'approve' });
  assert.ok(early.statusCode === 409 && early.body.includes('まだ番号を入れていません'), 'approved unseen');
  const wrong = await check(n2);
  assert.ok(wrong.statusCode === 422 && wrong.body.includes('同じではありません'));
  const matched = await check('３３３３　３３３３　３３３２');
  assert.ok(matched.statusCode === 200 && matched.body.includes('一人目と同じ番号でした'));
  assert.equal(await enter(), 0, 'not approved yet');
  await chief.get(request);
  assert.equal((await chief.post(`${request}/decide`, { answer: 'approve' })).statusCode, 303);
  assert.equal(await enter(), 1);
  assert.equal(await enter(), 0);
  await clerk.get(individualNumberPath(second));
  const confirmed = await clerk.post(`${individualNumberPath(second)}/confirm`, { individualNumber: n3 });
  assert.ok(confirmed.body.includes('この人の個人番号です') && confirmed.body.includes('団体内統合宛名番号'));
  const { rows } = await withMunicipality(
    office.db,
    office.lgCode,
    ({ client }) =>
      client.query(
        `SELECT (SELECT count(*) FROM number_vault.number_drafts)::int AS n,
           (SELECT count(*) FROM number_vault.integrated_numbers)::int AS known`,
      ),
    { role: 'vault' },
  );
  assert.deepEqual(rows, [{ n: 0, known: 2 }]);
});

test('訂正は枝番の履歴に残り、別の人の番号は入らず、新しい手入力は前のものに替わる', async () => {
  const path = `${individualNumberPath(second)}/entry`;
  const clerk = await browserOf('tantou');
  const chief = await browserOf('kakaricho');
  const enterTwice = async (number: string, fields: Record<string, string>) => {
    const form = { individualNumberEntry: number, kind: 'correction', grounds: '住民票の写し', ...fields };
    assert.equal((await clerk.post(path, form)).statusCode, 303);
    const entryId = /name="entryId" value="(\d+)"/u.exec((await chief.get(path)).body)?.[1] ?? '';
    assert.equal((await chief.post(`${path}/check`, { entryId, individualNumberAgain: number })).statusCode, 200);
    assert.equal(await decide(chief), 303);
    await enterApprovedNumbers(national.context, office.lgCode);
    return (await clerk.get(path)).body.replaceAll(/<[^>]*>/gu, ' ');
  };
  const first2 = { individualNumberEntry: n4, kind: 'correction', grounds: '見まちがい', branchNumber: '02' };
  assert.equal((await clerk.post(path, first2)).statusCode, 303);
  const abandoned = await lastRequest();
  assert.match(await enterTwice(n4, { branchNumber: '02' }), /登録した/u);
  await chief.get(abandoned);
  assert.equal((await chief.post(`${abandoned}/decide`, { answer: 'approve' })).statusCode, 409, 'replaced');
  assert.match(await enterTwice(n1, { branchNumber: '03' }), /別の宛名番号の人の番号になっています/u);
  const page = (await clerk.get(individualNumberPath(second))).body.replaceAll(/<[^>]*>/gu, ' ');
  assert.match(page, /02[\s\S]*いまの番号[\s\S]*01[\s\S]*以前の番号/u);
  const former = await clerk.post(`${individualNumberPath(second)}/confirm`, { individualNumber: n3 });
  assert.ok(former.body.includes('以前の個人番号です'));
});

test('どのログの行にも個人番号はない', () => {
  assert.ok(logged.length > 20 && logged.some((line) => line.includes('the vault of individual numbers did not open')));
  for (const number of [...handMadeNumbers, '111111111119', '1111 1111 1118', '１１１１　１１１１ー１１１８']) {
    const asForm = new URLSearchParams({ number }).toString().slice('number='.length);
    assert.deepEqual(
      logged.filter((line) => line.includes(number) || line.includes(asForm)),
      [],
    );
  }
});
