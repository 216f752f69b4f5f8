import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../../tests/support/staff-server.ts';
import { redirectTo } from '../answers.ts';
import { asOperator } from '../as-operator.ts';
import { addStaff } from '../manage-staff.ts';
import { addStaffRoute } from '../staff-app.ts';

let office: StaffServer;
let chief: StaffBrowser;
let vendor: StaffBrowser;

before(async () => {
  office = await openStaffServer(JSON.stringify({ secondFactorRoles: [] }));
  addStaffRoute(office.app, {
    method: 'POST',
    url: '/probe/exports',
    permission: 'exports.request',
    handler: () => Promise.resolve(redirectTo('/')),
  });
  [chief, vendor] = [new StaffBrowser(office), new StaffBrowser(office, '203.0.113.5')];
  await chief.signIn('kakaricho');
});
after(() => office.close());

/** Makes an account as the administrator does, and signs its person in with a password of their own. */
async function account(accountName: string, expiresOn: string | null, roles: readonly string[] = ['vendor']) {
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: 'kanri', reason: null });
  const given = { accountName, displayName: `作業 ${accountName}`, department: '委託先', roles };
  const day = expiresOn === null ? null : parseIsoDay(expiresOn);
  const made = await addStaff({ db: office.db, actor, clock: office.clock }, { ...given, expiresOn: day });
  assert.ok(made.answer !== 'refused');
  return made.value;
}

async function contractor(fields: Record<string, string>): Promise<{ status: number; path: string; body: string }> {
  await chief.get('/vendors');
  const days = { contractFrom: '2026-04-01', contractTo: '2027-03-31' };
  const answer = await chief.post('/vendors', { name: '若葉情報', contract: '台帳の保守', ...days, ...fields });
  return { status: answer.statusCode, path: answer.headers.location ?? '', body: answer.body };
}

async function probe(): Promise<number> {
  return (await vendor.post('/probe/exports', {})).statusCode;
}

const inOffice = (sql: string) => withMunicipality(office.db, office.lgCode, ({ client }) => client.query(sql));

test('委託は再々委託まで、許可の日と元の契約の期間の中でだけ登録できる', async () => {
  const first = await contractor({});
  assert.equal(first.status, 303);
  const parentId = first.path.split('/').at(-1) ?? '';
  assert.match((await contractor({ parentId })).body, /再委託を許可した日がありません/u);
  const permittedOn = '2026-04-01';
  assert.match((await contractor({ parentId, permittedOn, contractTo: '2027-04-01' })).body, /はみ出しています/u);
  const second = await contractor({ parentId, permittedOn, name: '青葉データ' });
  const third = await contractor({ parentId: second.path.split('/').at(-1) ?? '', permittedOn, name: '山田技研' });
  assert.equal(third.status, 303);
  const fourth = await contractor({ parentId: third.path.split('/').at(-1) ?? '', permittedOn, name: '下請' });
  assert.match(fourth.body, /再々委託先より下は登録できません/u);
  const page = (await chief.get(third.path)).body;
  assert.match(page, /山田技研<\/a>（再々委託先）[\s\S]*青葉データ<\/a>（再委託先）[\s\S]*若葉情報<\/a>（委託先）/u);
  await vendor.signIn('tantou');
  assert.equal((await vendor.get('/vendors')).statusCode, 403, 'clerks do not keep this register');
});

test('作業者は、期限のある本人だけのアカウントを、誓約の後に登録する', async () => {
  const endless = await account('endless', null);
  const both = await account('both', '2027-03-31', ['vendor', 'clerk']);
  const late = await account('late', '2027-04-01');
  const take = async (accountName: string, pledgedOn = '2026-04-01') => {
    await chief.get('/vendors/3');
    return await chief.post('/vendors/3/workers', { accountName, pledgedOn });
  };
  for (const { accountName } of [endless, late]) assert.match((await take(accountName)).body, /契約の終わりより後/u);
  assert.match((await take(both.accountName)).body, /委託先の作業者だけのものではありません/u);
  assert.match((await take('nobody')).body, /このアカウントはありません/u);
  const worker = await account('yamada', '2027-03-31');
  assert.match((await take('yamada', '')).body, /誓約書の日がありません/u);
  assert.equal((await take('yamada')).statusCode, 303);
  assert.match((await take('yamada')).body, /もう作業者として登録/u);

  await vendor.signIn('yamada', worker.initialPassword);
  await vendor.get('/account/password');
  const own = 'kaede-no-ki-7-hon-uetai';
  const changed = { currentPassword: worker.initialPassword, newPassword: own, repeatedPassword: own };
  assert.equal((await vendor.post('/account/password', changed)).statusCode, 303);
});

