import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import { revealIndividualNumber } from '#addressees/numbers';
import { demonstrationAccounts } from '#common-base/access';
import type { LgCode, PersonId } from '#kernel';
import { fileKeyRing } from '#platform/keys';
import { withClient, withMunicipality } from '#platform/postgres';
import { type DyingCommands, dyingCommands } from '../support/dying-command.ts';
import { handMadeNumbers } from '../support/hand-made-numbers.ts';
import { findNumber, noteNumbers, watchDatabase } from '../support/number-watch.ts';
import { vaultContext } from '../support/numbers.ts';
import { type BrowsedOffice, StaffBrowser } from '../support/staff-server.ts';

const root = join(import.meta.dirname, '../..');
const lgCode = '134996' as LgCode;
/** A number that nobody has: what a person may type by mistake. */
const [typed] = handMadeNumbers;
let folder: string;
let commands: DyingCommands;
let office: ChildProcess;
let port: number;
let log = '';
let mails = '';
let mailServer: Server;
let people: readonly PersonId[];

before(
  async () => {
    folder = await mkdtemp(join(tmpdir(), 'sesshu-number-'));
    commands = dyingCommands(folder);
    port = await findFreePort();
    mailServer = await openMailServer();
    const mail = mailServer.address() as { port: number };
    const ways = { SESSHU_AUDIT_SHIP: join(folder, 'shipped'), SESSHU_SMTP_URL: `smtp://127.0.0.1:${mail.port}` };
    office = spawn(process.execPath, [join(root, 'src/apps/cli/main.ts'), 'start', '--people', '100'], {
      env: { ...process.env, SESSHU_HOME: commands.home, PORT: String(port), SESSHU_LOG_LEVEL: 'trace', ...ways },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [office.stdout, office.stderr]) stream?.on('data', (chunk: Buffer) => (log += String(chunk)));
    await untilReady();
    people = await openEveryNumber();
  },
  { timeout: 240_000 },
);
after(async () => {
  office.kill('SIGKILL');
  mailServer.close();
  await commands.closeOffice();
  // The clinics' system beside the office ends by itself when the office is gone.
  await rm(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 500 });
});

