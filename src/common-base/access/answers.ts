import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { mayCall } from '#platform/http';
import type { Html } from '#platform/pages';

/** Go on at another page of ours (303): after every form that changed something. */
export interface Redirect {
  readonly kind: 'redirect';
  readonly path: string;
}

/** Go on at another page of ours with the form as it was sent (307): a search that waited for a choice. */
export interface SentOn {
  readonly kind: 'sentOn';
  readonly path: string;
}

/** A file to keep or to look at. */
export interface FileAnswer {
  readonly kind: 'file';
  readonly name: string;
  readonly mediaType: string;
  readonly chunks: AsyncIterable<Uint8Array> | Uint8Array;
  /** Shown in the browser instead of kept; only for kinds that cannot run anything (PDF). */
  readonly isInline: boolean;
}

/** A page with a status of its own: 422 refused, 409 questioned. */
export interface PageAnswer {
  readonly kind: 'page';
  readonly status: number;
  readonly body: Html;
}

/** To another site: the municipality's identity provider. */
export interface Leave {
  readonly kind: 'leave';
  readonly url: URL;
}

/** What a handler answers. A bare Html is a page (or a fragment of one) with status 200. */
export type Answer = Html | Redirect | SentOn | FileAnswer | PageAnswer | Leave;

/** Go on at a path of ours; anything else is a programmer's error. */
export function redirectTo(path: string): Redirect {
  if (!isOwnPath(path)) throw new TypeError('a redirect leads to a path of our own');
  return { kind: 'redirect', path };
}

/** Goes on at a path of ours with the same form. */
export function sendOn(path: string): SentOn {
  return { kind: 'sentOn', path: redirectTo(path).path };
}

/** Leaves for another site whose address the settings name; without encryption only on this machine. */
export function leaveTo(url: URL): Leave {
  if (!mayCall(url)) throw new TypeError('another site is reached by https');
  return { kind: 'leave', url };
}

/** Hands out a file. */
export function sendFile(file: Omit<FileAnswer, 'kind' | 'isInline'> & { readonly isInline?: boolean }): FileAnswer {
  return { ...file, kind: 'file', isInline: file.isInline ?? false };
}

/** A page with a status: 422 when the form was refused, 409 when the world had changed. */
export function answerWith(status: number, body: Html): PageAnswer {
  return { kind: 'page', status, body };
}

/** A path of ours that a link may name as the place to go on; the start page for anything else. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && isOwnPath(next) ? next : '/';
}

/** Puts an answer on the wire. */
export async function sendAnswer(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  if (!('kind' in answer)) return await reply.type('text/html; charset=utf-8').send(answer.toString());
  if (answer.kind === 'page') {
    return await reply.code(answer.status).type('text/html; charset=utf-8').send(answer.body.toString());
  }
  if (answer.kind === 'leave') return await reply.redirect(answer.url.href, 303);
  if (answer.kind === 'sentOn') return await reply.redirect(answer.path, 307);
  if (answer.kind === 'redirect') return await reply.redirect(answer.path, 303);
  const disposition = answer.isInline ? 'inline' : 'attachment';
  reply.header('content-disposition', `${disposition}; ${fileNameParameters(answer.name)}`);
  const { chunks } = answer;
  return await reply.type(answer.mediaType).send(chunks instanceof Uint8Array ? chunks : Readable.from(chunks));
}

/** Browsers read a backslash and a control character as they please: neither is part of a path of ours. */
function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[\w\-./~%!$&'()*+,;=:@?]*(?:#[\w-]+)?$/u.test(path);
}

/** Both forms of RFC 6266: plain letters for old programs, UTF-8 for the rest. */
function fileNameParameters(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/gu, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/gu, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `filename="${plain}"; filename*=UTF-8''${encoded}`;
}
