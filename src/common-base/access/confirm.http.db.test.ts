import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listActs } from '#common-base/audit';
import { html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../tests/support/staff-server.ts';
import { redirectTo } from './answers.ts';
import { addStaffRoute } from './staff-app.ts';

let office: StaffServer;
let acted = 0;

before(async () => {
  const settings = { secondFactorRoles: [], lockMinutes: 10, idleMinutes: 30, freshMinutes: 5 };
  office = await openStaffServer(JSON.stringify(settings));
  addStaffRoute(office.app, {
    method: 'GET',
    url: '/',
    permission: 'start.view',
    handler: (context) => context.page({ title: '開始', body: html`<h1>開始</h1>` }),
  });
  addStaffRoute(office.app, {
    method: 'POST',
    url: '/probe/dangerous',
    permission: 'intake.undo',
    needsFreshSignIn: true,
    handler: () => {
      acted += 1;
      return redirectTo('/');
    },
  });
});
after(() => office.close());

function pass(minutes: number): void {
  office.clock.at = new Date(office.clock.at.getTime() + minutes * 60_000);
}

const lost = /いま送った内容は届いていません。[^。]*もう一度入力してください/u;
const word = (): string => office.accounts[0]?.password ?? '';

test('大切な操作は、パスワードを入れてから5分までそのまま通り、過ぎるときき直す', async () => {
  const browser = new StaffBrowser(office);
  await browser.signIn('kakaricho');
  assert.equal((await browser.post('/probe/dangerous', {})).headers.location, '/');
  assert.equal(acted, 1);
  pass(5);
  assert.equal((await browser.post('/probe/dangerous', {})).headers.location, '/');
  pass(1);
  const asked = await browser.post('/probe/dangerous', {}, { referer: 'http://localhost/somewhere' });
  assert.equal(asked.headers.location, '/confirm?next=%2Fsomewhere&unsent=yes');
  const foreign = await browser.post('/probe/dangerous', {}, { referer: 'https://evil.example/x' });
  assert.equal(foreign.headers.location, '/confirm?next=%2F&unsent=yes');
  assert.equal(acted, 2, 'nothing was done');
  assert.match((await browser.follow(asked)).body, lost, 'the form that was sent is not taken for done');
  const wrong = await browser.post('/confirm', { password: 'chigau-password', next: '/somewhere', unsent: 'yes' });
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, lost);
  assert.match(wrong.body, /name="unsent" value="yes"/u);
  assert.equal((await browser.post('/probe/dangerous', {})).headers.location, '/confirm?next=%2F&unsent=yes');
  const early = browser.cookies.get('sesshu') ?? '';
  assert.equal(
    (await browser.post('/confirm', { password: word(), next: '/somewhere' })).headers.location,
    '/somewhere',
  );
  const planted = new StaffBrowser(office);
  planted.cookies.set('sesshu', early);
  assert.equal((await planted.get('/', { 'x-fragment': 'results' })).statusCode, 401, 'the token from before is dead');
  assert.equal(planted.cookies.get('sesshu'), early, 'and a script’s answer takes no cookie away');
  assert.equal((await browser.post('/confirm', { password: word(), next: '//evil.example' })).headers.location, '/');
  await browser.post('/probe/dangerous', {});
  assert.equal(acted, 3);
  pass(6);
  const others = await browser.post('/account/sessions/end', { sessionId: 'others' });
  assert.match(String(others.headers.location), /^\/confirm/u, 'a session left open ends no other');
});

test('権限のない人には、本人確認をきく前に断る', async () => {
  const browser = new StaffBrowser(office);
  await browser.signIn('tantou');
  pass(6);
  assert.equal((await browser.post('/probe/dangerous', {})).statusCode, 403);
});