test('許可された日の、許可された作業の間だけ、許可された機能だけが使え、したことが記録に残る', async () => {
  assert.equal(await probe(), 403, 'an account of a contractor may do nothing by itself');
  const ask = async (fields: Record<string, string>) => {
    await vendor.get('/vendor-works');
    return await vendor.post('/vendor-works', { workOn: '2026-11-22', purpose: '統計の抽出', ...fields });
  };
  assert.match((await ask({ operations: 'exports.request' })).body, /指示書の番号が要ります/u);
  assert.match((await ask({ operations: 'persons.view' })).body, /許されない機能/u);
  assert.match((await ask({ operations: 'jobs.view', workOn: '2027-04-01' })).body, /日のうちの日/u);
  const asked = await ask({ operations: 'exports.request', instruction: '健推第12号' });
  assert.equal(asked.statusCode, 303);
  const path = String(asked.headers.location);
  assert.equal(await probe(), 403, 'asking gives nothing');

  const list = (await chief.get('/approvals')).body;
  const request = /href="\/approvals\/(\d+)">委託先の作業/u.exec(list)?.[1] ?? '';
  const described = (await chief.get(`/approvals/${request}`)).body;
  assert.match(described, /山田技研（再々委託先） ← 青葉データ（再委託先） ← 若葉情報（委託先）/u);
  assert.match(described, /健推第12号/u);
  assert.equal((await chief.post(`/approvals/${request}/decide`, { answer: 'approve' })).statusCode, 303);
  await vendor.get(path);
  assert.equal((await vendor.post(`${path}/start`, {})).statusCode, 409, 'not before its day');
  assert.equal(await probe(), 403, 'an allowed work gives nothing before it is begun');

  office.clock.at = new Date('2026-11-22T01:00:00Z');
  await vendor.signIn('yamada', 'kaede-no-ki-7-hon-uetai');
  await chief.signIn('kakaricho');
  await vendor.get(path);
  assert.equal((await vendor.post(`${path}/start`, {})).statusCode, 303);
  assert.equal(await probe(), 303);
  assert.equal((await vendor.get('/staff')).statusCode, 403, 'and nothing else');
  assert.match((await vendor.post(`${path}/finish`, { result: ' ' })).body, /作業の結果がありません/u);
  await vendor.get(path);
  assert.equal((await vendor.post(`${path}/finish`, { result: '抽出して引き渡した' })).statusCode, 303);
  assert.equal(await probe(), 403, 'gone from the next click on');

  const seen = (await chief.get(path)).body;
  assert.match(seen, /203\.0\.113\.5/u);
  assert.match(seen, /抽出して引き渡した/u);
  assert.match(seen, /access\.refused[\s\S]*vendors\.workStarted/u, 'with everything done meanwhile, newest first');
  assert.doesNotMatch((await vendor.get(path)).body, /作業中の操作/u);
  const other = await account('suzuki', '2027-03-31');
  const stranger = new StaffBrowser(office);
  await stranger.signIn('suzuki', other.initialPassword);
  await stranger.get('/account/password');
  const own = 'matsu-no-ki-9-hon-uetai';
  const word = { currentPassword: other.initialPassword, newPassword: own, repeatedPassword: own };
  assert.equal((await stranger.post('/account/password', word)).statusCode, 303);
  assert.equal((await stranger.get(path)).statusCode, 404, 'nobody outside sees another’s work');
  assert.equal((await stranger.post(`${path}/finish`, { result: 'x' })).statusCode, 403);
  assert.doesNotMatch((await stranger.get('/vendor-works')).body, /統計の抽出/u);
});

test('一人では二役をできず、契約が終われば作業者は下の段まで締め出される', async () => {
  const self = `INSERT INTO vendor_works (lg_code, staff_id, work_on, operations, purpose, asked_at, allowed_by, allowed_at)
    SELECT lg_code, staff_id, '2026-11-22', '{jobs.view}', 'x', now(), staff_id, now() FROM vendor_workers`;
  await assert.rejects(inOffice(self), /check/u);
  const unordered = `INSERT INTO vendor_works (lg_code, staff_id, work_on, operations, purpose, asked_at)
    SELECT lg_code, staff_id, '2026-11-22', '{exports.request}', 'x', now() FROM vendor_workers`;
  await assert.rejects(inOffice(unordered), /check/u);
  await chief.get('/vendors/1');
  assert.match((await chief.post('/vendors/1/end', { note: '' })).body, /理由がありません/u);
  await chief.get('/vendors/1');
  assert.equal((await chief.post('/vendors/1/end', { note: '契約の解除' })).statusCode, 303);
  assert.match(String((await vendor.get('/vendor-works')).headers.location), /^\/sign-in/u);
  assert.notEqual((await vendor.signIn('yamada', 'kaede-no-ki-7-hon-uetai')).statusCode, 303);
});
