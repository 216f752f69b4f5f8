import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { listActs, recordAct } from '#common-base/audit';
import { type LgCode, NotFound, type PersonId } from '#kernel';
import { html } from '#platform/pages';
import { type Database, withMunicipality } from '#platform/postgres';
import {
  type HandClock,
  openStaffServer,
  StaffBrowser,
  type StaffServer,
} from '../../../tests/support/staff-server.ts';
import { answerWith, redirectTo, sendFile } from './answers.ts';
import { asJob, asOperator } from './as-operator.ts';
import { demonstrationAccounts, ensureDemonstrationStaff } from './demonstration-staff.ts';
import { addStaff, setStaffDisabled } from './manage-staff.ts';
import { permissionsOf, type Role } from './permission-table.ts';
import { NotPermitted, requirePermission } from './require-permission.ts';
import { addStaffRoute, listStaffRoutes, type StaffApp } from './staff-app.ts';

const password = demonstrationAccounts[0]?.password ?? '';

let office: StaffServer;
let db: Database;
let lgCode: LgCode;
let server: FastifyInstance;
let app: StaffApp;
let clock: HandClock;

before(async () => {
  const settings = { secondFactorRoles: [], dutiesNeedApproval: false, lockMinutes: 30 };
  office = await openStaffServer(JSON.stringify(settings), '2026-11-21T01:00:00Z', {
    monitorToken: 'monitor-secret',
    hostOfOther: 'sapporo.example',
  });
  ({ db, lgCode, server, app, clock } = office);
  addProbeRoutes();
});
after(() => office.close());

function addProbeRoutes(): void {
  addStaffRoute(app, {
    method: 'GET',
    url: '/',
    permission: 'start.view',
    handler: (context) => context.page({ title: '開始', body: html`<h1>開始</h1>` }),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/persons/:personId',
    permission: 'persons.view',
    needsReason: true,
    handler: async (context) => {
      const personId = Number(context.params['personId']) as PersonId;
      if (personId === 404) throw new NotFound('この人はいません。');
      await withMunicipality(context.db, context.lgCode, async (tx) => {
        await recordAct(tx, context.actor, { act: 'persons.viewed', personIds: [personId] });
      });
      return context.page({ title: '人', body: html`<h1>人</h1>` });
    },
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/probe/search',
    permission: 'persons.search',
    needsReason: true,
    handler: (context) => context.page({ title: '結果', body: html`<p>1人</p>` }),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/probe/refused',
    permission: 'intake.answer',
    handler: (context) =>
      answerWith(422, context.page({ title: '不可', body: html`<p>${context.body.text('word')}</p>` })),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/probe/door',
    permission: 'intake.view',
    handler: (context) => {
      requirePermission(context.actor, 'intake.undo');
      return redirectTo('/');
    },
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/probe/upload',
    permission: 'intake.receive',
    takesFiles: true,
    handler: async (context) => {
      const seen: string[] = [];
      for await (const file of context.files()) {
        let bytes = 0;
        for await (const chunk of file.chunks) bytes += chunk.length;
        seen.push(`${file.fileName}:${bytes}`);
      }
      return context.page({ title: '受付', body: html`<p>${context.body.text('layout')} ${seen.join(' ')}</p>` });
    },
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/probe/file',
    permission: 'start.view',
    handler: () => sendFile({ name: '予診票 "甲".pdf', mediaType: 'application/pdf', chunks: Buffer.from('%PDF') }),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/probe/broken',
    permission: 'start.view',
    handler: () => {
      throw new Error('secret detail of the program');
    },
  });
}

/** A browser of this office, at one of its desks where none is named. */
class Browser extends StaffBrowser {
  constructor(address?: string) {
    super(office, address);
  }
}

async function lastActs(act: string): Promise<readonly { outcome: string; details: object; reason: string | null }[]> {
  return await withMunicipality(db, lgCode, async (tx) => (await listActs(tx, { act })).acts);
}

