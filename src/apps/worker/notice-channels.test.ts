import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LgCode } from '#kernel';
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

test('電子メールはSMTPで一通、件名と本文のまま届く', async () => {
  const channels = openNoticeChannels({ smtpUrl: `smtp://127.0.0.1:${port}`, portalFolder: '' });
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
  const channels = openNoticeChannels({ smtpUrl: null, portalFolder: '' });
  await assert.rejects(() => channels.sendEmail(notice), { name: 'MailNotConfigured' });
  const named = openNoticeChannels({ smtpUrl: `smtp://127.0.0.1:${port}`, portalFolder: '' });
  await assert.rejects(() => named.sendEmail({ ...notice, from: null }), { name: 'MailNotConfigured' });
});

test('ポータルの代役は、見せる文だけを残し、代役であることを書く', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-portal-'));
  try {
    await openNoticeChannels({ smtpUrl: null, portalFolder: folder }).putOnPortal(notice);
    const kept = JSON.parse(await readFile(join(folder, '134996', '7.json'), 'utf8')) as Record<string, string>;
    assert.equal(kept['text'], notice.text);
    assert.match(kept['standIn'] ?? '', /代役/u);
    assert.ok(!JSON.stringify(kept).includes('hanako'));
  } finally {
    await rm(folder, { recursive: true });
  }
});
