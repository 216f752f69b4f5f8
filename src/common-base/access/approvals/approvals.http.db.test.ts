import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listActs } from '#common-base/audit';
import { decide, finding, type StaffId } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../../tests/support/staff-server.ts';
import { asOperator } from '../as-operator.ts';
import { addStaff } from '../manage-staff.ts';
import { addApprovalKind, listApprovalKinds } from '../staff-app.ts';
import { requestApproval } from './request-approval.ts';
import { settleApproval } from './settle-approval.ts';
import type { ApprovalKind, ApprovedBy } from './types.ts';

let office: StaffServer;
const carriedOut: { by: ApprovedBy; subject: object }[] = [];

/** A thing that clerks ask and section chiefs approve; the third thing is impossible. */
const kind: ApprovalKind = {
  kind: 'probe.thing',
  nameJa: 'ためしの申請',
  requestPermission: 'intake.answer',
  approvePermission: 'intake.undo',
  daysOpen: 7,
  describe: async (_tx, subject) => await Promise.resolve([['対象', `第${subject['thing']}号`]]),
  findFaults: async (_tx, _requester, subject) =>
    await Promise.resolve(subject['thing'] === 99 ? [finding('approvalSettled', 'refuse', null)] : []),
  carryOut: async (tx, by, subject) => {
    if (subject['thing'] === 3) return decide([finding('approvalSettled', 'refuse', null)], null);
    await tx.client.query('SELECT 1');
    carriedOut.push({ by, subject });
    return decide([], null);
  },
};

before(async () => {
  office = await openStaffServer(JSON.stringify({ secondFactorRoles: [] }));
  addApprovalKind(office.app, kind);
});
after(() => office.close());

async function ask(accountName: string, thing: number, reason = '業務のため'): Promise<number> {
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: accountName, reason: null });
  const context = { db: office.db, actor, clock: office.clock };
  const decision = await requestApproval(context, kind, { subject: { thing }, reason });
  assert.ok(decision.answer !== 'refused');
  return decision.value;
}

async function settle(accountName: string, requestId: number, answer: 'approve' | 'decline' | 'withdraw') {
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: accountName, reason: null });
  const context = { db: office.db, actor, clock: office.clock };
  return await settleApproval(context, listApprovalKinds(office.app), { requestId, answer, note: 'よし' });
}

const codesOf = (decision: { findings: readonly { code: string }[] }): string[] =>
  decision.findings.map((each) => each.code);

async function run(sql: string, values: readonly unknown[] = []): Promise<number> {
  return await withMunicipality(office.db, office.lgCode, async (tx) => {
    return (await tx.client.query(sql, [...values])).rowCount ?? 0;
  });
}

test('担当が申請し、係長が画面で承認すると、その場で実行されて記録が残る', async () => {
  const requestId = await ask('tantou', 1);
  const chief = new StaffBrowser(office);
  await chief.signIn('kakaricho');
  assert.match((await chief.get('/approvals')).body, new RegExp(`/approvals/${requestId}">ためしの申請`, 'u'));
  const page = await chief.get(`/approvals/${requestId}`);
  assert.match(page.body, /第1号/u);
  assert.match(page.body, /業務のため/u);
  const done = await chief.post(`/approvals/${requestId}/decide`, { answer: 'approve', note: '確かめました' });
  assert.equal(done.headers.location, '/approvals');
  assert.deepEqual(
    carriedOut.map((each) => each.subject),
    [{ thing: 1 }],
  );
  assert.equal(carriedOut[0]?.by.requester.accountName, 'tantou');
  assert.equal(carriedOut[0]?.by.approver.staffName, '高橋 直樹');
  assert.match((await chief.get(`/approvals/${requestId}`)).body, /承認・実行済み/u);
  const again = await chief.post(`/approvals/${requestId}/decide`, { answer: 'approve' });
  assert.equal(again.statusCode, 409, 'decided once');
  assert.equal(carriedOut.length, 1);
  const acts = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return (await listActs(tx, { act: 'access.approvalGiven' })).acts;
  });
  assert.equal(acts[0]?.staffName, '高橋 直樹');
});