test('サインインしていない人は、どの画面からもサインインへ送られる', async () => {
  const browser = new Browser();
  for (const route of listStaffRoutes(app)) {
    if (route.permission === 'public') continue;
    const url = route.url.replaceAll(/:\w+/gu, '1');
    const response = route.method === 'GET' ? await browser.get(url) : await browser.post(url, {});
    assert.equal(response.statusCode, 303, `${route.method} ${route.url}`);
    assert.match(response.headers.location ?? '', /^\/sign-in/u);
    assert.equal(response.body, '', 'nothing of the page is shown');
  }
  const fragment = await browser.get('/', { 'x-fragment': 'results' });
  assert.equal(fragment.statusCode, 401);
  // A form that was sent too late: who sent it is told, since it looks done otherwise.
  await browser.get('/m/134996');
  const late = await browser.post('/reason', {});
  const page = await browser.get(late.headers.location ?? '');
  assert.match(page.body, /いま送った内容は届いていません/u);
  assert.doesNotMatch((await browser.get('/sign-in')).body, /届いていません/u);
});

test('サインインすると新しいトークンになり、前のトークンでは入れない(固定化の防止)', async () => {
  const victim = new Browser();
  await victim.signIn('tantou');
  const before = victim.cookies.get('sesshu') ?? '';
  const again = await victim.signIn('tantou');
  assert.equal(again.statusCode, 303);
  const afterwards = victim.cookies.get('sesshu') ?? '';
  assert.notEqual(before, afterwards);
  const attacker = new Browser();
  attacker.cookies.set('sesshu', before);
  assert.equal((await attacker.get('/')).statusCode, 303);
  attacker.cookies.set('sesshu', afterwards);
  assert.equal((await attacker.get('/')).statusCode, 200);
  const planted = `${lgCode}.${'A'.repeat(43)}`;
  const other = new Browser();
  other.cookies.set('sesshu', planted);
  await other.signIn('tantou');
  assert.notEqual(other.cookies.get('sesshu'), planted);
});

test('クッキーはスクリプトから読めず、別のサイトからは送られない', async () => {
  const browser = new Browser();
  const response = await browser.signIn('tantou');
  const cookie = response.cookies.find((each) => each.name === 'sesshu');
  assert.equal(cookie?.httpOnly, true);
  assert.equal(cookie?.sameSite, 'Strict');
  assert.equal(cookie?.path, '/');
  const { rows } = await db.app.query('SELECT 1 FROM sessions');
  assert.equal(rows.length, 0, 'no session is readable without the municipality');
  await withMunicipality(db, lgCode, async (tx) => {
    const token = cookie?.value.split('.')[1] ?? '';
    const { rows: stored } = await tx.client.query(
      "SELECT 1 FROM sessions WHERE encode(token_hash, 'escape') LIKE $1",
      [`%${token}%`],
    );
    assert.equal(stored.length, 0, 'the token itself is not stored');
  });
});

test('間違ったサインインは、アカウントがあってもなくても同じ答えになる', async () => {
  const browser = new Browser('10.0.0.9');
  const wrong = await browser.signIn('kanri', 'wrong-password-1');
  const unknown = await browser.signIn('dare-demo-nai', 'wrong-password-1');
  assert.equal(wrong.statusCode, 422);
  assert.equal(unknown.statusCode, 422);
  const plain = (text: string): string => text.replaceAll(/value="[^"]*"|<p data-actor.*?<\/p>/gu, '');
  assert.equal(plain(unknown.body), plain(wrong.body));
  const time = async (accountName: string): Promise<number> => {
    const start = performance.now();
    await browser.post('/sign-in', { accountName, password: 'x' });
    return performance.now() - start;
  };
  const [known, none] = [await time('kansa'), await time('inai-hito')];
  assert.ok(none > known / 4, `the unknown name was answered in ${none} ms, the known one in ${known} ms`);
  assert.equal((await lastActs('access.signInRefused'))[0]?.outcome, 'refused');
});

