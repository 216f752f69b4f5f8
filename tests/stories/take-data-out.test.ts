import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import { importIndividualNumbers } from '#addressees/numbers';
import { hasProtectedSince, importResidents } from '#addressees/persons';
import { asJob } from '#common-base/access';
import { listActs } from '#common-base/audit';
import { eraseLapsedFiles, findProvisionBasis } from '#common-base/oversight';
import { parseIsoDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { residentFeed, testActor, testContext } from '../support/addressees.ts';
import { browserMissing, checkPage, findBrowserPath, startBrowser } from '../support/browser.ts';
import { openDesk } from '../support/desk.ts';
import { handMadeNumbers } from '../support/hand-made-numbers.ts';
import { numberFeed, vaultContext } from '../support/numbers.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { setSettingsFile } from '../support/settings-file.ts';
import { type BrowsedOffice, StaffBrowser } from '../support/staff-server.ts';

let office: TestOffice;
let browsed: BrowsedOffice;
let clerk: StaffBrowser;
let chief: StaffBrowser;
let folder: string;

before(async () => {
  office = await openTestOffice('2026-11-21T10:00:00+09:00');
  const { db, lgCode } = office.database;
  browsed = { server: office.app.server, accounts: office.accounts, lgCode };
  folder = await mkdtemp(join(tmpdir(), 'sesshu-export-'));
  const people = [
    { 整理番号: '0000000001', 氏名漢字: '=HYPERLINK("x")', 世帯番号: '000000001' },
    { 整理番号: '0000000002', 氏名漢字: '若葉　守', 世帯番号: '000000002', 支援措置: '1', 住所: '若葉台市秘町九丁目' },
    { 整理番号: '0000000003', 氏名漢字: '佐藤 123456789018', 世帯番号: '000000003' },
  ];
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  await importResidents(context, residentFeed(people), { isChanges: false, asOf: parseIsoDay('2026-11-21') });
  await importIndividualNumbers(vaultContext(db, lgCode), numberFeed([[1, handMadeNumbers[0]]]));
  [clerk, chief] = [new StaffBrowser(browsed), new StaffBrowser(browsed)];
  for (const [browser, name] of [
    [clerk, 'tantou'],
    [chief, 'kakaricho'],
  ] as const) {
    await browser.signIn(name);
    await browser.get('/reason');
    await browser.post('/reason', { reason: 'other', otherReason: '統計資料の作成' });
  }
});
after(async () => {
  await office.close();
  await rm(folder, { recursive: true, force: true });
});

const asked = {
  ...{
    setKey: 'residents',
    columns: 'name',
    dayFrom: '',
    dayTo: '',
    recipient: '子育て支援課',
    provision: 'export-own-office',
    eraseBy: '2026-12-20',
  },
  reason: '健診の案内の名簿を作るため',
};

async function mediumId(): Promise<string> {
  const page = await clerk.get('/exports/new?set=residents');
  return /<option\s+value="(\d+)"/u.exec(page.body)?.[1] ?? '';
}

/** Asks for an export of these columns; answers the address of its page. */
async function request(columns: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const page = await clerk.get('/exports/new?set=residents');
  const form = new URLSearchParams({ ...asked, mediumId: await mediumId(), ...more });
  form.delete('columns');
  for (const column of columns) form.append('columns', column);
  form.set('csrfToken', clerk.csrfToken);
  const cookie = [...clerk.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await office.app.server.inject({
    method: 'POST',
    url: '/exports/new',
    payload: form.toString(),
    headers: { host: 'localhost', cookie, 'content-type': 'application/x-www-form-urlencoded' },
    remoteAddress: '10.0.0.1',
  });
  assert.ok(page.statusCode === 200);
  return answer.statusCode === 303 ? String(answer.headers.location) : `refused ${answer.body}`;
}

async function approve(browser: StaffBrowser, kind: string): Promise<number> {
  const list = await browser.get('/approvals');
  const id = new RegExp(`href="/approvals/(\\d+)">${kind}`, 'u').exec(list.body)?.[1];
  assert.ok(id, `no request ${kind} waits`);
  await browser.get(`/approvals/${id}`);
  return (await browser.post(`/approvals/${id}/decide`, { answer: 'approve' })).statusCode;
}

test('媒体がなければ申請できず、係長が管理簿に登録すると申請できる', async () => {
  assert.match((await clerk.get('/exports/new')).body, /媒体の管理簿に媒体がありません/u);
  assert.equal((await clerk.post('/media', { label: 'USB-01', kind: 'usbMemory' })).statusCode, 403);
  await chief.get('/media');
  assert.equal((await chief.post('/media', { label: 'USB-01', kind: 'usbMemory' })).statusCode, 303);
  assert.equal((await chief.post('/media', { label: 'ＵＳＢ-01', kind: 'usbMemory' })).statusCode, 422);
  assert.equal((await chief.post('/media', { label: 'X', kind: 'floppy' })).statusCode, 422);
  assert.match((await clerk.get('/media')).body, /USB-01/u);
});

test('公開されていない項目、個人番号、読めない期間、媒体のない申請は断られる', async () => {
  for (const [columns, more, words] of [
    [['name', 'individualNumber'], {}, '持ち出せない項目'],
    [[], {}, '持ち出す項目を選んでいません'],
    [['name'], { setKey: 'individual_numbers' }, 'どのデータですか'],
    [['name'], { dayFrom: '2026-13-01' }, '日付を読めません'],
    [['name'], { dayFrom: '２０２６/２/１', dayTo: '令和8年1月1日' }, '期間の終わりが初めより前'],
    [['name'], { mediumId: '999' }, '媒体を選んでいないか'],
    [['name'], { eraseBy: '2027-11-21' }, '消去の期限は'],
    [['name'], { recipient: ' ' }, '渡す先が入っていません'],
    [['name'], { reason: ' ' }, '目的が入っていません'],
    [['name'], { provision: '' }, '提供の根拠を選んでいません'],
    [['name'], { provision: 'network-25' }, '提供の根拠を選んでいません'],
  ] as const) {
    const answer = await request(columns, more);
    assert.ok(answer.startsWith('refused'), `${columns.join()} ${JSON.stringify(more)}`);
    assert.ok(answer.includes(words), words);
  }
});

test('提供の根拠の表は時点ごとに読め、表から消えた根拠では、承認された持ち出しも作れない', async () => {
  const { db, lgCode } = office.database;
  const now = await clerk.get('/provisions');
  assert.match(now.body, /表25の項[\s\S]*ほかの時期の行[\s\S]*第19条第7号/u);
  assert.match((await clerk.get('/provisions?on=2021-08-31')).body, /第19条第7号[\s\S]*ほかの時期の行[\s\S]*表25の項/u);
  const page = await request(['name']);
  assert.equal(await approve(chief, 'データの持ち出し'), 303);
  await setSettingsFile(db, lgCode, 'provisions.csv', 'id,valid_from,valid_to\nclinics,,\n');
  await clerk.get(page);
  const refused = await clerk.post(`${page}/make`, {});
  assert.deepEqual([refused.statusCode, /提供の根拠が、今日の表にありません/u.test(refused.body)], [409, true]);
  const ask = { door: 'informationNetwork', recipient: 'municipality', withNumbers: true } as const;
  const basis = () => withMunicipality(db, lgCode, (tx) => findProvisionBasis(tx, ask, parseIsoDay('2026-11-21')));
  assert.equal(await basis(), undefined);
  await setSettingsFile(db, lgCode, 'provisions.csv', null);
  assert.equal((await basis())?.id, 'network-25');
  const unnamed = `INSERT INTO exports (lg_code, set_key, columns, medium_id, recipient, reason, erase_by, requested_by, requested_at)
    SELECT lg_code, set_key, columns, medium_id, recipient, reason, erase_by, requested_by, now() FROM exports LIMIT 1`;
  await assert.rejects(
    withMunicipality(db, lgCode, ({ client }) => client.query(unnamed)),
    /exports_provision_named/u,
  );
});

test('申請、承認、暗号化、受取、消去が管理簿に残り、ファイルは別のプログラムでパスワードがなければ開かない', async () => {
  const page = await request(['addresseeNumber', 'name', 'address']);
  assert.match(page, /^\/exports\/\d+$/u);
  await clerk.get(page);
  assert.equal((await clerk.post(`${page}/make`, {})).statusCode, 409, 'not approved yet');
  assert.equal((await clerk.post(`${page}/file`, {})).statusCode, 409);
  assert.equal(await approve(chief, 'データの持ち出し'), 303);
  await chief.get(page);
  assert.equal((await chief.post(`${page}/make`, {})).statusCode, 409, 'only the requester makes it');
  await clerk.get(page);
  const made = await clerk.post(`${page}/make`, {});
  assert.equal(made.statusCode, 200);
  const password = /パスワード <code>([a-z0-9-]{34})<\/code>/u.exec(made.body)?.[1] ?? '';
  assert.match(password, /^(?:[a-z2-9]{4}-){6}[a-z2-9]{4}$/u);
  assert.doesNotMatch((await clerk.get(page)).body, new RegExp(password, 'u'), 'the password is shown once');
  const taken = await clerk.post(`${page}/file`, {});
  assert.equal(taken.headers['content-type'], 'application/zip');
  const zip = join(folder, 'export.zip');
  await writeFile(zip, taken.rawPayload);

  const [entry] = await new ZipReader(new BlobReader(new Blob([taken.rawPayload])), { password }).getEntries();
  assert.ok(entry !== undefined && !entry.directory);
  assert.equal(entry.encrypted, true);
  const text = await entry.getData(new TextWriter());
  const lines = text
    .replace(/^\uFEFF/u, '')
    .trimEnd()
    .split('\r\n');
  assert.deepEqual(lines[0], '宛名番号,氏名,住所');
  assert.equal(lines.length, 4);
  assert.ok(lines[1]?.startsWith('0000000001,"\'=HYPERLINK'), 'a formula is no formula');
  assert.match(lines[2] ?? '', /^0000000002,若葉　守,$/u, 'a protected address stays here');
  assert.match(lines[3] ?? '', /佐藤 （個人番号）/u);
  readBackBySevenZip(zip, password, lines.length);

  await withMunicipality(office.database.db, office.database.lgCode, async (tx) => {
    const { acts } = await listActs(tx, { act: 'oversight.exportMade' });
    assert.deepEqual(acts[0]?.items, ['addresseeNumber', 'name', 'address']);
    const { rows } = await tx.client.query('SELECT 1 FROM audit_act_persons WHERE act_id = $1', [acts[0]?.actId]);
    assert.equal(rows.length, 3, 'whose data went out stands in the log');
  });
  assert.equal((await clerk.post(`${page}/make`, {})).statusCode, 409, 'it was taken');
  assert.equal((await chief.post(`${page}/erase`, {})).statusCode, 404);
  assert.equal((await clerk.post(`${page}/erase`, {})).statusCode, 303);
  assert.match((await clerk.get(page)).body, /残り 0 片を確かめた/u);
  await requireErased();

  assert.equal((await chief.post('/media/1/disposed', { note: '破砕' })).statusCode, 422, 'it still holds data');
  await clerk.get(page);
  assert.equal((await clerk.post(`${page}/erased`, { note: '' })).statusCode, 422);
  await clerk.get(page);
  assert.equal((await clerk.post(`${page}/erased`, { note: '完全消去ソフトで上書き' })).statusCode, 303);
  assert.equal(await approve(chief, '媒体からの消去の確認'), 303);
  const done = (await clerk.get(page)).body;
  assert.match(done, /消去を確認済み/u);
  assert.match(done, /消去: 佐藤 みどり、確認: 高橋 直樹/u);
});

/** 7-Zip, where it is installed, opens the file with the password, and with no other. */
function readBackBySevenZip(zip: string, password: string, lines: number): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const tool = ['7zz', '7z']
    .flatMap((name) => folders.map((each) => join(each, name)))
    .find((path) => existsSync(path));
  if (tool === undefined) return;
  const listed = execFileSync(tool, ['l', '-slt', `-p${password}`, zip], { encoding: 'utf8' });
  assert.match(listed, /Method = AES-256/u);
  const text = execFileSync(tool, ['x', '-so', `-p${password}`, zip], { encoding: 'utf8' });
  assert.equal(text.trimEnd().split('\r\n').length, lines);
  assert.throws(() => execFileSync(tool, ['x', '-so', '-pwrong', zip], { stdio: 'pipe' }));
}

async function requireErased(): Promise<void> {
  const { db, lgCode } = office.database;
  const left = await withMunicipality(db, lgCode, ({ client }) =>
    client.query(
      "SELECT 1 FROM file_chunks c JOIN files f USING (lg_code, file_id) WHERE f.name LIKE 'sesshu-export-%'",
    ),
  );
  assert.equal(left.rowCount, 0);
}

test('承認されなかった申請からは何も出ず、自分の申請は自分では承認できない', async () => {
  await chief.get('/exports/new?set=residents');
  const id = await mediumId();
  const answer = await chief.post('/exports/new', { ...asked, mediumId: id });
  assert.equal(answer.statusCode, 303);
  const own = await chief.get('/approvals');
  const number = /href="\/approvals\/(\d+)">データの持ち出し/u.exec(own.body)?.[1] ?? '';
  await chief.get(`/approvals/${number}`);
  assert.notEqual((await chief.post(`/approvals/${number}/decide`, { answer: 'approve' })).statusCode, 303);
  await chief.get(String(answer.headers.location));
  assert.equal((await chief.post(`${String(answer.headers.location)}/make`, {})).statusCode, 409);
});

test('受け取られないファイルは、決めた日数のあとで自動で消える', async () => {
  const { db, lgCode } = office.database;
  const page = await request(['name']);
  assert.equal(await approve(chief, 'データの持ち出し'), 303);
  await clerk.get(page);
  assert.equal((await clerk.post(`${page}/make`, {})).statusCode, 200);
  const actor = await asJob(db, lgCode, { job: '持ち出しファイルの消去', startedBy: null });
  const later = (days: number) => ({
    db,
    actor,
    clock: { now: () => new Date(Date.parse('2026-11-21T02:00:00Z') + days * 86_400_000) },
  });
  assert.equal(await eraseLapsedFiles(later(6), 7), 0);
  assert.equal(await eraseLapsedFiles(later(8), 7), 1);
  assert.equal(await eraseLapsedFiles(later(8), 7), 0);
  await requireErased();
  assert.match((await clerk.get(page)).body, /受け取らずに消去/u);
});

const skip = findBrowserPath() === undefined ? browserMissing : false;

test('画面は、読み上げでも、390ピクセルの幅でも使える', { skip }, async () => {
  const browser = await startBrowser();
  try {
    const made = await request(['name']);
    assert.equal(await approve(chief, 'データの持ち出し'), 303);
    await clerk.get(made);
    await clerk.post(`${made}/make`, {});
    const own = await openDesk(browser, office, 'tantou');
    await own.page.goto(made);
    await checkPage(own.page);
    await clerk.get(made);
    await clerk.post(`${made}/file`, {});
    await own.page.goto(made);
    await own.page.getByRole('button', { name: '媒体からの消去を届け出る' }).waitFor();
    await checkPage(own.page);
    assert.deepEqual(own.troubles, []);
    await makeVendorWork();
    const { page, troubles } = await openDesk(browser, office, 'kakaricho');
    for (const path of [
      '/exports',
      '/exports/new',
      '/exports/new?set=residents',
      '/exports/1',
      '/media',
      '/provisions',
      '/items',
      '/vendors',
      '/vendors/1',
      '/vendor-works',
      '/vendor-works/1',
      '/accuracy-checks',
    ]) {
      await page.goto(path);
      await checkPage(page);
      const pictures = process.env['SESSHU_PICTURES'];
      if (pictures !== undefined) {
        await page.screenshot({ path: join(pictures, `${path.replaceAll(/\W/gu, '-')}.png`), fullPage: true });
      }
    }
    assert.deepEqual(troubles, []);
  } finally {
    await browser.close();
  }
});

/** A contract with a person whose work is under way. */
async function makeVendorWork(): Promise<void> {
  await chief.get('/vendors');
  const days = { contractFrom: '2026-04-01', contractTo: '2027-03-31' };
  assert.equal((await chief.post('/vendors', { name: '若葉情報', contract: '台帳の保守', ...days })).statusCode, 303);
  await withMunicipality(office.database.db, office.database.lgCode, async ({ client }) => {
    await client.query(`INSERT INTO vendor_workers SELECT lg_code, staff_id, 1, '2026-04-01', staff_id, now()
      FROM staff_members WHERE account_name = 'tantou'`);
    await client.query(`INSERT INTO vendor_works (lg_code, staff_id, work_on, operations, purpose, instruction, asked_at,
        allowed_by, allowed_at, started_at, started_from)
      SELECT w.lg_code, w.staff_id, '2026-11-21', '{exports.request,jobs.view}', '統計の抽出', '健推第12号', now(),
        a.staff_id, now(), now(), '203.0.113.5'
      FROM vendor_workers w, staff_members a WHERE a.account_name = 'kakaricho'`);
  });
}

test('できごとと申請は、アプリの役割では書き換えられず、消せない', async () => {
  const { db, lgCode } = office.database;
  for (const sql of [
    "UPDATE oversight_events SET staff_name = 'x'",
    'DELETE FROM oversight_events',
    "UPDATE exports SET columns = '{name}'",
    'DELETE FROM exports',
    'DELETE FROM media',
  ]) {
    const attempt = withMunicipality(db, lgCode, ({ client }) => client.query(sql));
    await assert.rejects(attempt, { code: '42501' }, sql);
  }
});

test('ファイルを作ったあとで支援措置が始まれば、前に作ったファイルは渡らず、作り直すよう示される', async () => {
  const page = await request(['addresseeNumber', 'address']);
  assert.equal(await approve(chief, 'データの持ち出し'), 303);
  await clerk.get(page);
  const made = async () => {
    const { body } = await clerk.post(`${page}/make`, {});
    return /パスワード <code>([a-z0-9-]{34})<\/code>/u.exec(body)?.[1] ?? '';
  };
  await made();
  const { db, lgCode } = office.database;
  const later = { now: () => new Date(office.clock.now().getTime() + 1000) };
  const context = { ...testContext(db, testActor(lgCode, ['persons.import'])), clock: later };
  const began = residentFeed([{ 整理番号: '0000000003', 世帯番号: '000000003', 支援措置: '1' }], 'began.csv');
  await importResidents(context, began, { isChanges: true, asOf: parseIsoDay('2026-11-21') });
  await clerk.get(page);
  const refused = await clerk.post(`${page}/file`, {});
  assert.deepEqual([refused.statusCode, /ファイルを作り直してください/u.test(refused.body)], [409, true]);
  // The office of this test stands still at one instant: made a second later, the file would be handed out.
  const since = (ms: number) =>
    withMunicipality(db, lgCode, (tx) => hasProtectedSince(tx, new Date(office.clock.now().getTime() + ms)));
  assert.deepEqual([await since(0), await since(1000)], [true, false]);
});