test('申請した本人は、両方の役割を持っていても承認も却下もできない', async () => {
  const requestId = await ask('kakaricho', 2);
  const own = new StaffBrowser(office);
  await own.signIn('kakaricho');
  assert.match((await own.get(`/approvals/${requestId}`)).body, /別の人の承認を待っています/u);
  for (const answer of ['approve', 'decline']) {
    const refused = await own.post(`/approvals/${requestId}/decide`, { answer });
    assert.equal(refused.statusCode, 409);
    assert.match(refused.body, /自分の申請は承認も却下もできません/u);
  }
  assert.equal(carriedOut.length, 1);
  const refusals = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return (await listActs(tx, { act: 'access.approvalRefused' })).acts;
  });
  assert.equal(refusals.length, 3);
  assert.equal(refusals[0]?.outcome, 'refused');
});

test('同じ人の二つのアカウントでも、申請と承認はできない', async () => {
  await run(
    `INSERT INTO staff_members (lg_code, account_name, display_name, department, roles, must_change_password)
     VALUES ($1, 'tantou-kanri', '佐藤 みどり', '健康推進課', '{clerk,chief}', false)`,
    [office.lgCode],
  );
  await run(
    `UPDATE staff_members SET person_staff_id = (SELECT staff_id FROM staff_members WHERE account_name = 'tantou')
     WHERE account_name = 'tantou-kanri'`,
  );
  const requestId = await ask('tantou', 4);
  assert.deepEqual(codesOf(await settle('tantou-kanri', requestId, 'approve')), ['approvalOwn']);
  const reverse = await ask('tantou-kanri', 5);
  assert.equal((await settle('kakaricho', requestId, 'decline')).answer, 'accepted');
  assert.deepEqual(codesOf(await settle('tantou-kanri', reverse, 'approve')), ['approvalOwn']);
  assert.equal((await settle('tantou-kanri', reverse, 'withdraw')).answer, 'accepted');
});

test('データベースも、一人での承認と決まった申請の書き換えを断る', async () => {
  const requestId = await ask('tantou', 6);
  const requester = await staffIdOf('tantou');
  const other = await staffIdOf('tantou-kanri');
  const update =
    "UPDATE approval_requests SET state = 'done', decided_by = $1, decided_at = now() WHERE request_id = $2";
  for (const by of [requester, other]) await assert.rejects(run(update, [by, requestId]), /four_eyes/u);
  await assert.rejects(run('UPDATE approval_requests SET requested_person = 1'), /permission denied/u);
  await assert.rejects(run('UPDATE approval_requests SET decided_person = 1'), /permission denied/u);
  await assert.rejects(run("UPDATE approval_requests SET subject = '{}'"), /permission denied/u);
  await assert.rejects(run('DELETE FROM approval_requests'), /permission denied/u);
  assert.equal(await run(update, [await staffIdOf('kakaricho'), requestId]), 1);
  await assert.rejects(run(update, [await staffIdOf('kansa'), requestId]), /decided once/u);
});

test('承認する権限のない人には申請そのものが見えず、押しても断られる', async () => {
  const requestId = await ask('kakaricho', 7);
  for (const accountName of ['kansa', 'tantou']) {
    const browser = new StaffBrowser(office);
    await browser.signIn(accountName);
    assert.equal((await browser.get(`/approvals/${requestId}`)).statusCode, 404, accountName);
    assert.equal((await browser.post(`/approvals/${requestId}/decide`, { answer: 'approve' })).statusCode, 403);
    await browser.get('/approvals');
    assert.equal((await browser.post(`/approvals/${requestId}/withdraw`, {})).statusCode, 404);
  }
  const stranger = new StaffBrowser(office);
  await stranger.signIn('kakaricho', undefined, office.database.other);
  assert.equal((await stranger.get(`/approvals/${requestId}`)).statusCode, 404, 'another municipality');
  assert.equal((await stranger.post(`/approvals/${requestId}/decide`, { answer: 'approve' })).statusCode, 404);
});