test('失敗が続くと待たされ、待てば入れる。同時に試しても抜けられない', async () => {
  const attacker = new Browser('10.0.0.66');
  await attacker.get(`/m/${lgCode}`);
  await attacker.get('/sign-in');
  const tries = await Promise.all(
    Array.from(
      { length: 12 },
      async () => await attacker.post('/sign-in', { accountName: 'kakaricho', password: 'guess-guess-1' }),
    ),
  );
  const statuses = tries.map((response) => response.statusCode);
  assert.equal(statuses.filter((status) => status === 422).length, 5, statuses.join(' '));
  const owner = new Browser('10.0.0.2');
  assert.equal((await owner.signIn('kakaricho')).statusCode, 429, 'the right password is not looked at either');
  clock.at = new Date(clock.at.getTime() + 16_000);
  assert.equal((await owner.signIn('kakaricho')).statusCode, 303);
  const account = await owner.get('/account');
  assert.match(account.body, /5 回、サインインの失敗がありました/u);
  const [signedIn] = await lastActs('access.signedIn');
  assert.deepEqual(signedIn?.details, { otherSessions: 0, failuresBefore: 5, signedInBy: 'password' });
});

test('同じ接続元からの多数のアカウントへの試し(パスワードスプレー)も待たされる', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 33; i += 1) {
    const browser = new Browser('10.6.6.6');
    statuses.push((await browser.signIn(`shokuin${i}`, 'spring-password-1')).statusCode);
  }
  assert.equal(statuses.filter((status) => status === 422).length, 31);
  assert.equal(statuses.at(-1), 429);
});

test('証しのないPOST、別のサイトからのPOSTは断られ、記録される', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  const own = browser.csrfToken;
  const other = new Browser();
  await other.signIn('kakaricho');
  const refused = [
    await browser.post('/probe/refused', { csrfToken: '' }),
    await browser.post('/probe/refused', { csrfToken: other.csrfToken }),
    await browser.post('/probe/refused', { csrfToken: own }, { origin: 'https://evil.example' }),
    await browser.post('/probe/refused', { csrfToken: own }, { origin: 'null' }),
    await browser.post('/probe/refused', { csrfToken: own }, { 'sec-fetch-site': 'cross-site' }),
    await browser.post('/probe/refused', { csrfToken: own }, { 'sec-fetch-site': 'same-site' }),
  ];
  for (const response of refused) assert.equal(response.statusCode, 403);
  const accepted = await browser.post(
    '/probe/refused',
    { csrfToken: own, word: '<b>' },
    { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' },
  );
  assert.equal(accepted.statusCode, 422);
  assert.match(accepted.body, /&lt;b&gt;/u);
  const acts = await lastActs('access.refused');
  assert.ok(acts.length >= 6);
  const visitor = new Browser();
  assert.equal((await visitor.post('/sign-in', { accountName: 'tantou', password })).statusCode, 403);
});

const roles: readonly (readonly [string, Role])[] = [
  ['tantou', 'clerk'],
  ['kakaricho', 'chief'],
  ['kanri', 'administrator'],
  ['kansa', 'auditor'],
];

for (const [accountName, role] of roles) {
  test(`役割 ${role} は、権限表にない画面をすべて断られる`, async () => {
    const browser = new Browser(`10.0.1.${role.length}`);
    await browser.signIn(accountName);
    await browser.post('/reason', { reason: '窓口での相談・申請の対応', next: '/' });
    const rank = role === 'chief' ? 'chief' : 'member';
    const allowed = permissionsOf({ roles: [role], rank, isInCharge: true, lent: [] });
    let checked = 0;
    for (const route of listStaffRoutes(app)) {
      if (route.permission === 'public' || route.permission === 'signedIn' || route.takesFiles === true) continue;
      const url = route.url.replaceAll(/:\w+/gu, '999999');
      const response = route.method === 'GET' ? await browser.get(url) : await browser.post(url, {});
      const isRefused = response.statusCode === 403;
      // This route asks a second question behind its door.
      const isAllowed = route.url === '/probe/door' ? allowed.has('intake.undo') : allowed.has(route.permission);
      assert.equal(isRefused, !isAllowed, `${role}: ${route.method} ${route.url} → ${response.statusCode}`);
      checked += 1;
    }
    assert.ok(checked >= 14, String(checked));
  });
}

test('部屋の戸口で断られたことも、権限の名とともに記録される', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  assert.equal((await browser.post('/probe/door', {})).statusCode, 403);
  const [act] = await lastActs('access.refused');
  assert.deepEqual(act?.details, { permission: 'intake.undo', where: 'POST /probe/door' });
});

