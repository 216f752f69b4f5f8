import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
  type TlsOptions,
} from 'node:tls';
import { type PersonId, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { makeAuthority, type TestCertificate } from '../../../tests/support/certificates.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { type LogCollector, readLogCollector } from './log-collector.ts';
import { recordAct } from './record-act.ts';
import { sealAudit } from './seal-audit.ts';
import { shipAudit } from './ship-audit.ts';

let store: TestDatabase;
let folder: string;

before(async () => {
  store = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'sesshu-shipped-'));
});
after(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** Records acts and seals them together; answers their numbers. */
async function record(...acts: readonly string[]): Promise<number[]> {
  const { db, lgCode } = store;
  const by = { lgCode, staffId: null, staffName: '山田 花子', via: 'web', from: '10.1.0.1', osUser: null } as const;
  const ids: number[] = [];
  for (const act of acts) {
    const persons = { personIds: [3, 5] as PersonId[], items: ['address'], details: { count: 2 } };
    ids.push(
      await withMunicipality(db, lgCode, (tx) => recordAct(tx, { ...by, reason: 'ひみつの理由' }, { act, ...persons })),
    );
  }
  await sealAudit(db, lgCode, { isPatient: true });
  return ids;
}

async function shipped(): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, `audit-${store.lgCode}.jsonl`), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function collectorAt(target: string, own: Readonly<Record<string, string>> = {}): LogCollector {
  const collector = readLogCollector({ SESSHU_AUDIT_SHIP: target, ...own });
  assert.ok(collector);
  return collector;
}

const actIds = async (): Promise<unknown[]> =>
  (await shipped()).filter(({ kind }) => kind === 'act').map(({ actId }) => actId);

test('封印した行は順に一度だけ外のファイルへ出て、封印が後に続き、処理事由と住民の番号は出ない', async () => {
  const collector = collectorAt(folder);
  const first = await record('persons.viewed', 'persons.searched');
  assert.equal(await shipAudit(store.db, store.lgCode, collector), 1);
  assert.equal(await shipAudit(store.db, store.lgCode, collector), 0, 'nothing new');
  const second = await record('persons.viewed');
  const [one, two] = await Promise.all([1, 2].map(() => shipAudit(store.db, store.lgCode, collector)));
  assert.equal((one ?? 0) + (two ?? 0), 1, 'two processes ship it once');
  assert.deepEqual(await actIds(), [...first, ...second]);
  const lines = await shipped();
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['act', 'act', 'seal', 'act', 'seal'],
  );
  const [act] = lines;
  assert.equal(act?.['staffName'], '山田 花子');
  assert.equal(act?.['personCount'], 2);
  assert.match(String(act?.['persons']), /^[0-9a-f-]{36},[0-9a-f-]{36}$/u, 'pseudonyms');
  assert.doesNotMatch(JSON.stringify(lines), /ひみつの理由/u);
  const [, , sealA, , sealB] = lines;
  assert.equal(sealB?.['previousSeal'], sealA?.['seal'], 'the chain can be followed outside');
});

test('送り先が断った行は次に送られ、送った直後に落ちた分は同じ番号でもう一度送られ、欠けはない', async () => {
  const collector = collectorAt(folder);
  const before = await actIds();
  const ids = await record('persons.viewed', 'persons.created');
  const away: LogCollector = { ...collector, send: () => Promise.reject(new Error('away')) };
  await assert.rejects(shipAudit(store.db, store.lgCode, away), /away/u);
  assert.deepEqual(await actIds(), before);
  const dying: LogCollector = {
    ...collector,
    send: async (lgCode, lines) => {
      await collector.send(lgCode, lines);
      throw new Error('killed before the position was kept');
    },
  };
  await assert.rejects(shipAudit(store.db, store.lgCode, dying), /killed/u);
  assert.equal(await shipAudit(store.db, store.lgCode, collector), 1);
  assert.deepEqual(await actIds(), [...before, ...ids, ...ids]);
});