test('期限の過ぎた申請、停止された人の申請、実行できない申請は承認できない', async () => {
  const late = await ask('tantou', 8);
  const start = office.clock.at;
  office.clock.at = new Date(start.getTime() + 7 * 86_400_000);
  assert.deepEqual(codesOf(await settle('kakaricho', late, 'approve')), ['approvalExpired']);
  office.clock.at = start;
  const impossible = await ask('tantou', 3);
  assert.deepEqual(codesOf(await settle('kakaricho', impossible, 'approve')), ['approvalSettled']);
  assert.equal((await settle('kakaricho', impossible, 'decline')).answer, 'accepted', 'it stayed open');
  const gone = await ask('tantou', 9);
  await run("UPDATE staff_members SET disabled_at = now() WHERE account_name = 'tantou'");
  assert.deepEqual(codesOf(await settle('kakaricho', gone, 'approve')), ['approvalRequesterGone']);
  await run("UPDATE staff_members SET disabled_at = NULL, roles = '{auditor}' WHERE account_name = 'tantou'");
  assert.deepEqual(
    codesOf(await settle('kakaricho', gone, 'approve')),
    ['approvalRequesterGone'],
    'the duty was taken away',
  );
  await run("UPDATE staff_members SET roles = '{clerk}' WHERE account_name = 'tantou'");
  assert.equal((await settle('kakaricho', gone, 'approve')).answer, 'accepted');
});

test('二人の承認者が同時に押しても、一度だけ実行される', async () => {
  const requestId = await ask('tantou', 10);
  const before = carriedOut.length;
  await run("UPDATE staff_members SET roles = '{chief}' WHERE account_name = 'kansa'");
  const answers = await Promise.all([
    settle('kakaricho', requestId, 'approve'),
    settle('kansa', requestId, 'approve'),
    settle('kakaricho', requestId, 'decline'),
  ]);
  assert.equal(answers.filter((each) => each.answer === 'accepted').length, 1);
  assert.equal(carriedOut.length - before, answers[2].answer === 'accepted' ? 0 : 1);
});

test('理由のない申請、番号を書いた申請、同じ申請の重なりは断られる', async () => {
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: 'tantou', reason: null });
  const context = { db: office.db, actor, clock: office.clock };
  const askWith = async (thing: number, reason: string) =>
    codesOf(await requestApproval(context, kind, { subject: { thing }, reason }));
  assert.deepEqual(await askWith(20, ' '), ['approvalReasonMissing']);
  assert.deepEqual(await askWith(20, '１２３４ ５６７８ ９０１８'), ['approvalReasonNumber']);
  assert.deepEqual(await askWith(20, '業務'), []);
  assert.deepEqual(await askWith(20, '業務'), ['approvalAskedAlready']);
  assert.deepEqual(await askWith(99, '業務'), ['approvalSettled']);
});

test('申請のあとで一人のものと分かった二つのアカウントでも、承認できない', async () => {
  const [clerk, chief] = [await staffIdOf('tantou'), await staffIdOf('kakaricho')];
  const requestId = await ask('tantou', 30);
  await run('UPDATE staff_members SET person_staff_id = NULL WHERE person_staff_id = $1', [clerk]);
  await run('UPDATE staff_members SET person_staff_id = $2 WHERE staff_id = $1', [clerk, chief]);
  assert.deepEqual(codesOf(await settle('kakaricho', requestId, 'approve')), ['approvalOwn']);
  const update =
    "UPDATE approval_requests SET state = 'done', decided_by = $1, decided_at = now() WHERE request_id = $2";
  await assert.rejects(run(update, [chief, requestId]), { constraint: 'four_eyes' });
  await run('UPDATE staff_members SET person_staff_id = NULL WHERE staff_id = $1', [clerk]);
  assert.equal((await settle('kakaricho', requestId, 'approve')).answer, 'accepted');
});