test('処理事由を選ぶまで住民の画面は開かず、選んだ事由が記録に残る', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  const asked = await browser.get('/persons/77');
  assert.equal(asked.headers.location, '/reason?next=%2Fpersons%2F77');
  assert.doesNotMatch((await browser.get('/reason?next=%2Fpersons%2F77')).body, /届いていません/u);
  // A form that met the question did not arrive, and that is said.
  const unsent = await browser.post('/probe/search', {});
  assert.match(String(unsent.headers.location), /^\/reason\?.*unsent=yes$/u);
  assert.match((await browser.get(String(unsent.headers.location))).body, /いま送った内容[^。]*は届いていません/u);
  assert.equal((await browser.post('/reason', { reason: 'ない事由', next: '/persons/77' })).statusCode, 422);
  assert.equal((await browser.post('/reason', { reason: 'other', otherReason: ' ' })).statusCode, 422);
  assert.equal(
    (await browser.post('/reason', { reason: 'other', otherReason: '１２３４ ５６７８ ９０１８ の確認' })).statusCode,
    422,
  );
  const chosen = await browser.post('/reason', { reason: 'other', otherReason: '市民からの照会', next: '/persons/77' });
  assert.equal(chosen.headers.location, '/persons/77');
  const shown = await browser.get('/persons/77');
  assert.equal(shown.statusCode, 200);
  assert.match(shown.body, /data-reason="市民からの照会"/u);
  assert.equal((await lastActs('persons.viewed'))[0]?.reason, '市民からの照会');
  const hijack = await browser.post('/reason', { reason: 'other', otherReason: 'x', next: '//evil.example/' });
  assert.equal(hijack.headers.location, '/');
});

test('監査担当は、ある人の記録をだれが見たかを調べられ、調べたことも残る', async () => {
  const browser = new Browser();
  await browser.signIn('kansa');
  assert.equal((await browser.get('/audit/log')).statusCode, 200);
  const found = await browser.post('/audit/log', { person: '77', act: 'persons.viewed' });
  assert.equal(found.statusCode, 200);
  assert.match(found.body, /佐藤 みどり/u);
  assert.match(found.body, /市民からの照会/u);
  assert.equal((await browser.post('/audit/log', { person: '99' })).statusCode, 422);
  assert.equal((await browser.post('/audit/log', { recordedFrom: '2026-02-30' })).statusCode, 422);
  const link = /href="(\/audit\/log\/[\d-]+\/\d+)"/u.exec(found.body)?.[1] ?? '';
  assert.equal((await browser.get(link)).statusCode, 200);
  assert.equal((await browser.get('/audit/log/2026-11-21/999999')).statusCode, 404);
  assert.equal((await browser.get('/audit/log/x/y')).statusCode, 404);
  assert.ok((await lastActs('audit.searched')).length >= 1);
});

test('離席30分、通算10時間でサインインは切れ、サインアウトでも切れる', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  const start = clock.at;
  for (let minutes = 25; minutes <= 9 * 60 + 55; minutes += 25) {
    clock.at = new Date(start.getTime() + minutes * 60_000);
    assert.equal((await browser.get('/')).statusCode, 200, `${minutes} minutes`);
  }
  clock.at = new Date(start.getTime() + 10 * 3_600_000);
  assert.equal((await browser.get('/')).statusCode, 303, 'ten hours');
  await browser.signIn('tantou');
  clock.at = new Date(clock.at.getTime() + 31 * 60_000);
  assert.equal((await browser.get('/')).statusCode, 303, 'thirty-one minutes unused');
  await browser.signIn('tantou');
  const token = browser.cookies.get('sesshu') ?? '';
  const left = await browser.post('/sign-out', {});
  assert.deepEqual([left.statusCode, left.headers['clear-site-data']], [303, '"cache", "storage"']);
  assert.equal(browser.cookies.has('sesshu'), false);
  browser.cookies.set('sesshu', token);
  assert.equal((await browser.get('/')).statusCode, 303);
});

