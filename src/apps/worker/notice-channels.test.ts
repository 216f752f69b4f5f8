import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { openPortal } from '#counterparties/portal';
import type { LgCode } from '#kernel';
import { fixedClock } from '#platform/clock';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { createLog } from '#platform/log';
import { makeAuthority, type TestCertificate } from '../../../tests/support/certificates.ts';
import { openNoticeChannels } from './notice-channels.ts';
import { sendMail } from './send-mail.ts';

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

/** A mail server that may offer STARTTLS; answers what it heard, and whether that was under TLS. */
function openMailServer(
  certificate: TestCertificate | null,
): Promise<{ port: number; heard: string[]; server: Server }> {
  const heard: string[] = [];
  const serve = (socket: Socket, isSecure: boolean): void => {
    let isData = false;
    const answers: Readonly<Record<string, string>> = {
      EHLO: isSecure ? '250-test\r\n250 AUTH PLAIN' : certificate === null ? '250 test' : '250-test\r\n250 STARTTLS',
      STARTTLS: certificate === null ? '502 no' : '220 go',
      DATA: '354 go',
      QUIT: '221 bye',
      AUTH: '235 ok',
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString('utf8');
      if (isData && !text.endsWith('.\r\n')) return;
      const verb = isData ? 'message' : (/^[A-Z]+/u.exec(text)?.[0] ?? '');
      heard.push(`${isSecure ? 'tls ' : ''}${verb}`);
      isData = verb === 'DATA';
      if (verb === 'STARTTLS' && certificate !== null) {
        socket.removeAllListeners('data');
        const secured = new TLSSocket(socket, { isServer: true, ...certificate });
        serve(secured, true);
      }
      socket.write(`${answers[verb] ?? '250 ok'}\r\n`);
    });
  };
  const listening = createServer((socket) => {
    socket.write('220 test\r\n');
    serve(socket, false);
  });
  return new Promise((resolve) => {
    listening.listen(0, '127.0.0.2', () => {
      resolve({ port: (listening.address() as { port: number }).port, heard, server: listening });
    });
  });
}

test('ほかの機械へは、名の合う証明書で暗号化できたときだけ、合い言葉も本文も渡す', async (t) => {
  const authority = makeAuthority('mail authority');
  const usual = getCACertificates();
  setDefaultCACertificates([...usual, authority.cert]);
  t.after(() => setDefaultCACertificates(usual));
  const mail = {
    from: 'a@city.example.jp',
    to: 'b@city.example.jp',
    subject: '件名',
    text: '本文',
    messageId: '<1@x>',
  };
  const send = async (certificate: TestCertificate | null, query = ''): Promise<readonly [boolean, string[]]> => {
    const { port: at, heard, server: listening } = await openMailServer(certificate);
    const user = query === '' ? 'sesshu:secret@' : '';
    const isSent = await sendMail(`smtp://${user}127.0.0.2:${at}${query}`, mail).then(
      () => true,
      () => false,
    );
    listening.close();
    return [isSent, heard];
  };
  const verbs = ['EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'message'];
  const [isSent, heard] = await send(authority.issue('127.0.0.2'));
  assert.deepEqual([isSent, heard.slice(0, 8)], [true, ['EHLO', 'STARTTLS', ...verbs.map((verb) => `tls ${verb}`)]]);
  // No offer of STARTTLS, a name that differs, a certificate that has expired, an authority nobody knows.
  for (const certificate of [
    null,
    authority.issue('mail.example.jp'),
    authority.issue('127.0.0.2', -1),
    makeAuthority('somebody else').issue('127.0.0.2'),
  ]) {
    const [wasSent, all] = await send(certificate);
    assert.deepEqual([wasSent, all.filter((verb) => !/EHLO|STARTTLS|QUIT/u.test(verb))], [false, []]);
  }
  assert.equal((await send(null, '?requireTLS=false'))[0], true, 'the municipality says that the line is its own');
});

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
