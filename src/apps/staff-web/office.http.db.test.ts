import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { listStaffRoutes, permissionTable, type StaffRoute } from '#common-base/access';
import { listFeedRuns } from '#common-base/linkage';
import { intakePath } from '#ledger/intake';
import { withMunicipality } from '#platform/postgres';
import { contractedClinicLines } from '../../../tests/support/intake.ts';
import { openTestOffice, type TestOffice } from '../../../tests/support/office.ts';

let office: TestOffice;
before(async () => {
  office = await openTestOffice('2026-11-16T09:00:00+09:00');
});
after(() => office.close());

type Cookies = Map<string, string>;

/** One request as a browser makes it; cookies are kept. */
async function ask(cookies: Cookies, path: string, form?: Record<string, string>) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await office.app.server.inject({
    method: form === undefined ? 'GET' : 'POST',
    url: path,
    headers: {
      ...(cookie === '' ? {} : { cookie }),
      ...(form === undefined
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' }),
      host: 'localhost',
    },
    ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() }),
  });
  for (const { name, value } of answer.cookies) cookies.set(name, value);
  return answer;
}

function tokenOf(page: string): string {
  return /name="csrfToken" value="([^"]+)"/u.exec(page)?.[1] ?? '';
}

/** Signs a demonstration account in and gives a reason; answers its cookies. */
async function signIn(accountName: string): Promise<Cookies> {
  const cookies = await signInWithoutReason(accountName);
  const page = await ask(cookies, '/reason');
  await ask(cookies, '/reason', { csrfToken: tokenOf(page.body), reason: '統計・報告の作成', next: '/' });
  return cookies;
}

async function signInWithoutReason(accountName: string): Promise<Cookies> {
  const account = office.accounts.find((one) => one.accountName === accountName);
  const cookies: Cookies = new Map();
  await ask(cookies, `/m/${office.database.lgCode}`);
  const csrfToken = tokenOf((await ask(cookies, '/sign-in')).body);
  const answer = await ask(cookies, '/sign-in', { csrfToken, accountName, password: account?.password ?? '' });
  assert.equal(answer.statusCode, 303, answer.body);
  return cookies;
}

/** The address of a route with a number in place of each parameter. */
function addressOf(route: StaffRoute): string {
  return route.url.replaceAll(/:\w+/gu, '999999');
}

test('サインインしていない人には、どの画面も開かない', async () => {
  const closed = listStaffRoutes(office.app.staffApp).filter((route) => route.permission !== 'public');
  assert.ok(closed.length > 40, 'the routes of the rooms are there');
  for (const route of closed) {
    const answer = await office.app.server.inject({ method: route.method, url: addressOf(route) });
    assert.equal(answer.statusCode, 303, `${route.method} ${route.url}`);
    assert.match(answer.headers.location ?? '', /^\/sign-in/u);
  }
});

for (const accountName of ['tantou', 'kakaricho', 'kanri', 'kansa']) {
  test(`${accountName} に開く画面は、権限の表のとおり`, async () => {
    const cookies = await signIn(accountName);
    const roles = office.accounts.find((one) => one.accountName === accountName)?.roles ?? [];
    const permissions = new Set<string>(
      permissionTable.filter((row) => row.roles.some((role) => roles.includes(role))).map((row) => row.permission),
    );
    const pages = listStaffRoutes(office.app.staffApp).filter((route) => route.method === 'GET');
    for (const route of pages) {
      if (route.permission === 'public' || route.permission === 'signedIn') continue;
      const { statusCode } = await ask(cookies, addressOf(route));
      const place = `${route.url} (${route.permission})`;
      if (!permissions.has(route.permission)) assert.equal(statusCode, 403, place);
      else assert.ok([200, 303, 404].includes(statusCode), `${statusCode} ${place}`);
    }
  });
}

