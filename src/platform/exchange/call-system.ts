import { randomBytes } from 'node:crypto';
import { UnreadableInput } from '#kernel';
import type { Clock } from '#platform/clock';
import { mayCall } from '#platform/http';
import { isAnswerTo, signRequest } from './signature.ts';
import type { PeerKey, SystemKey } from './types.ts';

/** Whom to call and as whom. */
export interface CallOptions {
  /** Address of the other system's gate: `https://clinic.example.jp`. */
  readonly origin: string;
  readonly path: string;
  readonly key: SystemKey;
  readonly peer: PeerKey;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** The other system refused a call or could not be believed; the message is for the log and holds no personal data. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

/** The other system heard the call, believed it, and would not do what it asks. */
export class CallRefused extends CallFailed {}

const answerBytesMax = 32 * 1024 * 1024;

/**
 * Calls another system with a text and answers its text. Throws CallFailed unless the answer is signed by that system
 * for this very call; what it refuses is in the message.
 */
export async function callSystem(options: CallOptions, body: string): Promise<string> {
  const { path, key, peer, clock } = options;
  const address = new URL(path, readOrigin(options.origin));
  const nonce = randomBytes(24).toString('base64url');
  const at = { created: seconds(clock), nonce };
  const headers = { 'content-type': 'application/json', ...signRequest(key, { method: 'POST', path, body }, at) };
  const signal = AbortSignal.timeout(options.timeoutMs ?? 20_000);
  const response = await fetch(address, { method: 'POST', headers, body, redirect: 'error', signal }).catch(
    (error: unknown) => {
      throw new CallFailed(`${address.origin} does not answer`, { cause: error });
    },
  );
  const text = await readLimited(response);
  const signed = {
    'content-digest': response.headers.get('content-digest') ?? '',
    'signature-input': response.headers.get('signature-input') ?? '',
    signature: response.headers.get('signature') ?? '',
  };
  const asked = { nonce, nowSeconds: seconds(clock) };
  if (!isAnswerTo(peer, { status: response.status, body: text }, signed, asked)) {
    throw new CallFailed(`${address.origin} answered ${response.status} without the signature of its key`);
  }
  if (response.status !== 200) throw new CallRefused(`${address.origin} refused: ${text.slice(0, 500)}`);
  return text;
}

/** An address that may be called: encrypted, or on this machine. */
export function readOrigin(text: string): string {
  const url = URL.parse(text);
  if (url === null || !mayCall(url)) {
    throw new UnreadableInput(
      '連携相手のアドレスは https:// で始めてください（同じ機械の中だけは http:// も使えます）。',
    );
  }
  return url.origin;
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) throw new CallFailed('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function seconds(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}
