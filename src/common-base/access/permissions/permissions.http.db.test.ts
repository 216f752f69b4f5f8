import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listActs } from '#common-base/audit';
import { html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../../tests/support/staff-server.ts';
import { asJob, asOperator } from '../as-operator.ts';
import { addStaffRoute } from '../staff-app.ts';

let office: StaffServer;

before(async () => {
  // The clock of commands and jobs is the machine's: what is lent is looked at on its day.
  office = await openStaffServer(JSON.stringify({ secondFactorRoles: [] }), new Date().toISOString());
  const probe = (url: string, permission: 'intake.undo' | 'numbers.confirm'): void =>
    addStaffRoute(office.app, {
      method: 'GET',
      url,
      permission,
      handler: (context) => context.page({ title: '開いた', body: html`<h1>開いた</h1>` }),
    });
  probe('/probe/undo', 'intake.undo');
  probe('/probe/confirm', 'numbers.confirm');
});
after(() => office.close());

const dayFromNow = (days: number): string =>
  new Date(office.clock.at.getTime() + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);

async function signedIn(accountName: string): Promise<StaffBrowser> {
  const browser = new StaffBrowser(office, `10.2.0.${accountName.length}`);
  await browser.signIn(accountName);
  return browser;
}

async function openRequest(browser: StaffBrowser): Promise<string> {
  return /\/approvals\/(\d+)"/u.exec((await browser.get('/approvals')).body)?.[1] ?? '';
}

async function run(sql: string): Promise<void> {
  await withMunicipality(office.db, office.lgCode, async (tx) => await tx.client.query(sql));
}

test('担当が期限つきの権限を申請し、係長が承認すると次の操作から使え、期限の翌日に終わる', async () => {
  const clerk = await signedIn('tantou');
  assert.equal((await clerk.get('/probe/undo')).statusCode, 403);
  const form = { permission: 'intake.undo', expiresOn: dayFromNow(3), reason: '月末の取消のため' };
  assert.match((await clerk.get('/account/permissions')).body, /登録の取消/u);
  assert.equal((await clerk.post('/account/permissions', form)).headers.location, '/approvals');
  assert.equal((await clerk.get('/probe/undo')).statusCode, 403, 'not before the approval');
  const requestId = await openRequest(clerk);
  const own = await clerk.post(`/approvals/${requestId}/decide`, { answer: 'approve' });
  assert.equal(own.statusCode, 403, 'the clerk may not approve at all');
  const chief = await signedIn('kakaricho');
  assert.equal(await openRequest(chief), requestId);
  assert.match((await chief.get(`/approvals/${requestId}`)).body, /登録の取消/u);
  assert.equal((await chief.post(`/approvals/${requestId}/decide`, { answer: 'approve' })).statusCode, 303);
  assert.equal((await clerk.get('/probe/undo')).statusCode, 200);
  const start = office.clock.at;
  office.clock.at = new Date(start.getTime() + 3 * 86_400_000);
  const later = await signedIn('tantou');
  assert.equal((await later.get('/probe/undo')).statusCode, 200, 'the last day');
  office.clock.at = new Date(start.getTime() + 4 * 86_400_000);
  const after4 = await signedIn('tantou');
  assert.equal((await after4.get('/probe/undo')).statusCode, 403, 'the day after');
  office.clock.at = start;
  const acts = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return (await listActs(tx, { act: 'access.permissionLent' })).acts;
  });
  assert.equal(acts[0]?.staffName, '高橋 直樹');
});

test('借りられない権限、持っている権限、長すぎる期限、過去の期限は申請できない', async () => {
  const clerk = await signedIn('tantou');
  const ask = async (permission: string, expiresOn: string) =>
    (await clerk.post('/account/permissions', { permission, expiresOn, reason: '業務' })).statusCode;
  assert.equal(await ask('permissions.approve', dayFromNow(1)), 422);
  assert.equal(await ask('staff.manage', dayFromNow(1)), 422);
  assert.equal(await ask('no.such', dayFromNow(1)), 422);
  assert.equal(await ask('persons.view', dayFromNow(1)), 422, 'held already');
  assert.equal(await ask('persons.viewProtected', dayFromNow(-1)), 422);
  assert.equal(await ask('persons.viewProtected', dayFromNow(184)), 422);
  assert.equal(await ask('persons.viewProtected', '2026-02-30'), 422);
  assert.equal(await ask('persons.viewProtected', dayFromNow(183)), 303, 'half a year is the longest');
  const admin = await signedIn('kanri');
  assert.equal((await admin.get('/account/permissions')).statusCode, 403, 'nothing is lent to administrators');
});

