import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableInput } from '#kernel';
import { numbersIntermediatePath, readToIntermediate } from '#messages';
import type { Clock } from '#platform/clock';
import { addExchangeGate, openSystemKey, readPeerKey } from '#platform/exchange';
import { createHttpServer, listen } from '#platform/http';
import type { Log } from '#platform/log';
import { IntermediateDesk } from './intermediate-desk.ts';
import type { DeskState, FormerRecord } from './types.ts';

/** What the stand-in is opened with. */
export interface IntermediateServerOptions {
  /** Its own folder: its key, and what it remembers. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly port?: number;
  /** Public keys of the offices that it believes, by 団体コード. */
  readonly offices: ReadonlyMap<string, string>;
  /** What other municipalities have. */
  readonly records: readonly FormerRecord[];
}

/** A running stand-in of the intermediate server. */
export interface IntermediateStandIn {
  readonly origin: string;
  /** Its public key as the office enters it. */
  readonly publicText: string;
  readonly desk: IntermediateDesk;
  close(): Promise<void>;
}

const fileName = 'state.json';

/**
 * A stand-in of 中間サーバー with the network behind it and the municipalities beyond, for demonstration and tests only. It
 * speaks the contract of `messages/numbers-intermediate` and says on its page that it is a stand-in.
 */
export async function openIntermediateServer(options: IntermediateServerOptions): Promise<IntermediateStandIn> {
  const { home, clock, log, offices } = options;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const key = await openSystemKey(home);
  const desk = new IntermediateDesk(await readState(home), options.records, clock);
  const server = await createHttpServer({
    log,
    isHttps: false,
    trustProxy: false,
    assetsDir: null,
    renderError: (page) => standInPage(page.title, ''),
    isReady: () => Promise.resolve(true),
    monitorToken: null,
  });
  const nonces = new Map<string, number>();
  await addExchangeGate(server, {
    path: numbersIntermediatePath,
    key,
    clock,
    findCaller: (keyId) => {
      for (const [lgCode, publicText] of offices) {
        const peer = readPeerKey(publicText);
        if (peer.keyId === keyId) return Promise.resolve({ peer, lgCode });
      }
      return Promise.resolve(undefined);
    },
    rememberCall: (_caller, nonce, until) => {
      const now = clock.now().getTime();
      for (const [known, at] of nonces) if (at < now) nonces.delete(known);
      const isNew = !nonces.has(nonce);
      nonces.set(nonce, until.getTime());
      return Promise.resolve(isNew);
    },
    answer: ({ lgCode }, body) => {
      const message = readToIntermediate(body);
      if (message.lgCode !== lgCode) throw new UnreadableInput('電文の団体コードが、署名した鍵の団体と違います。');
      const answer = desk.take(message);
      // Asking for news every few seconds changes nothing.
      if (message.kind !== 'collect' || message.taken.length > 0) writeState(home, desk.state);
      return Promise.resolve(JSON.stringify(answer));
    },
  });
  server.get('/', async (_request, reply) => {
    const { requests, codes, waiting } = desk.state;
    const body = `<dl><dt>受けた要求</dt><dd>${requests.length}件</dd><dt>符号</dt><dd>${codes.length}件</dd><dt>知らせ待ち</dt><dd>${waiting.length}件</dd></dl>`;
    return reply.type('text/html; charset=utf-8').send(standInPage('中間サーバーの代役', body));
  });
  const origin = await listen(server, { host: '127.0.0.1', port: options.port ?? 0 });
  return {
    origin,
    publicText: key.publicText,
    desk,
    async close() {
      await server.close();
      writeState(home, desk.state);
    },
  };
}

function standInPage(title: string, body: string): string {
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p><strong>これは試験と見本のための代役です。本物の中間サーバーではありません。</strong>本物の人の情報を送らないでください。</p>${body}</html>`;
}

async function readState(home: string): Promise<DeskState> {
  try {
    return JSON.parse(await readFile(join(home, fileName), 'utf8')) as DeskState;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    return { requests: [], codes: [], waiting: [], provisions: [] };
  }
}

/** Written beside and put in its place at once, so that no two calls write over each other. */
function writeState(home: string, state: DeskState): void {
  const path = join(home, fileName);
  writeFileSync(`${path}.half`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.half`, path);
}
