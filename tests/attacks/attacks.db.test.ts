import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import pino from 'pino';
import { importResidents } from '#addressees/persons';
import { asJob } from '#common-base/access';
import { bytesSource } from '#common-base/linkage';
import { parseIsoDay, type StaffId, UnreadableInput } from '#kernel';
import { listen } from '#platform/http';
import { withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext } from '../support/addressees.ts';
import { openStaffServer, StaffBrowser, type StaffServer } from '../support/staff-server.ts';

let office: StaffServer;
let address: string;
const lines: string[] = [];

before(async () => {
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  office = await openStaffServer('{"secondFactorRoles": []}', new Date().toISOString(), { log });
  await loadDemonstrationSettings(office.db);
  address = await listen(office.server, { host: '127.0.0.1', port: 0 });
});
after(() => office.close());

async function staffRow(accountName: string): Promise<Record<string, unknown>> {
  return await withMunicipality(office.db, office.lgCode, async ({ client }) => {
    const { rows } = await client.query<Record<string, unknown>>(
      'SELECT staff_id, roles, rank, department, disabled_at, is_demonstration, person_staff_id FROM staff_members WHERE account_name = $1',
      [accountName],
    );
    return rows[0] ?? {};
  });
}

test('遅い相手はつなぎを切られ、そのあいだもほかの人は待たされない', { timeout: 60_000 }, async () => {
  const { port } = new URL(address);
  const slow = Array.from({ length: 40 }, () => connect(Number(port), '127.0.0.1'));
  const ended = slow.map(
    (socket) =>
      new Promise<string>((resolve) => {
        let text = '';
        socket.on('data', (chunk) => (text += String(chunk)));
        socket.on('error', () => resolve(text));
        socket.on('close', () => resolve(text));
      }),
  );
  for (const socket of slow) socket.write('GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  const drip = setInterval(() => {
    for (const socket of slow) if (!socket.destroyed) socket.write('a');
  }, 1000);
  const startedAt = performance.now();
  const answer = await fetch(`${address}/healthz`);
  assert.equal(answer.status, 200);
  assert.ok(performance.now() - startedAt < 5000, 'others are answered meanwhile');
  const texts = await Promise.all(ended);
  clearInterval(drip);
  assert.ok(
    texts.every((text) => text === '' || text.startsWith('HTTP/1.1 408')),
    texts[0],
  );
});

test('圧縮爆弾は広げられない: 圧縮された本文は断り、圧縮されたファイルは読めないファイルになる', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
  assert.ok(bomb.length < 100_000);
  const before = process.memoryUsage().rss;
  const posted = await fetch(`${address}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
    body: bomb,
    redirect: 'manual',
  });
  assert.ok(posted.status >= 400 && posted.status < 500, String(posted.status));
  const context = testContext(office.db, testActor(office.lgCode, ['persons.import']));
  const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), bomb]);
  for (const bytes of [bomb, zip]) {
    const source = bytesSource('residents.csv', bytes);
    const attempt = importResidents(context, source, { isChanges: false, asOf: parseIsoDay('2026-11-21') });
    await assert.rejects(attempt, UnreadableInput);
  }
  assert.ok(process.memoryUsage().rss - before < 60 * 1_048_576, 'nothing was unpacked');
});

test('ログに行を差し込めない: 改行を含む入力も一行のJSONの中に収まり、入力の中身は書かれない', async () => {
  const forged = '{"level":30,"msg":"forged line of the log"}';
  const evil = `x\r\n${forged}\n`;
  await office.server.inject({ url: `/m/${encodeURIComponent(evil)}`, headers: { host: 'localhost' } });
  await office.server.inject({
    url: `/${encodeURIComponent(evil)}?q=${encodeURIComponent(evil)}`,
    headers: { host: 'localhost' },
  });
  const browser = new StaffBrowser(office);
  await browser.get(`/m/${office.lgCode}`);
  await browser.get('/sign-in');
  await browser.post('/sign-in', { accountName: evil, password: evil });
  assert.ok(lines.length > 0, 'the log was not seen');
  for (const line of lines) {
    const read = JSON.parse(line) as { msg?: string };
    assert.equal(line.trimEnd().includes('\n'), false);
    assert.notEqual(read.msg, 'forged line of the log');
    assert.doesNotMatch(line, /forged line/u, 'what was typed is not written');
  }
});

test('余分な欄を送っても、役割・職位・所属・団体は変わらない', async () => {
  const before = await staffRow('tantou');
  const extra = {
    ...{ roles: 'administrator', rank: 'manager', department: '税務課', lgCode: '011002', staffId: '1' },
    ...{ isDemonstration: 'false', disabledAt: '', personStaffId: '1', mustChangePassword: 'false', __proto__: 'x' },
  };
  const clerk = new StaffBrowser(office);
  await clerk.signIn('tantou');
  await clerk.get('/reason');
  assert.equal((await clerk.post('/reason', { reason: 'other', otherReason: '確認', ...extra })).statusCode, 303);
  await clerk.get('/account/password');
  await clerk.post('/account/password', { current: 'wrong', next: 'wrong', ...extra });
  await clerk.post('/permissions/request', { permission: 'staff.manage', ...extra });
  assert.deepEqual(await staffRow('tantou'), before);
  const refused = await clerk.post(`/staff/${String(before['staff_id'])}`, { displayName: '佐藤', ...extra });
  assert.ok([403, 404].includes(refused.statusCode), String(refused.statusCode));
  assert.deepEqual(await staffRow('tantou'), before);
});

test('サインインの答えは、アカウントがあってもなくても同じだけ計算してから返る', async () => {
  const took = { known: 0, unknown: 0 };
  const names = { known: 'kansa', unknown: 'there-is-nobody' };
  for (let i = 0; i < 3; i += 1) {
    for (const kind of ['known', 'unknown'] as const) {
      const browser = new StaffBrowser(office, `10.9.${i}.${kind.length}`);
      await browser.get(`/m/${office.lgCode}`);
      await browser.get('/sign-in');
      const startedAt = process.cpuUsage();
      const answer = await browser.post('/sign-in', { accountName: names[kind], password: `wrong ${i}` });
      assert.equal(answer.statusCode, 422);
      const { user, system } = process.cpuUsage(startedAt);
      took[kind] += user + system;
    }
  }
  // An answer without the hash (19 MiB, two passes) takes a tenth of the work.
  assert.ok(took.unknown > took.known / 2.5 && took.known > took.unknown / 2.5, JSON.stringify(took));
});

test('仕事を始めた人が止められると、次の区切りから先へは進めない', async () => {
  const row = await staffRow('kakaricho');
  const startedBy = row['staff_id'] as StaffId;
  const job = { job: '印刷', startedBy };
  assert.ok((await asJob(office.db, office.lgCode, job)).permissions.has('notices.print'));
  await asOwner("UPDATE staff_members SET roles = '{auditor}' WHERE account_name = 'kakaricho'");
  assert.equal((await asJob(office.db, office.lgCode, job)).permissions.has('notices.print'), false, 'the duty of now');
  await asOwner("UPDATE staff_members SET disabled_at = now() WHERE account_name = 'kakaricho'");
  await assert.rejects(asJob(office.db, office.lgCode, job), { name: 'NotPermitted' });
  await asOwner("UPDATE staff_members SET roles = '{chief}', disabled_at = NULL WHERE account_name = 'kakaricho'");
});

async function asOwner(sql: string): Promise<void> {
  await withClient(office.db.ownerUrl ?? '', (owner) => owner.query(sql));
}