test('syslog のサーバーへは、長さを前に置いた電文で届く', async () => {
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('end', () => socket.end());
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  const collector = collectorAt(`tcp://127.0.0.1:${port}`);
  const seals = await shipAudit(store.db, store.lgCode, collector);
  server.close();
  assert.equal(seals, 3, 'another collector begins at the beginning');
  let rest = Buffer.concat(received);
  const messages: string[] = [];
  while (rest.length > 0) {
    const length = Number(rest.toString('latin1', 0, rest.indexOf(' ')));
    const from = rest.indexOf(' ') + 1;
    messages.push(rest.toString('utf8', from, from + length));
    rest = rest.subarray(from + length);
  }
  assert.equal(messages.length, 8, 'five acts and three seals');
  for (const message of messages) {
    assert.match(message, /^<109>1 \d{4}-\d\d-\d\dT[\d:.]+Z - sesshu \d+ audit - \{.*\}$/u);
  }
  await assert.rejects(shipAudit(store.db, store.lgCode, collectorAt('tcp://127.0.0.1:1')));
});

test('TLSのsyslogには、名の合う期限内の証明書の相手にだけ送り、求められれば自分の証明書を示す', async (t) => {
  const authority = makeAuthority('log authority');
  const stranger = makeAuthority('somebody else');
  const usual = getCACertificates();
  setDefaultCACertificates([...usual, authority.cert]);
  t.after(() => setDefaultCACertificates(usual));
  const line = [{ at: '2026-11-22T00:00:00Z', json: '{"act":"one"}' }];
  /** What became of one line, and what arrived, at a collector of this kind. */
  const ship = async (server: TlsOptions, own: TestCertificate | null): Promise<string> => {
    let got = '';
    const listening = createTlsServer(server, (socket) => {
      socket.on('data', (chunk) => (got += String(chunk)));
      socket.on('error', () => undefined);
      socket.on('end', () => socket.end());
    });
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as { port: number };
    const paths = { SESSHU_AUDIT_SHIP_CERT: join(folder, 'own.pem'), SESSHU_AUDIT_SHIP_KEY: join(folder, 'own.key') };
    await writeFile(paths.SESSHU_AUDIT_SHIP_CERT, own?.cert ?? '');
    await writeFile(paths.SESSHU_AUDIT_SHIP_KEY, own?.key ?? '');
    const collector = collectorAt(`tls://localhost:${port}`, own === null ? {} : paths);
    const said = await collector.send(store.lgCode, line).then(
      () => 'sent',
      (error: NodeJS.ErrnoException) => error.code ?? 'failed',
    );
    listening.close();
    assert.equal(got !== '', said === 'sent', `${said}: ${got}`);
    return said;
  };
  const right = authority.issue('localhost');
  const needing = { ...right, ca: authority.cert, requestCert: true } as const;
  assert.equal(await ship(right, null), 'sent');
  assert.equal(await ship(authority.issue('log.example'), null), 'ERR_TLS_CERT_ALTNAME_INVALID');
  assert.equal(await ship(authority.issue('localhost', -1), null), 'CERT_HAS_EXPIRED');
  assert.equal(await ship(stranger.issue('localhost'), null), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  assert.equal(await ship(needing, authority.issue('sesshu.example')), 'sent');
  // TLS 1.3 tells of a missing certificate after the client has begun to write: nothing may count as sent.
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const own of [null, stranger.issue('sesshu.example'), authority.issue('sesshu.example', -1)]) {
      assert.notEqual(await ship({ ...needing, maxVersion }, own), 'sent', maxVersion);
    }
  }
  assert.throws(() => collectorAt('tls://localhost:1', { SESSHU_AUDIT_SHIP_CERT: '/own.pem' }), UnreadableInput);
});

test('送り先の書き方の誤りは断る', () => {
  assert.equal(readLogCollector({}), null);
  assert.equal(readLogCollector({ SESSHU_AUDIT_SHIP: ' ' }), null);
  for (const wrong of ['logs', 'http://x:1', 'tcp://x', 'tls://:6514', 'udp://x:514']) {
    assert.throws(() => collectorAt(wrong), UnreadableInput, wrong);
  }
});

test('送った位置は、団体の外から読めず、消せない', async () => {
  const { db } = store;
  assert.equal((await db.app.query('SELECT 1 FROM audit_shipments')).rowCount, 0);
  await assert.rejects(
    withMunicipality(db, store.lgCode, ({ client }) => client.query('DELETE FROM audit_shipments')),
    /permission denied/u,
  );
});
