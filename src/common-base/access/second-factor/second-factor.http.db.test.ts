import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { listActs } from '#common-base/audit';
import { html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../../tests/support/staff-server.ts';
import { mailAccountNotices } from '../mail-account-notices.ts';
import { addStaffRoute } from '../staff-app.ts';
import { hotp, stepOf } from './totp.ts';

let office: StaffServer;

before(async () => {
  office = await openStaffServer(JSON.stringify({ secondFactorRoles: ['administrator', 'auditor'] }));
  addStaffRoute(office.app, {
    method: 'GET',
    url: '/',
    permission: 'start.view',
    handler: (context) => context.page({ title: '開始', body: html`<h1>開始</h1>` }),
  });
});
after(() => office.close());

/** The secret as the page shows it to be typed, read back by the alphabet of RFC 4648. */
function secretOn(response: LightMyRequestResponse): Buffer {
  const text = (/<code>([A-Z2-7 ]{32,})<\/code>/u.exec(response.body)?.[1] ?? '').replaceAll(' ', '');
  const bits = Array.from(text, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  return Buffer.from((bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

const codeOf = (secret: Buffer, steps = 0): string => hotp(secret, stepOf(office.clock.at) + steps);

function pass(seconds: number): void {
  office.clock.at = new Date(office.clock.at.getTime() + seconds * 1000);
}

async function lastAct(act: string): Promise<object | undefined> {
  return await withMunicipality(office.db, office.lgCode, async (tx) => (await listActs(tx, { act })).acts[0]?.details);
}

/** Enrols an authenticator app in a signed-in browser; answers its secret and the recovery codes. */
async function enrol(browser: StaffBrowser): Promise<{ secret: Buffer; codes: string[] }> {
  const page = await browser.get('/account/second-factor/totp');
  assert.equal(page.statusCode, 200);
  const secret = secretOn(page);
  assert.equal(secret.length, 20);
  const done = await browser.post('/account/second-factor/totp', { code: codeOf(secret) });
  return {
    secret,
    codes: [...done.body.matchAll(/<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){6})<\/code>/gu)].map((m) => m[1] ?? ''),
  };
}

test('二要素が要る役割は登録するまでどこへも進めず、登録すると回復コードが一度だけ出る', async () => {
  const browser = new StaffBrowser(office);
  await browser.signIn('kanri');
  for (const url of ['/', '/staff', '/account', '/audit/permissions', '/reason']) {
    assert.match(String((await browser.get(url)).headers.location), /^\/account\/second-factor\?next=/u, url);
  }
  assert.match((await browser.get('/account/second-factor')).body, /二つ目の確認の登録が必要です/u);
  const page = await browser.get('/account/second-factor/totp');
  assert.match(page.body, /<path d="M/u, 'the QR code');
  assert.deepEqual(
    secretOn(await browser.get('/account/second-factor/totp')),
    secretOn(page),
    'a reload changes nothing',
  );
  assert.equal((await browser.post('/account/second-factor/totp', { code: '000000' })).statusCode, 422);
  const before = browser.cookies.get('sesshu');
  const { codes } = await enrol(browser);
  assert.equal(codes.length, 10);
  assert.notEqual(browser.cookies.get('sesshu'), before, 'the session goes on under a fresh token');
  assert.equal((await browser.get('/')).statusCode, 200);
  assert.deepEqual(await lastAct('access.secondFactorEnrolled'), { kind: 'totp', factors: 1 });
  assert.doesNotMatch((await browser.get('/account/second-factor')).body, new RegExp(codes[0] ?? '-', 'u'));
});

test('次のサインインでは番号をきかれ、同じ番号は二度使えない', async () => {
  const owner = new StaffBrowser(office);
  await owner.signIn('kansa');
  const { secret } = await enrol(owner);
  pass(60);
  const browser = new StaffBrowser(office);
  await browser.signIn('kansa');
  const asked = await browser.get('/audit/log');
  assert.equal(asked.headers.location, '/second-factor?next=%2Faudit%2Flog');
  await browser.follow(asked);
  // The enrolment is no way around: it does not open before the code was given.
  for (const url of ['/account/second-factor', '/account/second-factor/totp', '/account/password', '/staff']) {
    assert.match(String((await browser.get(url)).headers.location), /^\/second-factor/u, url);
  }
  assert.equal((await browser.post('/account/second-factor/remove', { factorId: '1' })).statusCode, 303);
  const early = browser.cookies.get('sesshu') ?? '';
  const code = codeOf(secret);
  const passed = await browser.post('/second-factor', { code, next: '/audit/log' });
  assert.equal(passed.headers.location, '/audit/log');
  assert.equal((await browser.get('/audit/log')).statusCode, 200);
  const planted = new StaffBrowser(office);
  planted.cookies.set('sesshu', early);
  assert.match(
    String((await planted.get('/audit/log')).headers.location),
    /^\/sign-in/u,
    'the token from before is dead',
  );
  const again = new StaffBrowser(office);
  await again.signIn('kansa');
  assert.equal((await again.post('/second-factor', { code })).statusCode, 422, 'a code is taken once');
  pass(30);
  assert.equal((await again.post('/second-factor', { code: codeOf(secret) })).statusCode, 303);
  assert.deepEqual(await lastAct('access.secondFactorPassed'), { kind: 'totp' });
});

test('同時に送られた同じ番号は、一度しか通らない', async () => {
  const owner = new StaffBrowser(office);
  await owner.signIn('kakaricho');
  const { secret } = await enrol(owner);
  pass(60);
  const code = codeOf(secret);
  const browsers = [new StaffBrowser(office, '10.1.0.1'), new StaffBrowser(office, '10.1.0.2')];
  for (const browser of browsers) await browser.signIn('kakaricho');
  const answers = await Promise.all(browsers.map(async (browser) => await browser.post('/second-factor', { code })));
  assert.deepEqual(
    answers.map((answer) => answer.statusCode).toSorted((a, b) => a - b),
    [303, 422],
  );
});

test('番号の当てずっぽうは待たされ、パスワードの正しいサインインでも数え直しにならない', async () => {
  const owner = new StaffBrowser(office);
  await owner.signIn('tantou');
  const { secret, codes } = await enrol(owner);
  pass(60);
  const attacker = new StaffBrowser(office, '10.9.9.9');
  await attacker.signIn('tantou');
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => await attacker.post('/second-factor', { code: '123456' })),
  );
  assert.ok(answers.every((answer) => answer.statusCode === 422));
  const again = new StaffBrowser(office, '10.9.9.8');
  await again.signIn('tantou');
  const refused = await again.post('/second-factor', { code: codeOf(secret) });
  assert.equal(refused.statusCode, 422, 'the right code is not looked at while the delay runs');
  assert.match(refused.body, /失敗が続いた/u);
  assert.deepEqual(await lastAct('access.secondFactorRefused'), { cause: 'delayed' });
  pass(16);
  const recovery = codes[3] ?? '';
  assert.equal(
    (await again.post('/second-factor', { code: recovery.toUpperCase().replaceAll('-', ' ') })).statusCode,
    303,
  );
  const third = new StaffBrowser(office);
  await third.signIn('tantou');
  assert.equal((await third.post('/second-factor', { code: recovery })).statusCode, 422, 'a recovery code opens once');
  assert.match((await again.get('/account/second-factor')).body, /残りは 9 個/u);
});

test('要る役割の最後の一つは外せず、要らない役割は外せる。他人のものは外せない', async () => {
  const admin = new StaffBrowser(office);
  await admin.signIn('kanri');
  assert.equal((await admin.get('/')).headers.location, '/second-factor?next=%2F');
  const ids = await withMunicipality(office.db, office.lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ account_name: string; factor_id: number }>(
      'SELECT account_name, factor_id FROM second_factors JOIN staff_members USING (lg_code, staff_id)',
    );
    return new Map(rows.map((row) => [row.account_name, String(row.factor_id)]));
  });
  await withMunicipality(office.db, office.lgCode, async (tx) => {
    await tx.client.query(
      'UPDATE sessions SET second_factor_at = $2, confirmed_at = $2 WHERE lg_code = $1 AND ended_at IS NULL',
      [office.lgCode, office.clock.at],
    );
  });
  await admin.get('/account/second-factor');
  const own = await admin.post('/account/second-factor/remove', { factorId: ids.get('kanri') ?? '' });
  assert.equal(own.statusCode, 422);
  assert.match(own.body, /最後の一つは外せません/u);
  assert.equal(
    (await admin.post('/account/second-factor/remove', { factorId: ids.get('tantou') ?? '' })).statusCode,
    422,
  );
  assert.equal((await admin.post('/account/second-factor/remove', { factorId: 'x' })).statusCode, 422);
  const left = await withMunicipality(office.db, office.lgCode, async (tx) => {
    return (await tx.client.query('SELECT 1 FROM second_factors WHERE confirmed_at IS NOT NULL')).rowCount;
  });
  assert.equal(left, 4);
});