test('パスワードを作り直して承認者になりすましても、自分の申請は通らない。三日たてば通る', async () => {
  await run("UPDATE staff_members SET roles = '{administrator,clerk}' WHERE account_name = 'kanri'");
  const administrator = new StaffBrowser(office);
  await administrator.signIn('kanri');
  const own = await ask('kanri', 31);
  const usual = await ask('tantou', 32);
  const reset = async (accountName: string): Promise<string> => {
    const page = `/staff/${await staffIdOf(accountName)}`;
    await administrator.get(page);
    const answer = await administrator.post(`${page}/password`, {});
    return /<code[^>]*>([^<]{20,})<\/code>/u.exec(answer.body)?.[1] ?? assert.fail(answer.body);
  };
  const chief = new StaffBrowser(office);
  const given = await reset('kansa');
  await chief.signIn('kansa', given);
  const chosen = 'aoi-sora-no-kumo-7';
  const change = { currentPassword: given, newPassword: chosen, repeatedPassword: chosen };
  assert.equal((await chief.post('/account/password', change)).statusCode, 303);
  const decide = async (requestId: number) => {
    await chief.get(`/approvals/${requestId}`);
    return await chief.post(`/approvals/${requestId}/decide`, { answer: 'approve' });
  };
  const shown = await chief.get(`/approvals/${own}`);
  assert.match(shown.body, /あなたは、この申請をいまは決められません/u, 'told before the button');
  assert.doesNotMatch(shown.body, /value="approve"/u);
  const refused = await decide(own);
  assert.equal(refused.statusCode, 409);
  assert.match(refused.body, /作り直した人が、もう一方にもいる/u);
  // Whoever signs in as both has asked for nothing under their own name.
  await reset('tantou');
  assert.match((await decide(usual)).body, /作り直した人が、もう一方にもいる/u);
  const start = office.clock.at;
  office.clock.at = new Date(start.getTime() + 3 * 86_400_000 + 60_000);
  assert.equal((await settle('kansa', own, 'approve')).answer, 'accepted');
  assert.equal((await settle('kansa', usual, 'approve')).answer, 'accepted');
  office.clock.at = start;
});

test('承認する権限を失った人、終わったセッション、同じ時の二つの承認では、もう一度は実行されない', async () => {
  const chief = new StaffBrowser(office);
  await chief.signIn('kakaricho');
  const requestId = await ask('tantou', 33);
  await chief.get(`/approvals/${requestId}`);
  const decide = () => chief.post(`/approvals/${requestId}/decide`, { answer: 'approve' });
  await run("UPDATE staff_members SET roles = '{auditor}' WHERE account_name = 'kakaricho'");
  assert.equal((await decide()).statusCode, 403, 'the permission ended after the page was shown');
  await run("UPDATE staff_members SET roles = '{chief}' WHERE account_name = 'kakaricho'");
  const start = office.clock.at;
  office.clock.at = new Date(start.getTime() + 11 * 60_000);
  assert.match((await decide()).headers.location ?? '', /^\/confirm\?/u, 'the password was given too long ago');
  office.clock.at = start;
  const before = carriedOut.length;
  const answers = await Promise.all([decide(), decide(), decide()]);
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b),
    [303, 409, 409],
  );
  assert.equal(carriedOut.length, before + 1);
  await run("UPDATE sessions SET ended_at = now(), end_kind = 'revoked' WHERE ended_at IS NULL");
  assert.match((await decide()).headers.location ?? '', /^\/sign-in\?/u);
  assert.equal(carriedOut.length, before + 1);
});

test('登録したばかりのアカウントでも、作り直した人がさらに作り直したアカウントでも、なりすましの承認は通らない', async () => {
  const [administrator, clerk, chief] = [
    await staffIdOf('kanri'),
    await staffIdOf('tantou'),
    await staffIdOf('kakaricho'),
  ];
  const start = office.clock.at;
  office.clock.at = new Date(start.getTime() + 10 * 86_400_000);
  const note = (account: StaffId, change: string, by: StaffId) =>
    run(
      `INSERT INTO account_notices (lg_code, staff_id, change, changed_at, changed_by, changed_by_name, changed_from)
       SELECT lg_code, $1, $2, $3, $4, display_name, 'test' FROM staff_members WHERE staff_id = $4`,
      [account, change, office.clock.at, by],
    );
  // The administrator signs in as the clerk, and as the clerk gives the chief a new password.
  const own = await ask('kanri', 41);
  await note(clerk, 'passwordReset', administrator);
  await note(chief, 'passwordReset', clerk);
  assert.deepEqual(codesOf(await settle('kakaricho', own, 'approve')), ['approvalAccountReset']);
  office.clock.at = new Date(start.getTime() + 14 * 86_400_000);
  assert.equal((await settle('kakaricho', own, 'approve')).answer, 'accepted');
  // Whoever adds an account reads its first password.
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: 'kanri', reason: null });
  const added = await addStaff(
    { db: office.db, actor, clock: office.clock },
    { accountName: 'shinnin', displayName: '新任 係長', department: '健康課', roles: ['chief'], rank: 'chief' },
  );
  assert.ok(added.answer === 'accepted', JSON.stringify(added));
  const next = await ask('kanri', 42);
  assert.deepEqual(codesOf(await settle('shinnin', next, 'approve')), ['approvalAccountReset']);
  office.clock.at = start;
});