test('取り消された権限は、動いている処理からも次の確認で失われる', async () => {
  const clerk = await signedIn('tantou');
  assert.equal((await clerk.get('/probe/undo')).statusCode, 200);
  const { staffId } = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: 'tantou', reason: null });
  const job = async () => await asJob(office.db, office.lgCode, { job: 'ためし', startedBy: staffId });
  assert.ok((await job()).permissions.has('intake.undo'));
  const chief = await signedIn('kakaricho');
  const list = await chief.get('/permissions/lent');
  const grantId = /name="grantId" value="(\d+)"/u.exec(list.body)?.[1] ?? '';
  assert.equal((await chief.post('/permissions/lent/take-back', { grantId })).statusCode, 303);
  assert.equal((await clerk.get('/probe/undo')).statusCode, 403);
  assert.equal((await job()).permissions.has('intake.undo'), false);
  assert.equal((await chief.post('/permissions/lent/take-back', { grantId })).statusCode, 409);
});

test('異動した人の借りた権限は失われ、個人番号利用事務でない所属では個人番号を扱えない', async () => {
  const clerk = await signedIn('tantou');
  const form = { permission: 'intake.undo', expiresOn: dayFromNow(3), reason: '月末の取消のため' };
  await clerk.post('/account/permissions', form);
  const chief = await signedIn('kakaricho');
  // The request for the protected address stands beside it; the newer one is meant.
  const ids = [...(await chief.get('/approvals')).body.matchAll(/\/approvals\/(\d+)"/gu)].map((match) =>
    Number(match[1]),
  );
  await chief.post(`/approvals/${Math.max(...ids)}/decide`, { answer: 'approve' });
  assert.equal((await clerk.get('/probe/undo')).statusCode, 200);
  assert.equal((await clerk.get('/probe/confirm')).statusCode, 200);
  const admin = await signedIn('kanri');
  const id = /\/staff\/(\d+)">佐藤 みどり/u.exec((await admin.get('/staff')).body)?.[1] ?? '';
  const moved = { displayName: '佐藤 みどり', department: '広報課', roles: 'clerk', rank: 'member' };
  assert.equal((await admin.post(`/staff/${id}`, moved)).statusCode, 303);
  assert.equal((await clerk.get('/probe/undo')).statusCode, 403);
  assert.equal((await clerk.get('/probe/confirm')).statusCode, 403);
  assert.equal((await admin.post('/departments', { name: '広報課', usesNumbers: 'yes' })).statusCode, 303);
  assert.equal((await clerk.get('/probe/confirm')).statusCode, 200);
  assert.equal((await admin.post('/departments', { name: '広報課' })).statusCode, 303);
  assert.equal((await clerk.get('/probe/confirm')).statusCode, 403);
  assert.equal((await admin.post('/departments', { name: ' ' })).statusCode, 422);
});

test('画面で足した役割は、別の係長以上の承認まで働かず、減らした役割はすぐに失われる', async () => {
  const admin = await signedIn('kanri');
  const id = /\/staff\/(\d+)">佐藤 みどり/u.exec((await admin.get('/staff')).body)?.[1] ?? '';
  const change = { displayName: '佐藤 みどり', department: '健康推進課', roles: 'chief', rank: 'chief' };
  assert.equal((await admin.post(`/staff/${id}`, change)).headers.location, '/approvals');
  const clerk = await signedIn('tantou');
  assert.equal((await clerk.get('/approvals')).statusCode, 403, 'the old duty is gone, the new one waits');
  const requestId = await openRequest(admin);
  assert.equal((await admin.post(`/approvals/${requestId}/decide`, { answer: 'approve' })).statusCode, 403);
  const chief = await signedIn('kakaricho');
  assert.match((await chief.get(`/approvals/${requestId}`)).body, /係長\(承認者\)・係長/u);
  assert.equal((await chief.post(`/approvals/${requestId}/decide`, { answer: 'approve' })).statusCode, 303);
  assert.equal((await clerk.get('/probe/undo')).statusCode, 200);
});

test('自分の役割を増やす申請は、だれが出しても自分では承認できない', async () => {
  const admin = await signedIn('kanri');
  const id = /\/staff\/(\d+)">高橋 直樹/u.exec((await admin.get('/staff')).body)?.[1] ?? '';
  const change = { displayName: '高橋 直樹', department: '健康推進課', roles: 'chief', rank: 'manager' };
  await admin.post(`/staff/${id}`, change);
  const chief = await signedIn('kakaricho');
  const requestId = /\/approvals\/(\d+)">職員の役割/u.exec((await chief.get('/approvals')).body)?.[1] ?? '';
  const refused = await chief.post(`/approvals/${requestId}/decide`, { answer: 'approve' });
  assert.equal(refused.statusCode, 409);
  assert.match(refused.body, /自分に与えられるものは承認できません/u);
});

test('新しい職員は承認されるまで何もできず、フォームに書き足した項目は働かない', async () => {
  const admin = await signedIn('kanri');
  const made = await admin.post('/staff/new', {
    accountName: 'atarashii',
    displayName: '新 人',
    department: '健康推進課',
    roles: 'administrator',
    // Mass assignment: none of these is a field of the form.
    isDemonstration: 'true',
    must_change_password: 'false',
    staffId: '1',
    lgCode: office.database.other,
    permissions: 'restore.run',
  });
  assert.equal(made.statusCode, 200);
  assert.match(made.body, /役割は、承認されてから/u);
  const staff = await withMunicipality(office.db, office.lgCode, async (tx) => {
    const { rows } = await tx.client.query("SELECT * FROM staff_members WHERE account_name = 'atarashii'");
    return rows[0] as Record<string, unknown>;
  });
  assert.deepEqual(
    [staff['roles'], staff['rank'], staff['is_demonstration'], staff['must_change_password'], staff['lg_code']],
    [[], 'member', false, true, office.lgCode],
  );
});

test('二つ目のアカウントは日常のアカウント一つとだけ結べ、自分の結び付けは変えられない', async () => {
  const admin = await signedIn('kanri');
  const body = (await admin.get('/staff')).body;
  const idOf = (name: string): string => new RegExp(`/staff/(\\d+)">${name}`, 'u').exec(body)?.[1] ?? '';
  const form = (name: string, roles: string) => ({
    displayName: name,
    department: '健康推進課',
    roles,
    rank: 'member',
  });
  const link = async (who: string, roles: string, to: string) =>
    (await admin.post(`/staff/${idOf(who)}`, { ...form(who, roles), personStaffId: to })).statusCode;
  assert.equal(await link('中村 圭', 'administrator', idOf('小林 さやか')), 422, 'never one’s own');
  // Nor that of one's own second account: parted from it, one person could ask and approve.
  const daily = (account: string) => `(SELECT staff_id FROM staff_members WHERE account_name = '${account}')`;
  await run(`UPDATE staff_members SET person_staff_id = ${daily('kanri')} WHERE account_name = 'tantou'`);
  assert.equal(await link('佐藤 みどり', 'clerk', ''), 422);
  assert.equal(await link('佐藤 みどり', 'clerk', idOf('新 人')), 422);
  await run(`UPDATE staff_members SET person_staff_id = NULL WHERE account_name = 'tantou'`);
  await run(`UPDATE staff_members SET person_staff_id = ${daily('tantou')} WHERE account_name = 'kanri'`);
  assert.equal(await link('佐藤 みどり', 'clerk', idOf('新 人')), 422);
  await run(`UPDATE staff_members SET person_staff_id = NULL WHERE account_name = 'kanri'`);
  assert.equal(await link('新 人', 'clerk', idOf('中村 圭')), 422, 'nor is another account made one’s own');
  assert.equal(await link('小林 さやか', 'auditor', '999999'), 422);
  assert.equal(await link('小林 さやか', 'auditor', idOf('小林 さやか')), 422);
  assert.equal(await link('小林 さやか', 'auditor', idOf('新 人')), 303);
  assert.equal(await link('新 人', 'clerk', idOf('小林 さやか')), 422, 'no circle');
});

test('データベースは、貸した権限の書き換えも削除も許さない', async () => {
  await assert.rejects(run("UPDATE permission_grants SET expires_on = '2099-01-01'"), /permission denied/u);
  await assert.rejects(run("UPDATE permission_grants SET permission = 'restore.run'"), /permission denied/u);
  await assert.rejects(run('DELETE FROM permission_grants'), /permission denied/u);
  await assert.rejects(run('DELETE FROM departments'), /permission denied/u);
  await assert.rejects(run("UPDATE control_reviews SET note = ''"), /permission denied/u);
});