/** Takes every mail, and keeps all that it hears. */
async function openMailServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.write('220 test\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString('utf8');
      mails += text;
      for (const line of text.split('\r\n')) {
        if (line === 'DATA') socket.write('354 go\r\n');
        else if (line === '.' || /^(?:EHLO|MAIL|RCPT|RSET)/u.test(line)) socket.write('250 ok\r\n');
        else if (line === 'QUIT') socket.end('221 bye\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function findFreePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilReady(): Promise<void> {
  for (;;) {
    assert.equal(office.exitCode, null, log);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(200);
  }
}

/** Opens every number of the demonstration from its vault, so that what is searched for is what was put in. */
async function openEveryNumber(): Promise<PersonId[]> {
  const { db } = await commands.openOffice();
  const keyWrapper = fileKeyRing(commands.home);
  const context = { ...vaultContext(db, lgCode, ['numbers.view']), keyWrapper };
  const { rows } = await withMunicipality(
    db,
    lgCode,
    ({ client }) => client.query<{ person_id: PersonId }>('SELECT person_id FROM number_vault.numbers_in_force'),
    { role: 'vault' },
  );
  for (const { person_id: personId } of rows) {
    const { individualNumber } = await revealIndividualNumber(context, personId, 'identityCheck');
    noteNumbers([individualNumber]);
  }
  assert.ok(rows.length > 80, `only ${rows.length} numbers were put in`);
  return rows.map((row) => row.person_id);
}

/** The office over the wire, as a server that `StaffBrowser` asks. */
const browsed: BrowsedOffice = {
  lgCode,
  accounts: demonstrationAccounts,
  server: {
    async inject(request: { url: string; method?: string; payload?: string; headers: Record<string, string> }) {
      const answer = await fetch(new URL(request.url, `http://127.0.0.1:${port}`), {
        method: request.method ?? 'GET',
        headers: { ...request.headers, connection: 'close' },
        ...(request.payload === undefined ? {} : { body: request.payload }),
        redirect: 'manual',
      });
      const rawPayload = Buffer.from(await answer.arrayBuffer());
      const cookies = answer.headers.getSetCookie().map((line) => {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(line) ?? [];
        return { name, value };
      });
      const headers = Object.fromEntries(answer.headers);
      return { statusCode: answer.status, headers, rawPayload, body: rawPayload.toString('utf8'), cookies };
    },
  } as unknown as BrowsedOffice['server'],
};

/** Signs in with a reason, and walks every link of the office that leads to a page; answers how many there were. */
async function walk(accountName: string): Promise<number> {
  const browser = new StaffBrowser(browsed);
  const signedIn = await browser.signIn(accountName);
  assert.equal(signedIn.statusCode, 303, accountName);
  await browser.get('/reason');
  await browser.post('/reason', { reason: 'other', otherReason: '試しの点検' });
  const waiting = ['/', ...people.slice(0, 6).flatMap((id) => [`/persons/${id}`, `/persons/${id}/individual-number`])];
  const seen = new Set(waiting);
  const kinds = new Map<string, number>();
  for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
    const answer: LightMyRequestResponse = await browser.get(url);
    assert.ok(answer.statusCode < 500, `${url}: ${answer.statusCode}`);
    const links = [...answer.body.matchAll(/(?:href|src)="(\/[^"#]*)"/gu)].map((m) =>
      (m[1] ?? '').replaceAll('&amp;', '&'),
    );
    for (const link of [...links, answer.headers.location ?? '']) {
      const kind = link.replaceAll(/\d+/gu, '#').replace(/\?.*/u, '');
      const isPage = link.startsWith('/') && !/^\/(?:assets|m|sign-out)\b/u.test(link) && !seen.has(link);
      // A few pages of each kind: those of every person are alike.
      if (!isPage || (kinds.get(kind) ?? 0) >= 4) continue;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      seen.add(link);
      waiting.push(link);
    }
  }
  return seen.size;
}

test('どの役割がどの画面を開いても、個人番号はページにもアドレスにも出ない', { timeout: 240_000 }, async () => {
  let pages = 0;
  for (const { accountName } of demonstrationAccounts) pages += await walk(accountName);
  assert.ok(pages > 60, `only ${pages} pages were opened`);
});

test('まちがった欄に入れた個人番号は、画面にもログにも監査ログにも残らない', { timeout: 120_000 }, async () => {
  const browser = new StaffBrowser(browsed);
  await browser.signIn('kakaricho');
  await browser.get('/reason');
  await browser.post('/reason', { reason: 'other', otherReason: '試しの点検' });
  const [person = 0] = people;
  for (const field of ['text', 'name', 'kana', 'number', 'phone', 'address', 'birthDate']) {
    const answer = await browser.post('/persons', { [field]: typed });
    assert.ok(answer.statusCode < 500, field);
  }
  await browser.post('/reason', { reason: 'other', otherReason: `本人 ${typed}` });
  await browser.post('/sign-in', { accountName: typed, password: typed });
  await browser.get('/account');
  const confirm = `/persons/${person}/individual-number/confirm`;
  for (const number of [
    typed,
    `${typed.slice(0, 11)}0`,
    `${typed.slice(0, 4)}-${typed.slice(4, 8)}-${typed.slice(8)}`,
  ]) {
    assert.ok((await browser.post(confirm, { individualNumber: number })).statusCode < 500);
  }
  const reveal = await browser.post(`/persons/${person}/individual-number/reveal`, { purpose: 'identityCheck' });
  assert.equal(reveal.statusCode, 200);
  assert.ok(findNumber(reveal.body) !== undefined, 'the one page that may show the number did not');
  // Somebody writes it into an address by hand: the answer and the log leave it out.
  const answer = await fetch(`http://127.0.0.1:${port}/persons/${typed}?text=${typed}`, { redirect: 'manual' });
  assert.equal(findNumber(`${JSON.stringify(Object.fromEntries(answer.headers))} ${await answer.text()}`), undefined);
});

test('備考に個人番号のあるファイルは受け取らず、外へ送る監査ログと電子メールにも個人番号はない', {
  timeout: 180_000,
}, async () => {
  const settings = join(folder, 'settings');
  await cp(join(root, 'settings/wakabadai'), settings, { recursive: true });
  const access = {
    secondFactorRoles: [],
    accountMail: { to: '{account}@city.example.jp', from: 'sesshu@city.example.jp' },
  };
  await writeFile(join(settings, 'access.json'), JSON.stringify(access));
  await commands.sesshu('init', '--settings', settings);
  const sent = join(folder, 'sent.csv');
  const header =
    '記録番号,団体コード,発行番号,整理番号,氏名カナ,生年月日,性別,予防接種コード,回数,接種年月日,実施区分,ワクチンメーカーコード,ロット番号,有効期限,接種量,医療機関コード,接種医,予診医,予診理由,体温,同意,備考';
  const start = `1,${lgCode},F00000000001,0000000001,シケン,20200101,1,24,1,20261101,1,,,,,,,,,,1,`;
  await writeFile(sent, `${header}\r\n${start}母の番号 ${typed}\r\n`);
  await assert.rejects(
    commands.sesshu('intake', sent, '--layout', 'clinic-web', '--municipality', lgCode),
    (error: Error & { stderr: string }) => {
      assert.match(error.stderr, /sent\.csv の 2行目・列「備考」に、個人番号とみられる12桁の番号があるため/u);
      return findNumber(error.stderr) === undefined;
    },
  );
  // Taken in with the number struck out: the rest of the remark stays, and the log says in how many rows.
  const again = ['intake', sent, '--layout', 'clinic-web', '--strike-numbers', '--municipality', lgCode];
  const { rows, refused } = await commands.sesshu(...again);
  assert.deepEqual([rows, refused], [1, 0], 'the row waits for an answer as any other');
  const { db } = await commands.openOffice();
  const kept = await withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<{ content: Buffer }>('SELECT content FROM file_chunks');
    return rows.filter(({ content }) => content.includes('母の番号 ************')).length;
  });
  assert.equal(kept, 1, 'the file is kept with the number struck out');
  // Somebody writes it where a name belongs, and an account is changed: the people concerned are told by mail.
  const browser = new StaffBrowser(browsed);
  await browser.signIn('kanri');
  const list = await browser.get('/staff');
  const [, staffId = ''] = /href="\/staff\/(\d+)"[^>]*>小林 さやか/u.exec(list.body) ?? [];
  await browser.get(`/staff/${staffId}`);
  for (const field of ['displayName', 'department']) {
    const change = { displayName: '小林 さやか', department: '健康推進課', roles: 'auditor', [field]: typed };
    assert.equal((await browser.post(`/staff/${staffId}`, change)).statusCode, 422, field);
  }
  await browser.get(`/staff/${staffId}`);
  assert.equal((await browser.post(`/staff/${staffId}/password`, {})).statusCode, 200);
  const shipped = async (): Promise<string> =>
    await readFile(join(folder, 'shipped', `audit-${lgCode}.jsonl`), 'utf8').catch(() => '');
  while (!mails.includes('\r\n.\r\n') || !(await shipped()).includes('access.passwordReset')) await sleep(500);
  const bodies = [...mails.matchAll(/(?:^[A-Za-z0-9+/=]+\r\n)+/gmu)].map(([body]) =>
    Buffer.from(body, 'base64').toString('utf8'),
  );
  assert.match(bodies.join(''), /パスワードが再発行されました/u);
  for (const text of [mails, ...bodies, await shipped()]) assert.equal(findNumber(text), undefined);
});

