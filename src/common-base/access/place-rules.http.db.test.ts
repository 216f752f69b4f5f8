import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { listActs } from '#common-base/audit';
import { listen } from '#platform/http';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../tests/support/staff-server.ts';
import { redirectTo } from './answers.ts';
import { addStaffRoute } from './staff-app.ts';

let office: StaffServer;
let address: string;
let received = 0;
/** Friday, 20 November 2026, ten in the morning in Tokyo. */
const morning = '2026-11-20T01:00:00Z';

before(async () => {
  office = await openStaffServer(
    JSON.stringify({
      secondFactorRoles: [],
      closedDays: ['2026-11-23'],
      placeRules: [
        { networks: ['10.0.0.0/8'], fromHour: 7, toHour: 22, isOpenOnClosedDays: false, roles: ['clerk', 'chief'] },
        { of: 'dangerousActs', networks: ['10.0.5.0/24'] },
        { roles: ['auditor'], needsTerminal: true },
      ],
    }),
    morning,
    { trustProxy: '10.0.9.9' },
  );
  addStaffRoute(office.app, {
    method: 'POST',
    url: '/probe/files',
    permission: 'intake.receive',
    takesFiles: true,
    handler: async (context) => {
      for await (const { chunks } of context.files()) for await (const chunk of chunks) received += chunk.length;
      return redirectTo('/account');
    },
  });
  address = await listen(office.server, { host: '127.0.0.1', port: 0 });
});
after(() => office.close());

async function lastRefusal(act: string): Promise<Record<string, unknown>> {
  const { acts } = await withMunicipality(office.db, office.lgCode, (tx) => listActs(tx, { act, outcome: 'refused' }));
  return acts[0]?.details ?? {};
}

test('決められた網の外と時間の外では、正しいパスワードでもサインインできず、わけが記録に残る', async () => {
  const outside = new StaffBrowser(office, '192.168.1.1');
  const refused = await outside.signIn('tantou');
  assert.equal(refused.statusCode, 422);
  assert.match(
    refused.body,
    /パスワードが違うか、[^。]*使える時間・端末の外です/u,
    'it is not told that the password was right',
  );
  assert.equal((await lastRefusal('access.signInRefused'))['cause'], 'outsideNetworks');
  office.clock.at = new Date('2026-11-20T13:00:00Z');
  assert.equal((await new StaffBrowser(office).signIn('tantou')).statusCode, 422);
  assert.equal((await lastRefusal('access.signInRefused'))['cause'], 'outsideHours');
  assert.equal((await new StaffBrowser(office).signIn('kanri')).statusCode, 303, 'the rule is not about this duty');
  office.clock.at = new Date('2026-11-23T01:00:00Z');
  assert.equal((await new StaffBrowser(office).signIn('tantou')).statusCode, 422, 'a closed day');
  office.clock.at = new Date(morning);
  assert.equal((await new StaffBrowser(office).signIn('tantou')).statusCode, 303);
});

test('始まったサインインも、時間が過ぎるか別の網に移れば先へ進めず、サインアウトだけはできる', async () => {
  office.clock.at = new Date('2026-11-20T12:50:00Z');
  const browser = new StaffBrowser(office);
  assert.equal((await browser.signIn('tantou')).statusCode, 303);
  const moved = new StaffBrowser(office, '192.168.1.1');
  for (const [name, value] of browser.cookies) moved.cookies.set(name, value);
  const elsewhere = await moved.get('/account');
  assert.equal(elsewhere.statusCode, 403);
  assert.match(elsewhere.body, /この端末のネットワークからは使えません/u);
  assert.equal((await lastRefusal('access.refused'))['because'], 'outsideNetworks');
  assert.equal((await browser.get('/account')).statusCode, 200);
  office.clock.at = new Date('2026-11-20T13:00:00Z');
  const late = await browser.get('/account');
  assert.equal(late.statusCode, 403);
  assert.match(late.body, /使える時間の外です/u);
  assert.equal((await lastRefusal('access.refused'))['because'], 'outsideHours');
  assert.equal((await browser.post('/sign-out', {})).statusCode, 303);
  office.clock.at = new Date(morning);
});

