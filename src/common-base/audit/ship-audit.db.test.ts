import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type PersonId, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
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

const actIds = async (): Promise<unknown[]> =>
  (await shipped()).filter(({ kind }) => kind === 'act').map(({ actId }) => actId);

test('封印した行は順に一度だけ外のファイルへ出て、封印が後に続き、処理事由と住民の番号は出ない', async () => {
  const collector = readLogCollector(folder) as LogCollector;
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
  const collector = readLogCollector(folder) as LogCollector;
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
  const collector = readLogCollector(`tcp://127.0.0.1:${port}`) as LogCollector;
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
  await assert.rejects(shipAudit(store.db, store.lgCode, readLogCollector('tcp://127.0.0.1:1') as LogCollector));
});

test('送り先の書き方の誤りは断る', () => {
  assert.equal(readLogCollector(undefined), null);
  assert.equal(readLogCollector(' '), null);
  for (const wrong of ['logs', 'http://x:1', 'tcp://x', 'tls://:6514', 'udp://x:514']) {
    assert.throws(() => readLogCollector(wrong), UnreadableInput, wrong);
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