test('10分使わないと画面はロックされ、どこも開かず、パスワードで元の仕事に戻る', async () => {
  const browser = new StaffBrowser(office);
  await browser.signIn('tantou');
  await browser.post('/reason', { reason: '窓口での相談・申請の対応', next: '/' });
  pass(10);
  assert.equal((await browser.get('/')).statusCode, 200, 'ten minutes are not yet too long');
  pass(11);
  const locked = await browser.get('/account');
  assert.equal(locked.headers.location, '/unlock?next=%2Faccount');
  const page = await browser.follow(locked);
  assert.match(page.body, /画面をロックしました/u);
  assert.doesNotMatch(page.body, /data-actor="[^"]/u, 'the frame shows nobody');
  assert.doesNotMatch(page.body, lost, 'no form was sent');
  const sent = await browser.post('/probe/dangerous', {}, { referer: 'http://localhost/somewhere' });
  assert.equal(sent.headers.location, '/unlock?next=%2Fsomewhere&unsent=yes');
  assert.match((await browser.follow(sent)).body, lost);
  for (const url of ['/', '/confirm', '/reason', '/account/password', '/second-factor']) {
    assert.match(String((await browser.get(url)).headers.location), /^\/unlock/u, url);
  }
  const fragment = await browser.get('/', { 'x-fragment': 'results' });
  assert.equal(fragment.statusCode, 401);
  assert.doesNotMatch(fragment.body, /開始/u);
  assert.equal((await browser.post('/unlock', { password: 'chigau-password' })).statusCode, 422);
  assert.equal((await browser.post('/unlock', { password: word(), next: '/account' })).headers.location, '/account');
  const back = await browser.get('/');
  assert.equal(back.statusCode, 200);
  assert.match(back.body, /data-reason="窓口での相談・申請の対応"/u, 'the work goes on where it was');
});

test('ロックしたまま30分たつとサインインは終わり、ロックの画面を開いても延びない', async () => {
  const browser = new StaffBrowser(office);
  await browser.signIn('tantou');
  assert.match(
    String((await browser.post('/lock', { next: '/account' })).headers.location),
    /^\/unlock\?next=%2Faccount/u,
  );
  for (let i = 0; i < 3; i += 1) {
    pass(10);
    assert.equal((await browser.get('/unlock')).statusCode, 200);
  }
  pass(1);
  assert.match(String((await browser.get('/unlock')).headers.location), /^\/sign-in/u);
});

test('自分で様子をきく画面は人の操作に数えず、書いている画面の知らせは数える', async () => {
  const browser = new StaffBrowser(office);
  await browser.signIn('tantou');
  pass(9);
  assert.equal((await browser.get('/', { 'x-fragment': 'progress' })).statusCode, 200);
  pass(2);
  assert.equal((await browser.get('/', { 'x-fragment': 'progress' })).statusCode, 401);
  const writer = new StaffBrowser(office);
  await writer.signIn('kansa');
  for (let i = 0; i < 4; i += 1) {
    pass(9);
    assert.equal((await writer.get('/alive', { 'x-fragment': 'alive' })).statusCode, 200);
  }
  assert.equal((await writer.get('/')).statusCode, 200);
});

test('ロックの画面でのパスワードの当てずっぽうも、サインインと同じに待たされる', async () => {
  const browser = new StaffBrowser(office, '10.7.7.7');
  await browser.signIn('kansa');
  await browser.post('/lock', {});
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => await browser.post('/unlock', { password: 'guess-guess-1' })),
  );
  assert.ok(answers.every((answer) => answer.statusCode === 422));
  const right = await browser.post('/unlock', { password: word() });
  assert.equal(right.statusCode, 422, 'the right password is not looked at while the delay runs');
  assert.match(right.body, /失敗が続いた/u);
  pass(1);
  assert.equal((await browser.post('/unlock', { password: word() })).statusCode, 303);
  const acts = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return (await listActs(tx, { act: 'access.screenUnlocked' })).acts;
  });
  assert.ok(acts.length >= 2);
});

test('システム管理者は、人のサインインを見て終わらせられる', async () => {
  const clerk = new StaffBrowser(office);
  await clerk.signIn('tantou');
  const admin = new StaffBrowser(office);
  await admin.signIn('kanri');
  const id = /\/staff\/(\d+)">佐藤 みどり/u.exec((await admin.get('/staff')).body)?.[1] ?? '';
  assert.match((await admin.get(`/staff/${id}`)).body, /使っているサインイン/u);
  assert.equal((await clerk.post(`/staff/${id}/sessions/end`, {})).statusCode, 403);
  assert.equal((await admin.post(`/staff/${id}/sessions/end`, {})).statusCode, 303);
  assert.match(String((await clerk.get('/')).headers.location), /^\/sign-in/u);
});