test('自分のほかのサインインを終えられ、他人のものは終えられない', async () => {
  const [one, two, stranger] = [new Browser(), new Browser(), new Browser()];
  await one.signIn('tantou');
  await two.signIn('tantou');
  await stranger.signIn('kansa');
  const idOf = (body: string): string => /name="sessionId" value="(\d+)"/u.exec(body)?.[1] ?? '';
  const page = await one.get('/account');
  const other = idOf(page.body);
  await stranger.post('/account/sessions/end', { sessionId: other });
  assert.equal((await two.get('/')).statusCode, 200, 'a stranger cannot end it');
  await one.post('/account/sessions/end', { sessionId: 'others' });
  assert.equal((await two.get('/')).statusCode, 303);
  assert.equal((await one.get('/')).statusCode, 200);
});

test('別の団体のサインインでは、別の団体のものしか見えない', async () => {
  const browser = new Browser();
  await browser.signIn('kanri', password, office.database.other);
  const list = await browser.get('/staff');
  assert.equal(list.statusCode, 200);
  const ids = await withMunicipality(db, lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ staff_id: number }>('SELECT staff_id FROM staff_members');
    return rows.map((row) => row.staff_id);
  });
  for (const id of ids) {
    assert.equal((await browser.get(`/staff/${id}`)).statusCode, 404);
    assert.equal((await browser.post(`/staff/${id}/disabled`, { disabled: 'yes' })).statusCode, 404);
  }
  const forged = new Browser();
  const [, token] = (browser.cookies.get('sesshu') ?? '').split('.');
  forged.cookies.set('sesshu', `${lgCode}.${token}`);
  assert.equal((await forged.get('/')).statusCode, 303, 'a token is worth nothing in another municipality');
  const byHost = await new Browser().get('/sign-in', { host: 'sapporo.example' });
  assert.match(byHost.body, /札幌市の職員/u);
});

test('登録された職員は最初にパスワードを変え、停止されるとすぐに入れなくなる', async () => {
  const admin = new Browser();
  await admin.signIn('kanri');
  const refused = await admin.post('/staff/new', { accountName: 'Ａ!', displayName: '', roles: 'king' });
  assert.equal(refused.statusCode, 422);
  const dayless = { accountName: 'kigen2', displayName: '期限', roles: 'clerk', expiresOn: '来年の春' };
  const undated = await admin.post('/staff/new', dayless);
  assert.equal(undated.statusCode, 422);
  assert.match(undated.body, /有効期限を日付として読めません/u);
  assert.match(undated.body, /value="来年の春"/u);
  const made = await admin.post('/staff/new', {
    accountName: 'Tanaka.Ichiro',
    displayName: '田中 一郎',
    department: '健康推進課',
    roles: 'clerk',
  });
  assert.equal(made.statusCode, 200);
  const initial = /<code>([a-z2-9-]{34})<\/code>/u.exec(made.body)?.[1] ?? '';
  const duplicate = await admin.post('/staff/new', {
    accountName: 'tanaka.ichiro',
    displayName: '別人',
    roles: 'clerk',
  });
  assert.equal(duplicate.statusCode, 422);
  const browser = new Browser();
  assert.equal((await browser.signIn('tanaka.ichiro', initial)).statusCode, 303);
  assert.equal((await browser.get('/')).headers.location, '/account/password?next=%2F');
  await browser.get('/account/password');
  const change = async (next: string, current = initial): Promise<number> => {
    const fields = { currentPassword: current, newPassword: next, repeatedPassword: next };
    const response = await browser.post('/account/password', fields);
    await browser.get('/account/password');
    return response.statusCode;
  };
  const old = browser.cookies.get('sesshu');
  assert.equal(await change('tanaka.ichiro-desu-yo'), 422);
  assert.equal(await change('himawari-no-michi-9', 'wrong'), 422);
  assert.equal(await change('himawari-no-michi-9'), 303);
  assert.notEqual(browser.cookies.get('sesshu'), old, 'the token changes with the password');
  assert.equal((await browser.get('/')).statusCode, 200);
  assert.equal(await change('kumo-wo-nagameru-asa', 'himawari-no-michi-9'), 303);
  assert.equal(await change('himawari-no-michi-9', 'kumo-wo-nagameru-asa'), 422, 'no reuse');
  const id = /href="\/staff\/(\d+)">田中 一郎/u.exec((await admin.get('/staff')).body)?.[1] ?? '';
  assert.equal((await admin.post(`/staff/${id}`, { displayName: '田中 一郎', roles: 'auditor' })).statusCode, 303);
  assert.equal((await browser.get('/persons/1')).statusCode, 403, 'duties hold from the next click');
  assert.equal((await admin.post(`/staff/${id}/disabled`, { disabled: 'yes' })).statusCode, 303);
  assert.equal((await browser.get('/')).statusCode, 303);
  assert.equal((await browser.signIn('tanaka.ichiro', 'kumo-wo-nagameru-asa')).statusCode, 422);
});

