import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LgCode } from '#kernel';
import { drawToken, readSessionCookie, sessionCookieValue } from './session.ts';

/** What the browser carries: a session's cookie, a visitor's cookie before sign-in, or nothing. */
export interface Visit {
  readonly session: { readonly lgCode: LgCode; readonly token: string } | null;
  readonly visitorToken: string | null;
  readonly chosen: LgCode | null;
}

/** The cookies of a server: names and strictness depend on whether people reach it by https. */
export interface Cookies {
  read(request: FastifyRequest): Visit;
  /** Begins or goes on with a session. */
  keepSession(reply: FastifyReply, lgCode: LgCode, token: string): void;
  dropSession(reply: FastifyReply): void;
  /** Gives the visitor a token for the sign-in form, and remembers the municipality chosen. */
  keepVisitor(reply: FastifyReply, lgCode: LgCode | null, token?: string): string;
}

/**
 * Cookies that scripts cannot read and other sites cannot send. With https the browser itself makes sure that no
 * neighbouring host has planted them (`__Host-`). Two systems on one host name differ by the cookies' name.
 */
export function createCookies(isHttps: boolean, name = 'sesshu'): Cookies {
  const prefix = isHttps ? '__Host-' : '';
  const sessionName = `${prefix}${name}`;
  const visitorName = `${prefix}${name}-visitor`;
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: isHttps } as const;
  return {
    read(request) {
      const visitor = /^(\d{6})?\.([\w-]{43})$/u.exec(request.cookies[visitorName] ?? '');
      return {
        session: readSessionCookie(request.cookies[sessionName]) ?? null,
        visitorToken: visitor?.[2] ?? null,
        chosen: (visitor?.[1] as LgCode | undefined) ?? null,
      };
    },
    keepSession(reply, lgCode, token) {
      reply.setCookie(sessionName, sessionCookieValue(lgCode, token), options);
      reply.clearCookie(visitorName, options);
    },
    dropSession(reply) {
      // What the browser holds of pages that were shown goes with the session.
      reply.header('clear-site-data', '"cache", "storage"');
      reply.clearCookie(sessionName, options);
    },
    keepVisitor(reply, lgCode, token = drawToken()) {
      reply.setCookie(visitorName, `${lgCode ?? ''}.${token}`, options);
      return token;
    },
  };
}

/**
 * Whether a form came from a page of this server, as far as the browser says so. Browsers always say it today; where
 * neither header came, the form's own proof decides alone.
 */
export function isFromOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.host;
}

/**
 * The terminal that a trusted proxy has named (`x-sesshu-terminal`), after it looked at the terminal's certificate. What
 * comes without a proxy, or by one that nobody trusts, is somebody's own word and is not read.
 */
export function terminalOf(request: FastifyRequest): string | null {
  // Of a caller whom nobody trusts there is one address alone.
  if ((request.ips?.length ?? 0) < 2) return null;
  const named = request.headers['x-sesshu-terminal'];
  return typeof named === 'string' && /^[\w.-]{1,64}$/u.test(named) ? named : null;
}
