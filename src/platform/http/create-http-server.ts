import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyError,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { registerAssets } from './assets.ts';
import { describeError } from './describe-error.ts';
import { errorPageOf, notFoundPage } from './error-page.ts';
import { registerMonitoring } from './metrics.ts';
import { registerNulRefusal } from './refuse-nul.ts';
import { registerSecurityHeaders } from './security-headers.ts';
import type { ErrorPage, HttpServerOptions } from './types.ts';

const mebibyte = 1024 * 1024;

/**
 * A web server with everything that is the same for every system: strict headers, limits of size, time and rate,
 * forms and uploads, assets, health and figures, a log without personal data, and errors that tell people what to do.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const server = Fastify(serverOptions(options));
  server.server.maxConnections = 4000;
  registerErrors(server, options);
  registerRequestLog(server);
  await registerSecurityHeaders(server, options);
  registerNulRefusal(server);
  await server.register(cookie);
  await registerForms(server, options);
  await server.register(rateLimit, {
    global: false,
    errorResponseBuilder: () => Object.assign(new Error('too many requests'), { statusCode: 429 }),
  });
  registerMonitoring(server, options);
  if (options.assetsDir !== null) await registerAssets(server, options.assetsDir);
  return server;
}

function serverOptions(options: HttpServerOptions): FastifyHttpOptions<Server> {
  return {
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: options.trustProxy,
    bodyLimit: options.bodyLimitBytes ?? mebibyte,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200 },
    // Slow clients: 15 s for the head, five minutes for a whole upload, ten seconds between requests.
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
    requestTimeout: 300_000,
    keepAliveTimeout: 10_000,
    forceCloseConnections: 'idle',
    // Addresses that cannot be read never reach the hooks: their answer carries its own headers.
    frameworkErrors: (error, request, reply) => {
      reply.header('content-security-policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'");
      reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
      sendError(options, error, request, reply);
    },
  };
}

/** Only what browsers send from forms: no JSON, no plain text, which other sites could send without being asked. */
async function registerForms(server: FastifyInstance, options: HttpServerOptions): Promise<void> {
  server.removeAllContentTypeParsers();
  await server.register(formbody, { bodyLimit: options.bodyLimitBytes ?? mebibyte });
  await server.register(multipart, {
    limits: {
      fileSize: options.uploadLimitBytes ?? 2048 * mebibyte,
      fieldSize: 64 * 1024,
      fieldNameSize: 100,
      fields: 200,
      files: 10,
      parts: 210,
      headerPairs: 50,
    },
  });
  // The limit of a whole upload is the sum of its parts' limits; the form limit holds for the other kinds.
  server.addHook('onRoute', (route) => {
    if (route.config !== undefined && 'takesFiles' in route.config && route.config.takesFiles === true) {
      route.bodyLimit = (options.uploadLimitBytes ?? 2048 * mebibyte) + mebibyte;
    }
  });
}

/** One line per request with the pattern of the route: no address typed, no query, no person. */
function registerRequestLog(server: FastifyInstance): void {
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (route === '/healthz' || route === '/readyz' || route === '/metrics' || route.startsWith('/assets/')) return;
    request.log.info(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
}

function registerErrors(server: FastifyInstance, options: HttpServerOptions): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => sendError(options, error, request, reply));
  server.setNotFoundHandler((request, reply) => sendPage(options, notFoundPage(), request, reply));
}

function sendError(
  options: HttpServerOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const page = errorPageOf(error, request.id);
  if (page.status >= 500) request.log.error({ failure: describeError(error), errorId: request.id }, 'a request failed');
  return sendPage(options, page, request, reply);
}

function sendPage(
  options: HttpServerOptions,
  page: ErrorPage,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return reply.code(page.status).type('text/html; charset=utf-8').send(options.renderError(page, request));
}
