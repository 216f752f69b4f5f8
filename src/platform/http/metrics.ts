import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { HttpServerOptions } from './types.ts';

const registries = new WeakMap<object, Registry>();

/** `/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus), for this machine or a token only. */
export function registerMonitoring(server: FastifyInstance, options: HttpServerOptions): void {
  const registry = new Registry();
  registries.set(server.server, registry);
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'sesshu_http_request_seconds',
    help: 'Time from the request to the end of the answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20],
    registers: [registry],
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  const guard = async (request: FastifyRequest): Promise<void> => {
    if (!isMonitor(request, options.monitorToken)) throw Object.assign(new Error('not a monitor'), { statusCode: 404 });
  };
  server.get('/healthz', { onRequest: guard }, async (_request, reply) => await reply.type('text/plain').send('ok\n'));
  server.get('/readyz', { onRequest: guard }, async (_request, reply) => {
    const isReady = await options.isReady().catch(() => false);
    return await reply
      .code(isReady ? 200 : 503)
      .type('text/plain')
      .send(isReady ? 'ready\n' : 'not ready\n');
  });
  server.get('/metrics', { onRequest: guard }, async (_request, reply) => {
    return await reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** A proxy on this machine speaks for the whole world, so what it passes on is not this machine. */
function isMonitor(request: FastifyRequest, token: string | null): boolean {
  const { headers, socket } = request;
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
  const remote = socket.remoteAddress ?? '';
  const isLocal = remote === '::1' || remote.replace(/^::ffff:/u, '').startsWith('127.');
  if (isLocal && !isForwarded) return true;
  if (token === null) return false;
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
