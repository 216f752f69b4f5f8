import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { listActs } from '#common-base/audit';
import { type IdentityProvider, openIdentityProvider } from '#counterparties/identity-provider';
import { html } from '#platform/pages';
import { withClient, withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../../tests/support/staff-server.ts';
import { addStaffRoute } from '../staff-app.ts';

let provider: IdentityProvider;
let office: StaffServer;

before(async () => {
  provider = await openIdentityProvider();
  const { issuer, clientId } = provider;
  const settings = { secondFactorRoles: ['administrator'], openId: { issuer, clientId } };
  // The provider's tokens carry the time of now.
  office = await openStaffServer(JSON.stringify(settings), new Date().toISOString(), {
    openIdSecret: provider.clientSecret,
  });
  addStaffRoute(office.app, {
    method: 'GET',
    url: '/',
    permission: 'start.view',
    handler: (context) => context.page({ title: '開始', body: html`<h1>開始</h1>` }),
  });
});
after(async () => {
  await office.close();
  await provider.close();
});

/** Goes to the provider as a browser would, and answers where it sends it back to. */
async function visitProvider(browser: StaffBrowser, query = ''): Promise<URL> {
  await browser.get(`/m/${office.lgCode}`);
  const left = await browser.get(`/sign-in/openid${query}`);
  assert.equal(left.statusCode, 303, left.body);
  const question = new URL(String(left.headers.location));
  assert.equal(question.origin, provider.issuer);
  const back = await fetch(question, { redirect: 'manual' });
  return new URL(back.headers.get('location') ?? '');
}

/** The landing from another site, without cookies, and from there on with them. */
async function comeBack(browser: StaffBrowser, back: URL): Promise<LightMyRequestResponse> {
  const landed = await office.server.inject({ url: `${back.pathname}${back.search}`, headers: { host: 'localhost' } });
  assert.equal(landed.statusCode, 200);
  assert.equal(landed.headers['set-cookie'], undefined, 'the visitor keeps the cookie that asked');
  const path = /url=([^"]+)"/u.exec(landed.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  assert.match(path, /^\/sign-in\/openid\/finish\?/u);
  return await browser.get(path);
}

async function signIn(
  user: IdentityProvider['user'],
  query = '',
): Promise<{ browser: StaffBrowser; done: LightMyRequestResponse }> {
  provider.user = user;
  const browser = new StaffBrowser(office);
  const done = await comeBack(browser, await visitProvider(browser, query));
  return { browser, done };
}

const tantou = { subject: 'u-1', claims: { preferred_username: 'tantou' } };

async function lastRefusal(): Promise<unknown> {
  return await withMunicipality(office.db, office.lgCode, async (tx) => {
    const { acts } = await listActs(tx, { act: 'access.signInRefused' });
    return acts[0]?.details['cause'];
  });
}

test('庁内の認証で、もとからあるアカウントとその権限で入り、行き先に進む', async () => {
  const page = new StaffBrowser(office);
  await page.get(`/m/${office.lgCode}`);
  assert.match((await page.get('/sign-in')).body, /庁内の認証でサインインする/u);
  const { browser, done } = await signIn(tantou, '?next=%2Faccount');
  assert.equal(done.headers.location, '/account');
  assert.match((await browser.get('/')).body, /佐藤 みどり/u);
  assert.equal((await browser.get('/staff')).statusCode, 403, 'the duty is what it was');
  const { lastQuestion } = provider;
  assert.equal(lastQuestion.get('code_challenge_method'), 'S256');
  for (const name of ['state', 'nonce', 'code_challenge']) assert.ok((lastQuestion.get(name) ?? '').length >= 32, name);
  await withMunicipality(office.db, office.lgCode, async (tx) => {
    const { acts } = await listActs(tx, { act: 'access.signedIn' });
    assert.equal(acts[0]?.details['signedInBy'], 'openid');
    assert.equal((await listActs(tx, { act: 'access.identityBound' })).acts.length, 1);
  });
});

test('知らない人、止められた人、名を借りた別の人には、アカウントも権限も生まれない', async () => {
  const before = await countStaff();
  const cases = [
    [{ subject: 'u-9', claims: { preferred_username: 'nobody' } }, 'openId:unknownAccount'],
    [{ subject: 'u-9', claims: {} }, 'openId:unknownAccount'],
    [{ subject: 'u-2', claims: { preferred_username: 'tantou' } }, 'openId:boundToAnother'],
  ] as const;
  for (const [user, cause] of cases) {
    const { browser, done } = await signIn(user);
    assert.equal(done.headers.location, '/sign-in?openid=refused');
    assert.equal(await lastRefusal(), cause);
    assert.notEqual((await browser.get('/')).statusCode, 200);
  }
  assert.equal(await countStaff(), before);
  assert.match(
    (await new StaffBrowser(office).get('/sign-in?openid=refused')).body,
    /団体を選ぶ|庁内の認証でサインインできませんでした/u,
  );
  await disable('tantou', true);
  assert.equal((await signIn(tantou)).done.headers.location, '/sign-in?openid=refused');
  assert.equal(await lastRefusal(), 'openId:accountClosed');
  await disable('tantou', false);
  // The subject counts from now on, whatever name the provider gives it.
  const renamed = await signIn({ subject: 'u-1', claims: { preferred_username: 'kanri' } });
  assert.match((await renamed.browser.get('/')).body, /佐藤 みどり/u);
});

async function countStaff(): Promise<number> {
  return await withMunicipality(office.db, office.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM staff_members');
    return rows[0]?.n ?? 0;
  });
}

async function disable(accountName: string, isDisabled: boolean): Promise<void> {
  await withClient(office.db.ownerUrl ?? '', (owner) =>
    owner.query('UPDATE staff_members SET disabled_at = $2 WHERE account_name = $1', [
      accountName,
      isDisabled ? new Date() : null,
    ]),
  );
}

test('二つ目の確認は、認証基盤が済ませたと言えば済み、言わなければこちらで求める', async () => {
  const weak = await signIn({ subject: 'u-3', claims: { preferred_username: 'kanri', amr: ['pwd'] } });
  assert.match(String((await weak.browser.get('/')).headers.location), /^\/account\/second-factor/u);
  const strong = await signIn({ subject: 'u-3', claims: { preferred_username: 'kanri', amr: ['pwd', 'mfa'] } });
  assert.equal((await strong.browser.get('/')).statusCode, 200);
});

test('ほかの人の答え、二度目の答え、古い答え、作られた答えは受け取らない', async () => {
  provider.user = tantou;
  const attacker = new StaffBrowser(office);
  const answer = await visitProvider(attacker);
  const victim = new StaffBrowser(office);
  await victim.get(`/m/${office.lgCode}`);
  assert.equal((await comeBack(victim, answer)).headers.location, '/sign-in?openid=refused', 'login CSRF');
  assert.equal(await lastRefusal(), 'openId:notAsked');
  assert.equal((await comeBack(attacker, answer)).headers.location, '/sign-in?openid=refused', 'used up');

  const slow = new StaffBrowser(office);
  const late = await visitProvider(slow);
  const at = office.clock.at;
  office.clock.at = new Date(at.getTime() + 11 * 60_000);
  assert.equal((await comeBack(slow, late)).headers.location, '/sign-in?openid=refused', 'after ten minutes');
  office.clock.at = at;

  const browser = new StaffBrowser(office);
  const forged = await visitProvider(browser);
  forged.searchParams.set('code', 'x'.repeat(32));
  assert.equal((await comeBack(browser, forged)).headers.location, '/sign-in?openid=refused', 'a code of nobody');
  assert.equal(await lastRefusal(), 'openId:answerUnfit');

  for (const [what, distort] of [
    ['another nonce', (claims: object) => ({ ...claims, nonce: 'other' })],
    ['another audience', (claims: object) => ({ ...claims, aud: 'other' })],
    ['another issuer', (claims: object) => ({ ...claims, iss: 'https://evil.example' })],
    ['expired', (claims: object) => ({ ...claims, exp: 1_600_000_000 })],
  ] as const) {
    provider.distort = distort;
    assert.equal((await signIn(tantou)).done.headers.location, '/sign-in?openid=refused', what);
    assert.equal(await lastRefusal(), 'openId:answerUnfit', what);
  }
  provider.distort = null;
  provider.isForger = true;
  assert.equal((await signIn(tantou)).done.headers.location, '/sign-in?openid=refused', 'signed by another key');
  provider.isForger = false;
  assert.equal((await signIn(tantou)).done.headers.location, '/', 'and nothing else was wrong');
  assert.equal((await signIn(null)).done.headers.location, '/sign-in?openid=refused', 'the provider refused');
});

test('行き先は自分のページだけで、前のサインインは終わる', async () => {
  const { browser, done } = await signIn(tantou, '?next=https%3A%2F%2Fevil.example%2F');
  assert.equal(done.headers.location, '/');
  const first = browser.cookies.get('sesshu');
  const again = await visitProvider(browser, '?again=yes');
  assert.equal(provider.lastQuestion.get('prompt'), 'login');
  assert.equal((await comeBack(browser, again)).statusCode, 303);
  assert.notEqual(browser.cookies.get('sesshu'), first);
  const old = new StaffBrowser(office);
  old.cookies.set('sesshu', first ?? '');
  assert.notEqual((await old.get('/')).statusCode, 200);
});

test('設定のない団体には、この入り口はない', async () => {
  const plain = await openStaffServer('{}');
  const browser = new StaffBrowser(plain);
  await browser.get(`/m/${plain.lgCode}`);
  assert.equal((await browser.get('/sign-in/openid')).statusCode, 404);
  assert.doesNotMatch((await browser.get('/sign-in')).body, /庁内の認証/u);
  await plain.close();
});
