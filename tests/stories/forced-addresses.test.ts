import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestOffice, type TestOffice } from '../support/office.ts';

let office: TestOffice;
const cookies = new Map<string, string>();
let csrfToken = '';

before(async () => {
  office = await openTestOffice('2026-11-21T10:00:00+09:00');
  const clerk = office.accounts.find(({ accountName }) => accountName === 'tantou');
  assert.ok(clerk !== undefined);
  await ask(`/m/${office.database.lgCode}`);
  await ask('/sign-in');
  await ask('/sign-in', { accountName: clerk.accountName, password: clerk.password });
  await ask('/reason');
  assert.equal((await ask('/reason', { reason: 'other', otherReason: '試験', next: '/' })).status, 303);
});
after(() => office.close());

async function ask(path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
  const headers = { cookie: [...cookies].map((each) => each.join('=')).join('; ') };
  const sent = form === undefined ? {} : { method: 'POST', body: new URLSearchParams({ csrfToken, ...form }) };
  const response = await fetch(`${office.address}${path}`, { ...sent, headers, redirect: 'manual' });
  for (const line of response.headers.getSetCookie()) {
    const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
    cookies.set(name, value);
  }
  csrfToken = /name="csrfToken" value="([\w-]{43})"/u.exec(await response.clone().text())?.[1] ?? csrfToken;
  return response;
}

test('書き換えた番地は「ない」か、何もない一覧になり、誤りにならない', async () => {
  const wanted = new Map([
    ['/intake/1/rows/999999999999999', 404],
    ['/intake/999999999999999', 404],
    ['/persons/999999999999999', 404],
    ['/persons/99999999999999999999', 404],
    ['/jobs/999999999999999', 404],
    ['/imports/1?after=1e308', 404],
    ['/persons/absences?after=1e300', 200],
    ['/persons/absences?after=-5.5', 200],
    ['/institutions?after=%27', 200],
    ['/notices/prints/1/files/999999999999999', 404],
    ['/rules/..%2f..%2fpackage.json', 404],
  ]);
  for (const [path, status] of wanted) assert.equal((await ask(path)).status, status, path);
});