test('有効期限の切れたアカウントと、7日を過ぎた最初のパスワードでは入れない', async () => {
  const actor = await asOperator(db, lgCode, { osUser: 'tester', as: null, reason: null });
  const added = await addStaff(
    { db, actor, clock },
    { accountName: 'kigen', displayName: '期限', department: '', roles: ['clerk'] },
  );
  assert.ok(added.answer !== 'refused');
  await withMunicipality(db, lgCode, async (tx) => {
    await tx.client.query("UPDATE staff_members SET expires_on = '2026-11-20' WHERE account_name = 'kigen'");
  });
  const browser = new Browser();
  assert.equal((await browser.signIn('kigen', added.value.initialPassword)).statusCode, 422);
  const now = clock.at;
  await withMunicipality(db, lgCode, async (tx) => {
    await tx.client.query("UPDATE staff_members SET expires_on = NULL WHERE account_name = 'kigen'");
  });
  clock.at = new Date(Date.now() + 8 * 86_400_000);
  assert.equal((await browser.signIn('kigen', added.value.initialPassword)).statusCode, 422);
  clock.at = now;
});

test('運用者はOSの利用者ごとに一つのアカウントになり、--as では相手の権限になる', async () => {
  const operator = await asOperator(db, lgCode, { osUser: 'ROOT', as: null, reason: '取込' });
  const again = await asOperator(db, lgCode, { osUser: 'root', as: null, reason: null });
  assert.equal(operator.staffId, again.staffId);
  assert.deepEqual([operator.via, operator.osUser, operator.reason], ['cli', 'ROOT', '取込']);
  assert.equal(operator.permissions.has('init.run'), true);
  const clerk = await asOperator(db, lgCode, { osUser: 'root', as: 'tantou', reason: null });
  assert.equal(clerk.permissions.has('init.run'), false);
  assert.equal(
    (await asOperator(db, lgCode, { osUser: 'root', as: String(clerk.staffId), reason: null })).staffId,
    clerk.staffId,
  );
  await assert.rejects(asOperator(db, lgCode, { osUser: 'root', as: 'nobody', reason: null }), NotFound);
  assert.ok(operator.staffId !== null && clerk.staffId !== null);
  assert.equal((await new Browser().signIn(`os:root`, '')).statusCode, 422, 'an operator has no password');
  const stopped = await addStaff(
    { db, actor: operator, clock },
    { accountName: 'tomari', displayName: '停止', department: '', roles: ['clerk'] },
  );
  assert.ok(stopped.answer !== 'refused');
  const job = { job: '印刷', startedBy: stopped.value.staffId };
  assert.equal((await asJob(db, lgCode, job)).permissions.has('notices.print'), true);
  await setStaffDisabled({ db, actor: operator, clock }, stopped.value.staffId, true);
  await assert.rejects(asJob(db, lgCode, job), NotPermitted);
  await assert.rejects(asOperator(db, lgCode, { osUser: 'root', as: 'tomari', reason: null }), NotPermitted);
  assert.equal((await setStaffDisabled({ db, actor: operator, clock }, operator.staffId, true)).answer, 'refused');
});

test('デモ用の職員は、デモの団体にしか作られない', async () => {
  await assert.rejects(ensureDemonstrationStaff(db, { lgCode, isDemonstration: false }), TypeError);
});

