import { mkdir } from 'node:fs/promises';
import { UnreadableInput } from '#kernel';
import type { Clock } from '#platform/clock';
import { addExchangeGate, openSystemKey, readPeerKey } from '#platform/exchange';
import { createHttpServer, listen } from '#platform/http';
import type { Log } from '#platform/log';

/** What every stand-in is opened with. */
export interface StandInOptions {
  /** Its own folder: its key, and what it remembers. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: any that is free. */
  readonly port?: number;
  /** Public keys of the offices that it believes, by 団体コード. */
  readonly offices: ReadonlyMap<string, string>;
}

/** A running stand-in. */
export interface StandIn {
  readonly origin: string;
  /** Its public key as the office enters it. */
  readonly publicText: string;
  close(): Promise<void>;
}

/** What one stand-in does with the messages of its contract. */
export interface StandInWork<Message extends { readonly lgCode: string }> {
  readonly path: string;
  /** Reads a message; UnreadableInput is told to the caller. */
  readonly read: (body: string) => Message;
  /** What is answered, as JSON. */
  readonly answer: (message: Message) => unknown;
  /** The page on which it says that it is a stand-in, and what it was asked. */
  readonly renderPage: () => string | Promise<string>;
  readonly renderError: (title: string) => string;
}

/**
 * Opens a stand-in of a national system on this machine alone: believes the offices whose keys it was given, each call
 * once, and no message that names another municipality than the key that signed it.
 */
export async function openStandIn<Message extends { readonly lgCode: string }>(
  { home, clock, log, port, offices }: StandInOptions,
  work: StandInWork<Message>,
): Promise<StandIn> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const key = await openSystemKey(home);
  const server = await createHttpServer({
    log,
    isHttps: false,
    trustProxy: false,
    assetsDir: null,
    renderError: (page) => work.renderError(page.title),
    isReady: () => Promise.resolve(true),
    monitorToken: null,
  });
  const nonces = new Map<string, number>();
  await addExchangeGate(server, {
    path: work.path,
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
    answer: async ({ lgCode }, body) => {
      const message = work.read(body);
      if (message.lgCode !== lgCode) throw new UnreadableInput('電文の団体コードが、署名した鍵の団体と違います。');
      return JSON.stringify(await work.answer(message));
    },
  });
  server.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(await work.renderPage()));
  const origin = await listen(server, { host: '127.0.0.1', port: port ?? 0 });
  return { origin, publicText: key.publicText, close: () => server.close() };
}
