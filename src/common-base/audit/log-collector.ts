import { mkdir, open } from 'node:fs/promises';
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

/**
 * Reads `SESSHU_AUDIT_SHIP`: a folder, in which each municipality has a file of JSON lines, or `tls://host:port` or
 * `tcp://host:port` of a syslog server. Null where nothing is set.
 */
export function readLogCollector(text: string | undefined): LogCollector | null {
  const target = text?.trim() ?? '';
  if (target === '') return null;
  if (isAbsolute(target)) return { target, send: (lgCode, lines) => appendTo(target, lgCode, lines) };
  const url = URL.canParse(target) ? new URL(target) : null;
  const isSyslog = url !== null && ['tls:', 'tcp:'].includes(url.protocol) && url.hostname !== '' && url.port !== '';
  if (!isSyslog) {
    throw new UnreadableInput(
      'SESSHU_AUDIT_SHIP は、フォルダー（/ から書く）か tls://ホスト:番号、tcp://ホスト:番号 にしてください。',
    );
  }
  return { target: `${url.protocol}//${url.host}`, send: (_lgCode, lines) => tellSyslog(url, lines) };
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

/** Octet counting, as RFC 5425 asks over TLS and RFC 6587, section 3.4.1, allows over TCP. */
async function tellSyslog(url: URL, lines: readonly CollectedLine[]): Promise<void> {
  const text = lines.map(({ at, json }) => `<${priority}>1 ${at} - sesshu ${process.pid} audit - ${json}`);
  const bytes = Buffer.concat(text.map((each) => Buffer.from(`${Buffer.byteLength(each)} ${each}`)));
  const host = url.hostname.replaceAll(/[[\]]/gu, '');
  const place = { host, port: Number(url.port) };
  // A certificate for an address is held against the address itself; only names are asked for by name.
  const named = isIP(host) === 0 ? { servername: host } : {};
  await new Promise<void>((resolve, reject) => {
    const socket: Socket = url.protocol === 'tls:' ? connectTls({ ...place, ...named }) : connect(place);
    socket.setTimeout(secondsMax * 1000, () => socket.destroy(new Error('the collector of the log does not answer')));
    socket.once('error', reject);
    socket.once(url.protocol === 'tls:' ? 'secureConnect' : 'connect', () => socket.end(bytes));
    // Closed by both sides: every byte was acknowledged by the other machine.
    socket.once('close', (hasFailed) => (hasFailed ? undefined : resolve()));
    socket.resume();
  });
}