test('端末をなくした人の登録は、別の管理者だけが外せ、サインインは終わる', async () => {
  const admin = new StaffBrowser(office);
  await admin.signIn('kanri');
  await withMunicipality(office.db, office.lgCode, async (tx) => {
    await tx.client.query('UPDATE sessions SET second_factor_at = $2 WHERE lg_code = $1 AND ended_at IS NULL', [
      office.lgCode,
      office.clock.at,
    ]);
  });
  const list = await admin.get('/staff');
  const idOf = (name: string): string => new RegExp(`/staff/(\\d+)">${name}`, 'u').exec(list.body)?.[1] ?? '';
  await admin.get('/staff');
  assert.equal((await admin.post(`/staff/${idOf('中村 圭')}/second-factor`, {})).statusCode, 422, 'never one’s own');
  const clerk = new StaffBrowser(office);
  await clerk.signIn('tantou');
  assert.equal((await clerk.post(`/staff/${idOf('小林 さやか')}/second-factor`, {})).statusCode, 303);
  assert.equal((await admin.post(`/staff/${idOf('佐藤 みどり')}/second-factor`, {})).statusCode, 303);
  assert.match(String((await clerk.get('/second-factor')).headers.location), /^\/sign-in/u);
  await clerk.signIn('tantou');
  assert.equal((await clerk.get('/')).statusCode, 200, 'clerks need none here');
});

