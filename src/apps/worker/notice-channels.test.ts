import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openPortal } from '#counterparties/portal';
import type { LgCode } from '#kernel';
import { fixedClock } from '#platform/clock';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { createLog } from '#platform/log';
import { openNoticeChannels } from './notice-channels.ts';

const notice = {
  lgCode: '134996' as LgCode,
  noticeMessageId: 7,
  municipalityName: '若葉台市',
  to: 'hanako@example.jp',
  from: 'yobo@city.example.jp',
  subject: '予防接種はお済みですか',
  text: '標準的な接種の時期になっています。',
};

let server: Server;
let port: number;
const mails: { recipients: string[]; data: string }[] = [];

/** A mail server that knows just the words of RFC 5321 that a simple client says. */
before(async () => {
  server = createServer((socket) => {
    let isData = false;
    let lines = '';
    let recipients: string[] = [];
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      lines += chunk.toString('utf8');
      for (let at = lines.indexOf('\r\n'); at >= 0; at = lines.indexOf('\r\n')) {
        const line = lines.slice(0, at);
        if (isData) {
          const end = lines.indexOf('\r\n.\r\n');
          if (end < 0) return;
          mails.push({ recipients, data: lines.slice(0, end) });
          [isData, recipients] = [false, []];
          lines = lines.slice(end + 5);
          socket.write('250 ok\r\n');
          continue;
        }
        lines = lines.slice(at + 2);
        if (line.startsWith('RCPT')) recipients.push(line);
        if (line === 'DATA') isData = true;
        socket.write(line === 'DATA' ? '354 go\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
        if (line === 'QUIT') socket.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
after(() => server.close());

const clock = fixedClock('2026-11-21T09:00:00+09:00');
let home: string;
let key: SystemKey;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesshu-channels-'));
  key = await openSystemKey(home);
});
after(() => rm(home, { recursive: true }));

const channelsOf = (smtpUrl: string | null) => openNoticeChannels({ smtpUrl, home, key, clock });

test('電子メールはSMTPで一通、件名と本文のまま届く', async () => {
  const channels = channelsOf(`smtp://127.0.0.1:${port}`);
  await channels.sendEmail(notice);
  assert.equal(mails.length, 1);
  const [mail] = mails;
  assert.deepEqual(mail?.recipients, ['RCPT TO:<hanako@example.jp>']);
  const [head = '', body = ''] = mail.data.split('\r\n\r\n');
  assert.match(head, /From: yobo@city\.example\.jp/u);
  assert.match(head, /Message-ID: <notice-134996-7@sesshu\.invalid>/u);
  assert.equal(Buffer.from(body, 'base64').toString('utf8').trim(), notice.text);
});

test('送り先の設定がなければ送らず、失敗として残る', async () => {
  const channels = channelsOf(null);
  await assert.rejects(() => channels.sendEmail(notice), { name: 'MailNotConfigured' });
  const named = channelsOf(`smtp://127.0.0.1:${port}`);
  await assert.rejects(() => named.sendEmail({ ...notice, from: null }), { name: 'MailNotConfigured' });
});

test('マイナポータルのお知らせは署名した電文で届き、名前も宛先も書かず、二度言っても一つで、代役は代役と言う', async () => {
  await assert.rejects(() => channelsOf(null).putOnPortal(notice), { name: 'PortalNotConfigured' });
  const offices = new Map([[notice.lgCode as string, key.publicText]]);
  const log = createLog('test', 'fatal');
  const portal = await openPortal({ home: join(home, 'portal'), clock, log, offices });
  const name = (publicKey: string) =>
    writeFile(join(home, 'portal.json'), JSON.stringify({ origin: portal.origin, publicKey }));
  try {
    await name(portal.publicText);
    const channels = channelsOf(null);
    await channels.putOnPortal(notice);
    await channels.putOnPortal({ ...notice, subject: '二度目' });
    await channels.putOnPortal({ ...notice, noticeMessageId: 8 });
    const kept = await portal.list();
    assert.deepEqual(
      kept.map(({ noticeId, subject, text }) => [noticeId, subject, text]),
      [8, 7].map((noticeId) => [noticeId, notice.subject, notice.text]),
    );
    assert.ok(!JSON.stringify(kept).includes('hanako'));
    const page = await (await fetch(portal.origin)).text();
    assert.match(page, /代役です。本物のマイナポータルではありません/u);
    assert.ok(page.includes(notice.text));
    await name(key.publicText);
    await assert.rejects(() => channels.putOnPortal({ ...notice, noticeMessageId: 9 }), { name: 'CallFailed' });
    const stranger = await openSystemKey(join(home, 'portal'));
    const forger = openNoticeChannels({ smtpUrl: null, home, key: stranger, clock });
    await name(portal.publicText);
    await assert.rejects(() => forger.putOnPortal({ ...notice, noticeMessageId: 10 }), { name: 'CallFailed' });
    assert.deepEqual(
      (await portal.list()).map(({ noticeId }) => noticeId).filter((noticeId) => noticeId === 10),
      [],
      'who is not known puts nothing there',
    );
  } finally {
    await portal.close();
  }
});
