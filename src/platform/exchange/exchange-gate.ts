import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Conflict, UnreadableInput } from '#kernel';
import type { Clock } from '#platform/clock';
import { callSeconds, findKeyId, signAnswer, verifyRequest } from './signature.ts';
import type { PeerKey, SystemKey } from './types.ts';

/** How a system lets itself be called; `Caller` is what it knows of a key. */
export interface GateOptions<Caller extends { readonly peer: PeerKey }> {
  readonly path: string;
  readonly key: SystemKey;
  readonly clock: Clock;
  /**
   * Whose key that is; undefined for a key that is not or no longer believed. The body helps to look in the right place;
   * nothing of it is believed yet.
   */
  readonly findCaller: (keyId: string, body: string) => Promise<Caller | undefined>;
  /** Remembers a call until an instant; false when it was made before. */
  readonly rememberCall: (caller: Caller, nonce: string, until: Date) => Promise<boolean>;
  /** Does what is asked; UnreadableInput and Conflict are told to the caller, anything else is a fault of ours. */
  readonly answer: (caller: Caller, body: string) => Promise<string>;
}

const bodyBytesMax = 32 * 1024 * 1024;

/** Adds the one route by which another system calls this one. */
export async function addExchangeGate<Caller extends { readonly peer: PeerKey }>(
  server: FastifyInstance,
  options: GateOptions<Caller>,
): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: bodyBytesMax },
      (_request, body, done) => done(null, body),
    );
    scope.route({
      method: 'POST',
      url: options.path,
      bodyLimit: bodyBytesMax,
      config: { rateLimit: { max: 1200 } },
      handler: async (request, reply) => answerCall(options, request, reply),
    });
  });
}

async function answerCall<Caller extends { readonly peer: PeerKey }>(
  options: GateOptions<Caller>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { key, clock } = options;
  const body = typeof request.body === 'string' ? request.body : '';
  const headers = pickHeaders(request);
  const keyId = findKeyId(headers);
  const caller = keyId === undefined ? undefined : await options.findCaller(keyId, body);
  const nowSeconds = Math.floor(clock.now().getTime() / 1000);
  const call = { method: 'POST', path: options.path, body };
  const verified = caller === undefined ? undefined : verifyRequest(caller.peer, call, headers, nowSeconds);
  if (caller === undefined || verified === undefined) return refuse(request, reply, 'notSigned');
  const until = new Date((verified.created + callSeconds + 1) * 1000);
  if (!(await options.rememberCall(caller, verified.nonce, until))) return refuse(request, reply, 'repeated');
  const { status, text } = await doWhatIsAsked(() => options.answer(caller, body));
  const at = { created: nowSeconds, nonce: verified.nonce };
  return reply
    .code(status)
    .headers({ ...signAnswer(key, { status, body: text }, at) })
    .type('application/json; charset=utf-8')
    .send(text);
}

async function doWhatIsAsked(work: () => Promise<string>): Promise<{ status: number; text: string }> {
  try {
    return { status: 200, text: await work() };
  } catch (error) {
    if (error instanceof UnreadableInput) return { status: 422, text: JSON.stringify({ refused: error.message }) };
    if (error instanceof Conflict) return { status: 409, text: JSON.stringify({ refused: error.message }) };
    throw error;
  }
}

/** Nobody learns why: a stranger gets the same answer for every fault. */
function refuse(request: FastifyRequest, reply: FastifyReply, why: string): FastifyReply {
  request.log.warn({ why, from: request.ip }, 'a call was not believed');
  return reply.code(401).header('cache-control', 'no-store').type('text/plain').send('');
}

function pickHeaders(request: FastifyRequest) {
  const text = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    'content-digest': text('content-digest'),
    'signature-input': text('signature-input'),
    signature: text('signature'),
  };
}