test('ファイルは流れとして受け取られ、証しのないものは断られ、名前からパスが除かれる', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  const send = async (csrfToken: string): Promise<LightMyRequestResponse> => {
    const boundary = 'x-boundary';
    const part = (head: string, body: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
    const payload = `${part('name="csrfToken"', csrfToken)}${part('name="layout"', 'punch')}${part('name="file"; filename="../../etc/passwd.csv"', 'a,b\n'.repeat(50_000))}--${boundary}--\r\n`;
    const headers = {
      host: 'localhost',
      cookie: `sesshu=${browser.cookies.get('sesshu')}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
    };
    return await server.inject({ method: 'POST', url: '/probe/upload', payload, headers });
  };
  const taken = await send(browser.csrfToken);
  assert.equal(taken.statusCode, 200);
  assert.match(taken.body, /punch passwd\.csv:200000/u);
  assert.equal((await send('wrong')).statusCode, 403);
});

test('どの答えにも厳しいヘッダーが付き、失敗の中身は見せない', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  const responses = [
    await browser.get('/'),
    await browser.get('/nope'),
    await browser.get('/probe/broken'),
    await browser.get('/persons/404'),
  ];
  for (const response of responses) {
    const policy = String(response.headers['content-security-policy']);
    assert.match(policy, /default-src 'self'/u);
    assert.match(policy, /frame-ancestors 'none'/u);
    assert.doesNotMatch(policy, /unsafe/u);
    assert.equal(response.headers['cache-control'], 'no-store');
    assert.equal(response.headers['x-content-type-options'], 'nosniff');
    assert.equal(response.headers['referrer-policy'], 'same-origin');
    assert.equal(response.headers['x-frame-options'], 'DENY');
  }
  assert.deepEqual(
    responses.map((response) => response.statusCode),
    [200, 404, 500, 303],
  );
  const broken = responses[2]?.body ?? '';
  assert.doesNotMatch(broken, /secret detail|at .*\.ts|node_modules/u);
  assert.match(broken, /番号 [0-9a-f-]{36}/u);
  assert.match(broken, /data-actor="佐藤 みどり"/u);
});

test('書類は名前どおりに渡され、ファイル名でヘッダーを壊せない', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  const response = await browser.get('/probe/file');
  assert.equal(response.headers['content-type'], 'application/pdf');
  assert.equal(
    response.headers['content-disposition'],
    `attachment; filename="_______.pdf"; filename*=UTF-8''${encodeURIComponent('予診票 "甲".pdf')}`,
  );
});

test('大きすぎる入力、知らない形式、NULは断られる', async () => {
  const browser = new Browser();
  await browser.signIn('tantou');
  assert.equal((await browser.post('/probe/refused', { word: 'x'.repeat(1_100_000) })).statusCode, 413);
  const json = await server.inject({
    method: 'POST',
    url: '/sign-in',
    payload: { accountName: 'tantou' },
    headers: { host: 'localhost' },
  });
  assert.equal(json.statusCode, 415);
  assert.equal((await browser.post('/probe/refused', { word: 'a\0b' })).statusCode, 400);
  assert.equal((await browser.get('/persons/%00')).statusCode, 400);
  assert.equal((await browser.get(`/${'a'.repeat(3000)}`)).statusCode, 404);
});

test('監視の窓口は、この機械か合い言葉を持つものにしか答えない', async () => {
  const outside = { remoteAddress: '203.0.113.5' };
  for (const url of ['/healthz', '/readyz', '/metrics']) {
    assert.equal((await server.inject({ url })).statusCode, 200, url);
    assert.equal((await server.inject({ url, ...outside })).statusCode, 404, url);
    const forwarded = { url, headers: { 'x-forwarded-for': '203.0.113.5' } };
    assert.equal((await server.inject(forwarded)).statusCode, 404, 'what a proxy passes on is not this machine');
    const headers = { authorization: 'Bearer monitor-secret' };
    assert.equal((await server.inject({ url, headers, ...outside })).statusCode, 200, url);
    assert.equal((await server.inject({ url, headers: { authorization: 'Bearer x' }, ...outside })).statusCode, 404);
  }
  const metrics = await server.inject({ url: '/metrics' });
  assert.match(metrics.body, /sesshu_http_request_seconds_count\{method="GET",route="\/persons\/:personId"/u);
  assert.doesNotMatch(metrics.body, /persons\/77/u);
});

test('権限を書かない道は登録できず、同じ道は二度登録できない', () => {
  const handler = (): never => assert.fail('never called');
  assert.throws(() => addStaffRoute(app, { method: 'GET', url: '/', permission: 'start.view', handler }), TypeError);
});
