import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { StaffRoute } from '#common-base/access';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { type OfficeAnswer, OfficeAsker } from '../support/office-asker.ts';

let office: TestOffice;

before(async () => {
  office = await openTestOffice('2026-11-21T10:00:00+09:00');
});
after(() => office.close());

/** What attackers type: script, SQL, paths, headers, templates, shells, numbers beyond all bounds, signs that mislead. */
const payloads = [
  `"><script>alert(1)</script><img src=x onerror=alert(1)>'; DROP TABLE persons; --' OR '1'='1`,
  `..%2f..%2f../../etc/passwd\r\nSet-Cookie: stolen=1\r\n\r\n<h1>`,
  `\${7*7}{{7*7}}<%= 7*7 %>$(touch /tmp/pwned) | cat /etc/passwd`,
  `99999999999999999999999999`,
  `-1e308`,
  `=HYPERLINK("javascript:alert(1)","\u202Etxt.exe\u200B\uFEFF")`,
] as const;

/** Routes that end or change the attacker's own session; they have tests of their own. */
const ownSession =
  /^\/(?:sign-|lock|unlock|confirm|m\/|second-factor|reason|account\/(?:password|sessions|second-factor))/u;

/** A file whose name tries to leave its folder and its header. */
const evilFile = { name: '../../../etc/cron.d/evil\r\nX: y<script>.csv', content: 'x' };

/** Whatever was sent: no error of the machine, nothing of it as code, and every guard in the head. */
function hold(response: OfficeAnswer, place: string): void {
  assert.ok(response.status < 500, `${place} → ${response.status}`);
  const { text } = response;
  assert.doesNotMatch(text, /<script>alert|onerror=alert\(1\)>|<h1>\s*$|href="javascript:/u, place);
  assert.doesNotMatch(text, />49</u, `${place}: a template was computed`);
  assert.doesNotMatch(text, /node_modules|\.ts:\d+|syntax error at or near|root:x:0/u, place);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff', place);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /frame-ancestors 'none'/u, place);
  assert.doesNotMatch(policy, /unsafe/u, place);
  const location = response.headers.get('location');
  if (location !== null) assert.match(location, /^\/(?![/\\])/u, `${place}: leads away to ${location}`);
}

function addressOf(route: StaffRoute, payload: string): string {
  return route.url.replaceAll(/:\w+/gu, encodeURIComponent(payload));
}

for (const accountName of ['tantou', 'kakaricho', 'kanri', 'kansa']) {
  test(`${accountName} がどの道のどの欄に何を書いても、動くコードにも機械の誤りにもならない`, async () => {
    const attacker = new OfficeAsker(office);
    await attacker.signIn(accountName);
    const routes = office.routes.filter((route) => !ownSession.test(route.url));
    for (const route of routes) {
      if (route.method === 'GET' && !route.url.includes(':')) await attacker.ask(route.url);
    }
    const names = [...attacker.fieldNames].filter((name) => name !== 'csrfToken');
    assert.ok(names.length > 4, names.join(' '));
    let asked = 0;
    for (const route of routes) {
      for (const payload of payloads) {
        const path = addressOf(route, payload);
        const fields = Object.fromEntries(names.map((name) => [name, payload]));
        const query =
          route.method === 'GET'
            ? `?${new URLSearchParams({ ...fields, after: payload, page: payload }).toString()}`
            : '';
        const isUpload = route.method === 'POST' && route.permission !== 'public' && route.takesFiles === true;
        const form = route.method === 'POST' ? fields : undefined;
        const response = await attacker.ask(
          `${path}${query}`.slice(0, 8000),
          form,
          isUpload ? { file: evilFile } : undefined,
        );
        hold(response, `${accountName}: ${route.method} ${path} with ${payload}`);
        asked += 1;
        // Whoever may not is refused before anything is read: once is enough.
        if (response.status === 403) break;
      }
    }
    assert.ok(asked > 100, String(asked));
    await attacker.ask('/account');
  });
}

test('あとでどの画面を開いても、書き込まれたものが動くコードとして出てこない', async () => {
  for (const accountName of ['tantou', 'kakaricho', 'kanri', 'kansa']) {
    const reader = new OfficeAsker(office);
    await reader.signIn(accountName);
    for (const route of office.routes) {
      if (route.method !== 'GET' || route.url.includes(':') || ownSession.test(route.url)) continue;
      hold(await reader.ask(route.url), `${accountName}: ${route.url}`);
    }
  }
});

test('NUL は、どの道のアドレス・問い・欄の名と中身・ファイルと一緒の欄でも、部屋に届く前に 400 と言葉で断られる', async () => {
  const attacker = new OfficeAsker(office);
  await attacker.signIn('kakaricho');
  const refused = async (
    place: string,
    path: string,
    form?: Record<string, string>,
    upload?: object,
  ): Promise<void> => {
    const response = await attacker.ask(path, form, upload);
    assert.equal(response.status, 400, place);
    assert.match(response.text, /使えない制御文字（NUL）/u, place);
  };
  const nul = `若葉\0台`;
  let asked = 0;
  for (const route of office.routes) {
    const plain = route.url.replaceAll(/:\w+/gu, '1');
    const place = `${route.method} ${route.url}`;
    if (route.method === 'GET') {
      if (plain !== route.url)
        await refused(`${place} address`, route.url.replaceAll(/:\w+/gu, encodeURIComponent(nul)));
      await refused(`${place} query`, `${plain}?${new URLSearchParams({ anything: nul }).toString()}`);
      continue;
    }
    const isUpload = route.permission !== 'public' && route.takesFiles === true;
    const upload = isUpload ? { file: { name: 'a.csv', content: 'x' } } : undefined;
    await refused(`${place} field`, plain, { reason: nul }, upload);
    await refused(`${place} query of a form`, `${plain}?x=%00`, { reason: '' });
    if (!isUpload) await refused(`${place} name of a field`, plain, { [nul]: '' });
    asked += 1;
  }
  assert.ok(asked > 50, String(asked));
});
