import { Agent, type IncomingMessage, request } from 'node:http';
import type { LoadAnswer, LoadOrder, Opening } from './clinic.ts';

/** One clinic's browser: its cookie and the proof that its forms carry. */
interface Seat {
  readonly agent: Agent;
  cookie: string;
  csrfToken: string;
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

let order: LoadOrder = { origin: '', lgCode: '', signIns: [] };
const dose = {
  outcome: 'administered',
  product: 'flu',
  lotNumber: 'FL2610',
  expiresOn: '2027-06-30',
  physician: '試験　一郎',
  doseVolumeMl: '0.5',
  bodyTemperature: '36.5',
  isConsented: 'yes',
};

function send(seat: Seat, path: string, fields: Record<string, string> | null): Promise<Answered> {
  const body = fields === null ? null : new URLSearchParams({ csrfToken: seat.csrfToken, ...fields }).toString();
  const headers = {
    cookie: seat.cookie,
    ...(body === null
      ? {}
      : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${order.origin}${path}`, {
      agent: seat.agent,
      method: body === null ? 'GET' : 'POST',
      headers,
    });
    asked.once('error', reject);
    asked.once('response', (response: IncomingMessage) => {
      keepCookies(seat, response.headers['set-cookie'] ?? []);
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        seat.csrfToken = /name="csrfToken" value="([\w-]{43})"/u.exec(text)?.[1] ?? seat.csrfToken;
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    asked.end(body);
  });
}

function keepCookies(seat: Seat, lines: readonly string[]): void {
  const kept = new Map(
    seat.cookie
      .split('; ')
      .filter((pair) => pair !== '')
      .map((pair) => [pair.split('=')[0], pair]),
  );
  for (const line of lines) {
    const [pair = ''] = line.split(';');
    const [name, value] = pair.split('=');
    if (value === '') kept.delete(name);
    else kept.set(name, pair);
  }
  seat.cookie = [...kept.values()].join('; ');
}

async function takeSeat({ accountName, password }: LoadOrder['signIns'][number]): Promise<Seat> {
  const seat = { agent: new Agent({ keepAlive: true, maxSockets: 1 }), cookie: '', csrfToken: '' };
  await send(seat, `/m/${order.lgCode}`, null);
  await send(seat, '/sign-in', null);
  const { status } = await send(seat, '/sign-in', { accountName, password });
  if (status !== 303) throw new Error(`${accountName} could not sign in: ${status}`);
  await send(seat, '/', null);
  return seat;
}

async function record(at: readonly Seat[], openings: readonly Opening[]): Promise<LoadAnswer> {
  const times: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    at.map(async (seat, n) => {
      for (let i = n; i < openings.length; i += at.length) {
        const opening = openings[i];
        if (opening === undefined) return;
        const sentAt = performance.now();
        const { status, text } = await send(seat, opening.path, { ...dose, recordId: opening.recordId });
        if (status !== 303)
          throw new Error(
            `${status}: ${text
              .replaceAll(/<[^>]*>/gu, ' ')
              .replaceAll(/\s+/gu, ' ')
              .slice(0, 600)}`,
          );
        times.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const p95Ms = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
  return { seconds, p95Ms };
}

const seats: Seat[] = [];

async function answer(message: LoadOrder | readonly Opening[]): Promise<LoadAnswer> {
  if ('origin' in message) {
    order = message;
    for (const signIn of order.signIns) seats.push(await takeSeat(signIn));
    return { seconds: 0, p95Ms: 0 };
  }
  return record(seats, message);
}

process.on('message', (message: LoadOrder | readonly Opening[]) => {
  answer(message)
    .catch((error: unknown) => ({ trouble: String(error) }))
    .then((said) => process.send?.(said))
    .catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