test('サインインのしかたの変更は、だれがどこからかとともに本人に見え、確かめるまで残り、ほかの人には見えない', async () => {
  const clerk = new StaffBrowser(office, '10.2.0.1');
  await clerk.signIn('tantou');
  const page = (await clerk.get('/account')).body.replaceAll(/<[^>]*>/gu, ' ');
  assert.match(page, /二つ目の確認がすべて外されました\s+確かめる\s+中村 圭\s+10\.0\.0\.1/u);
  assert.match(page, /回復コードでサインインしました\s+確かめる\s+佐藤 みどり\s+10\.9\.9\.8/u);
  assert.match(page, /が登録されました\s+確かめる\s+佐藤 みどり/u);
  const [last] = await withMunicipality(office.db, office.lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ id: number }>('SELECT max(notice_id) AS id FROM account_notices');
    return rows;
  });
  const auditor = new StaffBrowser(office);
  await auditor.signIn('kansa');
  await auditor.post('/account/changes/seen', { noticeId: String(last?.id) });
  const isShown = async () => (await clerk.get('/account')).body.includes('確かめました');
  assert.equal(await isShown(), true, 'nobody says it for somebody else');
  await clerk.post('/account/changes/seen', { noticeId: '0' });
  assert.equal(await isShown(), true);
  await clerk.post('/account/changes/seen', { noticeId: String(last?.id) });
  assert.equal(await isShown(), false);
  assert.match((await clerk.get('/account')).body, /二つ目の確認がすべて外されました/u, 'it can still be read');
});