test('コマンドで作った最初のシステム管理者と係長は、その日から申請と承認ができる', async () => {
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: null, reason: null });
  const context = { db: office.db, actor, clock: office.clock };
  const make = (accountName: string, roles: readonly string[]) =>
    addStaff(context, { accountName, displayName: '最初の人', department: '健康課', roles });
  for (const made of [await make('hajime', ['administrator', 'clerk']), await make('kakari', ['chief'])]) {
    assert.equal(made.answer, 'accepted');
  }
  const requestId = await ask('hajime', 43);
  assert.equal((await settle('kakari', requestId, 'approve')).answer, 'accepted');
});

test('三日の終わりは分まで言われ、その分から承認できる', async () => {
  const [administrator, clerk, chief] = [
    await staffIdOf('kanri'),
    await staffIdOf('tantou'),
    await staffIdOf('kakaricho'),
  ];
  const start = office.clock.at;
  const note = (account: StaffId, at: string) =>
    run(
      `INSERT INTO account_notices (lg_code, staff_id, change, changed_at, changed_by, changed_by_name, changed_from)
       SELECT lg_code, $1, 'passwordReset', $2, $3, display_name, 'test' FROM staff_members WHERE staff_id = $3`,
      [account, at, administrator],
    );
  // The hand on both ends with the earlier of the two: 2027-03-01 09:30:20 and three days, to the next whole minute.
  await note(clerk, '2027-03-01T09:30:20+09:00');
  await note(chief, '2027-03-02T10:00:00+09:00');
  office.clock.at = new Date('2027-03-03T09:00:00+09:00');
  const requestId = await ask('tantou', 44);
  const early = await settle('kakaricho', requestId, 'approve');
  assert.deepEqual(codesOf(early), ['approvalAccountReset']);
  assert.equal(early.findings[0]?.params['until'], '2027年3月4日 09:31');
  office.clock.at = new Date('2027-03-04T09:30:19+09:00');
  assert.deepEqual(codesOf(await settle('kakaricho', requestId, 'approve')), ['approvalAccountReset']);
  office.clock.at = new Date('2027-03-04T09:31:00+09:00');
  assert.equal((await settle('kakaricho', requestId, 'approve')).answer, 'accepted');
  office.clock.at = start;
});

test('承認できる人がいない新しい事務所では、登録の前に、コマンドで作ることを言われ、作れば言われない', async () => {
  await run("UPDATE staff_members SET roles = '{administrator}' WHERE account_name = 'kanri'");
  await run("UPDATE staff_members SET disabled_at = now() WHERE 'chief' = ANY (roles)");
  const administrator = new StaffBrowser(office);
  await administrator.signIn('kanri');
  const firstDay = /あなたの申請を今日承認できる人が、まだいません/u;
  assert.match((await administrator.get('/staff/new')).body, firstDay);
  const add = async (accountName: string) => {
    const roles = { accountName, displayName: '新しい人', department: '健康課', roles: 'chief', rank: 'chief' };
    return await administrator.post('/staff/new', roles);
  };
  assert.match((await add('web-kakari')).body, firstDay, 'somebody made here cannot approve the one who made them');
  const actor = await asOperator(office.db, office.lgCode, { osUser: 'tester', as: null, reason: null });
  const context = { db: office.db, actor, clock: office.clock };
  const made = await addStaff(context, {
    accountName: 'meirei-kakari',
    displayName: '承認 係長',
    department: '健康課',
    roles: ['chief'],
  });
  assert.equal(made.answer, 'accepted');
  assert.doesNotMatch((await administrator.get('/staff/new')).body, firstDay);
  assert.doesNotMatch((await add('web-tantou')).body, firstDay);
});

async function staffIdOf(accountName: string): Promise<StaffId> {
  return await withMunicipality(office.db, office.lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ staff_id: StaffId }>(
      'SELECT staff_id FROM staff_members WHERE account_name = $1',
      [accountName],
    );
    assert.ok(rows[0]);
    return rows[0].staff_id;
  });
}