test('大切な操作は、それだけの網を決められる', async () => {
  const far = new StaffBrowser(office, '10.0.4.1');
  assert.equal((await far.signIn('tantou')).statusCode, 303);
  const refused = await far.post('/account/sessions/end', { sessionId: 'others' });
  assert.equal(refused.statusCode, 403);
  assert.deepEqual(await lastRefusal('access.refused'), {
    permission: null,
    where: 'POST /account/sessions/end',
    because: 'outsideNetworks',
  });
  const near = new StaffBrowser(office, '10.0.5.1');
  assert.equal((await near.signIn('tantou')).statusCode, 303);
  assert.equal((await near.post('/account/sessions/end', { sessionId: 'others' })).statusCode, 303);
});

test('端末は、信じる前段のサーバーが名を言ったときだけ確かめられたものになり、記録に残る', async () => {
  const head = { 'x-sesshu-terminal': 'PC-0123' };
  const signIn = async (address: string, headers: Record<string, string>): Promise<number> => {
    const browser = new StaffBrowser(office, address);
    await browser.get('/sign-in');
    const { password = '' } = office.accounts.find(({ accountName }) => accountName === 'kansa') ?? {};
    await browser.get(`/m/${office.lgCode}`);
    await browser.get('/sign-in');
    return (await browser.post('/sign-in', { accountName: 'kansa', password }, headers)).statusCode;
  };
  assert.equal(await signIn('10.0.1.1', {}), 422);
  assert.equal(await signIn('10.0.1.1', head), 422, 'a browser says so of itself');
  assert.equal(await signIn('10.0.1.1', { ...head, 'x-forwarded-for': '10.0.1.1' }), 422);
  assert.equal((await lastRefusal('access.signInRefused'))['cause'], 'unknownTerminal');
  assert.equal(await signIn('10.0.9.9', { 'x-forwarded-for': '10.0.1.1' }), 422, 'the proxy names none');
  assert.equal(await signIn('10.0.9.9', { ...head, 'x-forwarded-for': '10.0.1.1' }), 303);
  const { acts } = await withMunicipality(office.db, office.lgCode, (tx) => listActs(tx, { act: 'access.signedIn' }));
  assert.equal(acts[0]?.details['terminal'], 'PC-0123');
  assert.equal(acts[0]?.from, '10.0.1.1');
});

test('外れた所や権限のない人から送られたファイルは、一字も読まずに断る', { timeout: 30_000 }, async () => {
  const clerk = new StaffBrowser(office);
  await clerk.signIn('tantou');
  const administrator = new StaffBrowser(office);
  await administrator.signIn('kanri');
  const part = `--b\r\nContent-Disposition: form-data; name="csrfToken"\r\n\r\n${clerk.csrfToken}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n`;
  // The head alone, of a file of a gigabyte; what is said before its first byte is said without it.
  const ask = (browser: StaffBrowser, body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { cookie, 'content-type': 'multipart/form-data; boundary=b', 'content-length': 2 ** 30 };
      const asking = request(`${address}/probe/files`, { method: 'POST', headers }, (answer) => {
        resolve(answer.statusCode ?? 0);
        asking.destroy();
      });
      asking.on('error', reject);
      asking.flushHeaders();
      if (body !== '') asking.write(body);
    });
  assert.equal(await ask(administrator, ''), 403, 'no permission');
  assert.equal(await ask(clerk, ''), 403, 'another network: 127.0.0.1');
  assert.equal((await lastRefusal('access.refused'))['because'], 'outsideNetworks');
  await administrator.post('/sign-out', {});
  assert.equal(await ask(administrator, part), 303, 'nobody is signed in');
  assert.equal(received, 0);
});