test('アカウントの変更は、設定にアドレスがあれば本人へ一度だけ電子メールで知らせ、失敗すれば次に送る', async () => {
  const { db, lgCode } = office;
  const accountMail = { to: '{account}@city.example.lg.jp', from: 'sesshu@city.example.lg.jp' };
  const place = (settings: object) => ({
    ...{ db, lgCode, municipalityName: '若葉台市', at: office.clock.at },
    findAccessSettings: () => Promise.resolve(JSON.stringify(settings)),
  });
  const sent: { to: string; text: string; messageId: string }[] = [];
  const send = (mail: (typeof sent)[number]): Promise<void> => Promise.resolve(void sent.push(mail));
  assert.equal(await mailAccountNotices(place({}), send), 0, 'no address is named');
  await assert.rejects(mailAccountNotices(place({ accountMail }), () => Promise.reject(new Error('no server'))));
  const refused = Object.assign(new Error('550 5.1.1 no such user'), { responseCode: 550 });
  const refuseAuditor = (mail: (typeof sent)[number]) =>
    mail.to.startsWith('kansa@') ? Promise.reject(refused) : send(mail);
  await assert.rejects(mailAccountNotices(place({ accountMail }), refuseAuditor), refused);
  assert.ok(sent.length > 0 && sent.every(({ to }) => to !== 'kansa@city.example.lg.jp'), 'nobody else waits for it');
  const before = sent.length;
  const start = office.clock.at;
  assert.equal(await mailAccountNotices(place({ accountMail }), send), 0, 'an unknown mailbox is asked for in an hour');
  pass(3600);
  const busy = Object.assign(new Error('450 4.2.1 try later'), { responseCode: 450, command: 'RCPT TO' });
  await assert.rejects(
    mailAccountNotices(place({ accountMail }), () => Promise.reject(busy)),
    busy,
  );
  assert.equal(await mailAccountNotices(place({ accountMail }), send), 0);
  pass(2 * 60);
  const closed = Object.assign(new Error('535 5.7.8 who are you'), { responseCode: 535, command: 'AUTH PLAIN' });
  await assert.rejects(
    mailAccountNotices(place({ accountMail }), () => Promise.reject(closed)),
    closed,
  );
  const rest = await mailAccountNotices(place({ accountMail }), send);
  office.clock.at = start;
  assert.ok(rest > 0 && sent.slice(before).every(({ to }) => to === 'kansa@city.example.lg.jp'));
  const count = before + rest;
  assert.ok(count >= 6 && sent.length === count, String(count));
  assert.equal(new Set(sent.map(({ messageId }) => messageId)).size, count);
  const reset = sent.find(({ text }) => text.includes('二つ目の確認がすべて外されました'));
  assert.equal(reset?.to, 'tantou@city.example.lg.jp');
  assert.match(reset?.text ?? '', /接続元: 10\.0\.0\.1/u);
  assert.equal(await mailAccountNotices(place({ accountMail }), send), 0, 'each once');
});

test('秘密は包まれて保存され、回復コードはハッシュだけが残る', async () => {
  const [totp, codes] = await withMunicipality(office.db, office.lgCode, async (tx) => [
    (await tx.client.query<{ bytes: number }>('SELECT length(wrapped_key) AS bytes FROM second_factors')).rows,
    (await tx.client.query<{ bytes: number }>('SELECT length(code_hash) AS bytes FROM recovery_codes')).rows,
  ]);
  assert.ok(totp.length > 0 && totp.every((row) => row.bytes === 1 + 12 + 32 + 16));
  assert.ok(codes.length > 0 && codes.every((row) => row.bytes === 32));
  const { rows } = await office.db.app.query('SELECT 1 FROM second_factors UNION ALL SELECT 1 FROM recovery_codes');
  assert.equal(rows.length, 0, 'no row is readable without the municipality');
});