test('コマンドの答え、バックアップ、確認点、ログ、すべての表のどこにも、個人番号はない', {
  timeout: 240_000,
}, async () => {
  const { db } = await commands.openOffice();
  const backup = join(folder, 'backup');
  await commands.sesshu('backup', backup);
  for (const words of [
    ['ledger', 'verify'],
    ['audit', 'checkpoint'],
    ['keys', 'show'],
    ['keys', 'rotate'],
  ]) {
    assert.equal(findNumber(JSON.stringify(await commands.sesshu(...words))), undefined, words.join(' '));
  }
  assert.ok((await searchFolder(backup)) > 20, 'the backup was not read');
  await searchFolder(join(commands.home, 'checkpoints'));
  assert.ok(log.includes('"part"') && log.length > 5000, 'the log says too little');
  assert.equal(findNumber(log), undefined, 'a number stands in the log');
  await watchDatabase(db.ownerUrl ?? '', db.jobsUrl);
});

/** Reads every file below a folder, packed ones too, and answers how many there were. */
async function searchFolder(path: string): Promise<number> {
  let files = 0;
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    files += 1;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    assert.equal(findNumber((isPacked ? gunzipSync(bytes) : bytes).toString('latin1')), undefined, entry.name);
  }
  return files;
}

test('この点検は、置かれた番号を必ず見つける', async () => {
  const { db } = await commands.openOffice();
  const places = [
    `INSERT INTO runs (lg_code, kind, label) VALUES ('${lgCode}', 'test', '番号 ${typed} の試し')`,
    `INSERT INTO runs (lg_code, kind, label) VALUES ('${lgCode}', 'test', '${typed.replace(/(.{4})(.{4})/u, '$1-$2-')}')`,
    `UPDATE audit_acts SET details = '{"x":"${typed}"}' WHERE act = 'numbers.viewed'`,
    `UPDATE number_vault.individual_numbers SET sealed_number = convert_to(repeat(' ', 29) || '${typed}', 'UTF8')`,
  ];
  for (const sql of places) {
    await withClient(db.ownerUrl ?? '', async (owner) => {
      await owner.query(sql);
    });
    await assert.rejects(
      watchDatabase(db.ownerUrl ?? '', db.jobsUrl),
      /an individual number stands in the table/u,
      sql,
    );
    await withClient(db.ownerUrl ?? '', async (owner) => {
      await owner.query("DELETE FROM runs WHERE kind = 'test'");
      await owner.query("UPDATE audit_acts SET details = '{}' WHERE act = 'numbers.viewed'");
    });
  }
  for (const text of [`x${typed}y`, `1${typed}`, '１１１１　１１１１　１１１８', '1111-1111-1118']) {
    assert.equal(findNumber(text), typed, text);
  }
  for (const text of ['111111111119', '1111111111', '11111111111x8']) assert.equal(findNumber(text), undefined, text);
});
