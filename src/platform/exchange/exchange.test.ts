import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { UnreadableInput } from '#kernel';
import { fixedClock } from '#platform/clock';
import { createHttpServer, listen } from '#platform/http';
import { createLog } from '#platform/log';
import {
  addExchangeGate,
  CallFailed,
  callSystem,
  openSystemKey,
  readOrigin,
  readPeerKey,
  type SystemKey,
} from './index.ts';
import { type SignedHeaders, signRequest } from './signature.ts';

const clock = fixedClock('2026-11-21T01:00:00Z');
const path = '/exchange/test';
let home: string;
let office: SystemKey;
let clinic: SystemKey;
let stranger: SystemKey;
let server: FastifyInstance;
let origin: string;
const seen = new Set<string>();

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesshu-exchange-'));
  [office, clinic, stranger] = (await Promise.all(
    ['office', 'clinic', 'stranger'].map((name) => openSystemKey(join(home, name))),
  )) as [SystemKey, SystemKey, SystemKey];
  server = await createHttpServer({
    log: createLog('test', 'silent'),
    isHttps: false,
    trustProxy: false,
    assetsDir: null,
    renderError: (page) => page.title,
    isReady: () => Promise.resolve(true),
    monitorToken: null,
  });
  await addExchangeGate(server, {
    path,
    key: clinic,
    clock,
    findCaller: (keyId) =>
      Promise.resolve(keyId === office.keyId ? { peer: readPeerKey(office.publicText) } : undefined),
    rememberCall: (_caller, nonce) => Promise.resolve(!seen.has(nonce) && seen.add(nonce).has(nonce)),
    answer: (_caller, body) => {
      if (body === 'bad') throw new UnreadableInput('読めません。');
      return Promise.resolve(`heard ${body}`);
    },
  });
  origin = await listen(server, { host: '127.0.0.1', port: 0 });
});
after(async () => {
  await server.close();
  await rm(home, { recursive: true });
});

const call = (key: SystemKey, peer: SystemKey, body = '{}', at = clock) =>
  callSystem({ origin, path, key, peer: readPeerKey(peer.publicText), clock: at }, body);

/** A call put together by hand, with what an attacker would change. */
async function attack(
  change: (given: { headers: SignedHeaders; body: string }) => { headers: object; body: string },
  created = 0,
) {
  const body = '{"a":1}';
  const nonce = Buffer.from(String(seen.size).padStart(24, 'n')).toString('base64url');
  const at = { created: Math.floor(clock.now().getTime() / 1000) + created, nonce };
  const { headers, body: sent } = change({ headers: signRequest(office, { method: 'POST', path, body }, at), body });
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: sent };
  const answer = await fetch(`${origin}${path}`, init);
  return { status: answer.status, text: await answer.text() };
}

test('鍵は一度だけ作られ、持ち主だけが読める', async () => {
  const again = await openSystemKey(join(home, 'office'));
  assert.equal(again.publicText, office.publicText);
  assert.match(again.publicText, /^[\w-]{43}$/u);
  assert.equal((await stat(join(home, 'office/keys/exchange.key.pem'))).mode & 0o777, 0o600);
  assert.throws(() => readPeerKey('みじかい'), UnreadableInput);
});

test('互いの鍵を知る二つの間だけで話が通じる', async () => {
  assert.equal(await call(office, clinic, '{"b":2}'), 'heard {"b":2}');
  await assert.rejects(call(stranger, clinic), CallFailed);
  // The answer is signed by another key than the one expected: not believed.
  await assert.rejects(call(office, stranger), CallFailed);
  await assert.rejects(
    call(office, clinic, 'bad'),
    (error) => error instanceof CallFailed && /読めません/u.test(error.message),
  );
});

test('書き換え、別の場所、古い・先の時刻、署名なしは、わけを言わずに断られる', async () => {
  assert.equal((await attack((given) => given)).status, 200);
  const refused = { status: 401, text: '' };
  assert.deepEqual(await attack(({ headers }) => ({ headers, body: '{"a":2}' })), refused);
  assert.deepEqual(await attack(({ body }) => ({ headers: {}, body })), refused);
  const swap = (headers: SignedHeaders, from: RegExp, to: string) => ({
    ...headers,
    'signature-input': headers['signature-input'].replace(from, to),
  });
  assert.deepEqual(
    await attack(({ headers, body }) => ({ headers: swap(headers, /nonce="./u, 'nonce="X'), body })),
    refused,
  );
  assert.deepEqual(await attack(({ headers, body }) => ({ headers: swap(headers, /"@path" /u, ''), body })), refused);
  assert.deepEqual(
    await attack(({ headers, body }) => ({ headers: swap(headers, /sesshu-call/u, 'sesshu-answer'), body })),
    refused,
  );
  assert.deepEqual(await attack((given) => given, -301), refused);
  assert.deepEqual(await attack((given) => given, 301), refused);
  assert.equal((await attack((given) => given, -300)).status, 200);
});

test('同じ呼び出しを二度送っても、二度目は断られる', async () => {
  let kept: { headers: SignedHeaders; body: string } | undefined;
  const keep = (given: { headers: SignedHeaders; body: string }) => (kept = given);
  assert.equal((await attack(keep)).status, 200);
  assert.equal((await attack(() => kept ?? { headers: {}, body: '' })).status, 401);
});

test('暗号化のない相手には、同じ機械の中だけで話す', () => {
  assert.equal(readOrigin('https://clinic.example.jp/x'), 'https://clinic.example.jp');
  assert.equal(readOrigin('http://localhost:8081'), 'http://localhost:8081');
  for (const origin of ['http://clinic.example.jp', 'ftp://localhost', 'clinic', '']) {
    assert.throws(() => readOrigin(origin), UnreadableInput, origin);
  }
});
