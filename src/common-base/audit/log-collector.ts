import { mkdir, open, readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type LgCode, UnreadableInput } from '#kernel';

/** Where lines of the log go outside of the database. */
export interface LogCollector {
  /** Names it in the database: another one begins at the beginning. */
  readonly target: string;
  /** Hands lines of JSON over, each with its instant; resolves when they are on the disk, or with the other side's TCP. */
  send(lgCode: LgCode, lines: readonly CollectedLine[]): Promise<void>;
}

/** One line of the log as it is shipped. */
export interface CollectedLine {
  /** UTC instant. */
  readonly at: string;
  readonly json: string;
}

/** Facility 13 (log audit), severity 5 (notice). @spec RFC 5424, section 6.2.1 */
const priority = 13 * 8 + 5;
const secondsMax = 20;
/** How long a collector may refuse us after the handshake, and for how long one that did not is believed. */
const quietMs = 1000;
const believedMs = 60_000;

/** Files (PEM) by which this machine shows the collector who it is. They are read anew each time, as they are renewed. */
interface OwnCertificate {
  readonly certPath: string;
  readonly keyPath: string;
}

/**
 * Reads `SESSHU_AUDIT_SHIP`: a folder, in which each municipality has a file of JSON lines, or `tls://host:port` or
 * `tcp://host:port` of a syslog server, which may ask for a certificate (`SESSHU_AUDIT_SHIP_CERT`, `…_KEY`). Null where
 * nothing is set.
 */
export function readLogCollector(env: Readonly<Record<string, string | undefined>>): LogCollector | null {
  const target = env['SESSHU_AUDIT_SHIP']?.trim() ?? '';
  if (target === '') return null;
  const [certPath, keyPath] = [env['SESSHU_AUDIT_SHIP_CERT']?.trim() ?? '', env['SESSHU_AUDIT_SHIP_KEY']?.trim() ?? ''];
  if ((certPath === '') !== (keyPath === '')) {
    throw new UnreadableInput('SESSHU_AUDIT_SHIP_CERT と SESSHU_AUDIT_SHIP_KEY は、両方を指定してください。');
  }
  const own = certPath === '' ? null : { certPath, keyPath };
  if (isAbsolute(target)) return { target, send: (lgCode, lines) => appendTo(target, lgCode, lines) };
  const url = URL.canParse(target) ? new URL(target) : null;
  const isSyslog = url !== null && ['tls:', 'tcp:'].includes(url.protocol) && url.hostname !== '' && url.port !== '';
  if (!isSyslog) {
    throw new UnreadableInput(
      'SESSHU_AUDIT_SHIP は、フォルダー（/ から書く）か tls://ホスト:番号、tcp://ホスト:番号 にしてください。',
    );
  }
  let believedUntil = 0;
  return {
    target: `${url.protocol}//${url.host}`,
    async send(_lgCode, lines) {
      const isBelieved = performance.now() < believedUntil;
      await tellSyslog(url, lines, { own, quietMs: isBelieved ? 0 : quietMs });
      if (!isBelieved) believedUntil = performance.now() + believedMs;
    },
  };
}

async function appendTo(folder: string, lgCode: LgCode, lines: readonly CollectedLine[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, `audit-${lgCode}.jsonl`), 'a', 0o600);
  try {
    await file.appendFile(lines.map(({ json }) => `${json}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Octet counting, as RFC 5425 asks over TLS and RFC 6587, section 3.4.1, allows over TCP. A server that does not take our
 * certificate may just close after the handshake, when everything was written (TLS 1.3): with `quietMs` it gets so long to
 * say so first.
 */
async function tellSyslog(
  url: URL,
  lines: readonly CollectedLine[],
  { own, quietMs }: { readonly own: OwnCertificate | null; readonly quietMs: number },
): Promise<void> {
  const text = lines.map(({ at, json }) => `<${priority}>1 ${at} - sesshu ${process.pid} audit - ${json}`);
  const bytes = Buffer.concat(text.map((each) => Buffer.from(`${Buffer.byteLength(each)} ${each}`)));
  const socket = await openSocket(url, own);
  let isTold = false;
  await new Promise<void>((resolve, reject) => {
    const tell = (): void => {
      isTold = !socket.destroyed && !socket.readableEnded;
      if (isTold) socket.end(bytes);
    };
    socket.setTimeout(secondsMax * 1000, () => socket.destroy(new Error('the collector of the log does not answer')));
    socket.once('error', reject);
    if (url.protocol === 'tls:') socket.once('secureConnect', () => setTimeout(tell, quietMs));
    else socket.once('connect', tell);
    // Closed by both sides: every byte was acknowledged by the other machine.
    socket.once('close', (hasFailed) => {
      if (hasFailed) return;
      if (isTold) resolve();
      else reject(new Error('the collector of the log closed before it was told anything'));
    });
    socket.resume();
  });
}

async function openSocket(url: URL, own: OwnCertificate | null): Promise<Socket> {
  const host = url.hostname.replaceAll(/[[\]]/gu, '');
  const place = { host, port: Number(url.port) };
  if (url.protocol !== 'tls:') return connect(place);
  // A certificate for an address is held against the address itself; only names are asked for by name.
  const named = isIP(host) === 0 ? { servername: host } : {};
  const shown = own === null ? {} : { cert: await readFile(own.certPath), key: await readFile(own.keyPath) };
  return connectTls({ ...place, ...named, ...shown });
}