test('処理事由を選ぶ前に入れたさがす言葉は、選んだあとそのままさがされ、アドレスには残らない', async () => {
  const cookies = await signInWithoutReason('tantou');
  const csrfToken = tokenOf((await ask(cookies, '/')).body);
  const asked = await ask(cookies, '/persons', { csrfToken, text: 'ニシムラ ショウ', kana: '' });
  assert.equal(asked.statusCode, 200);
  assert.match(asked.body, /なんのための業務ですか/u);
  const hidden = Object.fromEntries(
    [...asked.body.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/gu)].map((field) => [field[1], field[2]]),
  ) as Record<string, string>;
  assert.equal(hidden['text'], 'ニシムラ ショウ');
  assert.equal(hidden['next'], '/persons');
  const withNumber = await ask(cookies, '/persons', { csrfToken, number: '123456789018' });
  assert.doesNotMatch(withNumber.body, /123456789018/u, 'a 個人番号 typed by mistake is not carried along');
  const missing = await ask(cookies, '/reason', { ...hidden, reason: '' });
  assert.equal(missing.statusCode, 422);
  assert.match(missing.body, /name="text" value="ニシムラ ショウ/u, 'a choice that was forgotten loses nothing');
  const chosen = await ask(cookies, '/reason', { ...hidden, reason: '統計・報告の作成' });
  assert.deepEqual([chosen.statusCode, chosen.headers.location], [307, '/persons']);
  const found = await ask(cookies, '/persons', { ...hidden, reason: '統計・報告の作成' });
  assert.equal(found.statusCode, 200);
  assert.match(found.body, /<input[^>]*name="text"[^>]*value="ニシムラ ショウ/u);
  // Only a search goes on by itself: a form that changes something is never sent again.
  const other = await ask(cookies, '/reason', { ...hidden, next: '/persons/absences', reason: '統計・報告の作成' });
  assert.equal(other.statusCode, 303);
});

test('ホスト名から自治体が決まり、その名がサインインの画面に出る', async () => {
  const page = async (host: string) =>
    (await office.app.server.inject({ method: 'GET', url: '/sign-in', headers: { host } })).body;
  assert.match(await page('wakabadai.localhost'), /若葉台市の職員のための画面です/u);
  assert.doesNotMatch(await page('elsewhere.example'), /若葉台市の職員のための画面です/u);
});

test('見張りには、動いていることだけを答える', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const answer = await office.app.server.inject({ method: 'GET', url: path, remoteAddress: '127.0.0.1' });
    assert.equal(answer.statusCode, 200, path);
    assert.doesNotMatch(answer.body, /若葉台/u);
  }
});

test('どの画面の部品も、この機械から出る', async () => {
  const cookies = await signIn('tantou');
  const { body, headers } = await ask(cookies, '/');
  const addresses = [...body.matchAll(/(?:href|src)="([^"]+\.(?:css|js|svg))"/gu)].map((match) => match[1] ?? '');
  assert.ok(addresses.length >= 3, 'style sheet, script and icon');
  for (const address of addresses) {
    assert.match(address, /^\/assets\//u);
    assert.equal((await ask(cookies, address)).statusCode, 200, address);
  }
  assert.match(String(headers['content-security-policy']), /default-src 'none'|default-src 'self'/u);
});

test('送られたファイルはワーカーが取り込み、サーバーは待たずに閉じる', async () => {
  const cookies = await signIn('kakaricho');
  const csrfToken = tokenOf((await ask(cookies, '/imports')).body);
  const boundary = 'sesshu-test';
  const part = (name: string, value: string, more = '') =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const lines = contractedClinicLines.map((line) => `${line}\r\n`).join('');
  const send = (url: string, kind: string, asOf: string) =>
    office.app.server.inject({
      method: 'POST',
      url,
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'content-type': `multipart/form-data; boundary=${boundary}`,
        origin: 'http://localhost',
        host: 'localhost',
      },
      payload: `${part('csrfToken', csrfToken)}${part('kind', kind)}${part('asOf', asOf)}${part('file', lines, '; filename="institutions.csv"\r\ncontent-type: text/csv')}--${boundary}--\r\n`,
    });
  // As of 2044-11-15 (令和26年) no row would lie in the future.
  for (const url of ['/imports', intakePath]) {
    const early = await send(url, 'institutions', 'R26.11.15');
    assert.equal(early.statusCode, 422, url);
    assert.match(early.body, /確かめる時点には、今日までの日を書いてください。/u);
  }
  const answer = await send('/imports', 'institutions', '2026-11-16');
  assert.equal(answer.statusCode, 303, answer.body);
  assert.match(answer.headers.location ?? '', /^\/jobs\/\d+$/u);
  const { db, lgCode } = office.database;
  const taken = () => withMunicipality(db, lgCode, (tx) => listFeedRuns(tx, { limit: 1, kind: 'institutions' }));
  while ((await taken())[0]?.state !== 'done') await setTimeout(50);
  const closed = await Promise.race([
    office.app.close(1000).then(() => 'closed'),
    setTimeout(20_000, 'still open', { ref: false }),
  ]);
  assert.equal(closed, 'closed');
  const [run] = await taken();
  assert.deepEqual([run?.state, run?.result?.rows], ['done', 1]);
});
