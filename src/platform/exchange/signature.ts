import { createHash, sign, timingSafeEqual, verify } from 'node:crypto';
import type { PeerKey, SystemKey } from './types.ts';

/** The headers of a signed request or answer. */
export interface SignedHeaders {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

/** What is signed of a request; an answer carries the request's nonce. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What a verified signature says. */
export interface Verified {
  readonly nonce: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A call is believed for so long on either side of its hour: clocks differ, and lines are slow. */
export const callSeconds = 300;

type Components = readonly (readonly [name: string, value: string])[];

/** Signs a request. @spec RFC 9421 2.5 (signature base), 3.1; RFC 9530 (content-digest) */
export function signRequest(key: SystemKey, request: SignedRequest, at: Verified): SignedHeaders {
  return signComponents(key, request.body, requestComponents(request), at, requestTag);
}

/** Signs the answer to a request, by whose nonce it is bound to it. */
export function signAnswer(key: SystemKey, answer: { status: number; body: string }, at: Verified): SignedHeaders {
  return signComponents(key, answer.body, [['@status', String(answer.status)]], at, answerTag);
}

/** Which key a request says it is signed with, before anything of it is believed. */
export function findKeyId(headers: Partial<SignedHeaders>): string | undefined {
  return /;keyid="([0-9a-f]{16})"/u.exec(headers['signature-input'] ?? '')?.[1];
}

/** Holds a request to a key and an hour; undefined for whatever does not fit. */
export function verifyRequest(
  peer: PeerKey,
  request: SignedRequest,
  headers: Partial<SignedHeaders>,
  nowSeconds: number,
): Verified | undefined {
  const found = verifyComponents(peer, request.body, requestComponents(request), headers, requestTag);
  if (found === undefined || Math.abs(nowSeconds - found.created) > callSeconds) return undefined;
  return found;
}

/** Holds an answer to a key, an hour and the request's nonce; false for whatever does not fit. */
export function isAnswerTo(
  peer: PeerKey,
  answer: { readonly status: number; readonly body: string },
  headers: Partial<SignedHeaders>,
  asked: { readonly nonce: string; readonly nowSeconds: number },
): boolean {
  const components: Components = [['@status', String(answer.status)]];
  const found = verifyComponents(peer, answer.body, components, headers, answerTag);
  return found?.nonce === asked.nonce && Math.abs(asked.nowSeconds - found.created) <= callSeconds;
}

const requestTag = 'sesshu-call';
const answerTag = 'sesshu-answer';

function requestComponents({ method, path }: SignedRequest): Components {
  return [
    ['@method', method],
    ['@path', path],
  ];
}

function signComponents(
  key: SystemKey,
  body: string,
  components: Components,
  at: Verified,
  tag: string,
): SignedHeaders {
  const digest = digestOf(body);
  const params = paramsOf(components, { ...at, keyId: key.keyId, tag });
  const value = sign(null, Buffer.from(baseOf(components, digest, params)), key.privateKey).toString('base64');
  return { 'content-digest': digest, 'signature-input': `sesshu=${params}`, signature: `sesshu=:${value}:` };
}

function verifyComponents(
  peer: PeerKey,
  body: string,
  components: Components,
  headers: Partial<SignedHeaders>,
  tag: string,
): Verified | undefined {
  const input = /;created=(\d{1,12});nonce="([A-Za-z0-9_-]{22,64})";/u.exec(headers['signature-input'] ?? '');
  const signature = /^sesshu=:([A-Za-z0-9+/]{86}==):$/u.exec(headers.signature ?? '')?.[1];
  if (input === null || signature === undefined) return undefined;
  const at = { created: Number(input[1]), nonce: input[2] ?? '' };
  const params = paramsOf(components, { ...at, keyId: peer.keyId, tag });
  // What was signed is put together anew from what we know: no word of the caller decides what is covered.
  if (headers['signature-input'] !== `sesshu=${params}`) return undefined;
  const digest = digestOf(body);
  if (!isSame(digest, headers['content-digest'] ?? '')) return undefined;
  const base = Buffer.from(baseOf(components, digest, params));
  return verify(null, base, peer.publicKey, Buffer.from(signature, 'base64')) ? at : undefined;
}

function paramsOf(components: Components, given: Verified & { readonly keyId: string; readonly tag: string }): string {
  const names = [...components.map(([name]) => `"${name}"`), '"content-digest"'].join(' ');
  return `(${names});created=${given.created};nonce="${given.nonce}";keyid="${given.keyId}";alg="ed25519";tag="${given.tag}"`;
}

function baseOf(components: Components, digest: string, params: string): string {
  const lines = components.map(([name, value]) => `"${name}": ${value}`);
  return [...lines, `"content-digest": ${digest}`, `"@signature-params": ${params}`].join('\n');
}

function digestOf(body: string): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
