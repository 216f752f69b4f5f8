import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableInput } from '#kernel';
import { ledgerPortalPath, ledgerPortalVersion, type PortalNotice, type PortalTaken, readToPortal } from '#messages';
import type { Clock } from '#platform/clock';
import { addExchangeGate, openSystemKey, readPeerKey } from '#platform/exchange';
import { createHttpServer, listen } from '#platform/http';
import type { Log } from '#platform/log';
import { type Html, html } from '#platform/pages';

/** What the stand-in is opened with. */
export interface PortalOptions {
  /** Its own folder: its key and what it was given. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly port?: number;
  /** Public keys of the offices that it believes, by 団体コード. */
  readonly offices: ReadonlyMap<string, string>;
}

/** A running stand-in of the portal. */
export interface PortalStandIn {
  readonly origin: string;
  readonly publicText: string;
  /** Everything it was given, the newest first. */
  list(): Promise<readonly PortalNotice[]>;
  close(): Promise<void>;
}

const shownMax = 200;

/**
 * A stand-in of マイナポータル's notices, for demonstration and tests only. The same notice twice is kept once; its page shows
 * what was put there and says that it is a stand-in.
 */
export async function openPortal(options: PortalOptions): Promise<PortalStandIn> {
  const { home, clock, log, offices } = options;
  const folder = join(home, 'notices');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = await openSystemKey(home);
  const server = await createHttpServer({
    log,
    isHttps: false,
    trustProxy: false,
    assetsDir: null,
    renderError: (page) => String(portalPage(page.title, [])),
    isReady: () => Promise.resolve(true),
    monitorToken: null,
  });
  const nonces = new Set<string>();
  await addExchangeGate(server, {
    path: ledgerPortalPath,
    key,
    clock,
    findCaller: (keyId) => {
      for (const [lgCode, publicText] of offices) {
        const peer = readPeerKey(publicText);
        if (peer.keyId === keyId) return Promise.resolve({ peer, lgCode });
      }
      return Promise.resolve(undefined);
    },
    rememberCall: (_caller, nonce) => {
      const isNew = !nonces.has(nonce);
      nonces.add(nonce);
      return Promise.resolve(isNew);
    },
    answer: async ({ lgCode }, body) => {
      const notice = readToPortal(body);
      if (notice.lgCode !== lgCode) throw new UnreadableInput('電文の団体コードが、署名した鍵の団体と違います。');
      await keepOnce(folder, notice);
      const taken: PortalTaken = { version: ledgerPortalVersion, lgCode, noticeId: notice.noticeId, kind: 'taken' };
      return JSON.stringify(taken);
    },
  });
  const list = () => listNotices(folder);
  server.get('/', async (_request, reply) => {
    const page = portalPage('マイナポータルのお知らせの代役', await list());
    return reply.type('text/html; charset=utf-8').send(String(page));
  });
  const origin = await listen(server, { host: '127.0.0.1', port: options.port ?? 0 });
  return { origin, publicText: key.publicText, list, close: () => server.close() };
}

/** The first telling stands; one that comes again changes nothing. */
async function keepOnce(folder: string, notice: PortalNotice): Promise<void> {
  const name = `${notice.lgCode}-${String(notice.noticeId).padStart(12, '0')}.json`;
  try {
    await writeFile(join(folder, name), JSON.stringify(notice), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
}

async function listNotices(folder: string): Promise<readonly PortalNotice[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  const newest = names.toReversed().slice(0, shownMax);
  return Promise.all(newest.map(async (name) => readToPortal(await readFile(join(folder, name), 'utf8'))));
}

function portalPage(title: string, notices: readonly PortalNotice[]): Html {
  const list =
    notices.length === 0
      ? html`<p>お知らせはまだありません。</p>`
      : html`<ol reversed>${notices.map((one) => html`<li><h2>${one.subject}</h2><p>${one.municipalityName}　番号 ${one.noticeId}</p>${one.text.split('\n').map((line) => html`<p>${line}</p>`)}</li>`)}</ol>`;
  return html`<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head><body><main><h1>${title}</h1><p><strong>これは試験と見本のための代役です。本物のマイナポータルではありません。</strong>だれにも届いていません。本物の人の情報を送らないでください。</p>${list}</main></body></html>`;
}
