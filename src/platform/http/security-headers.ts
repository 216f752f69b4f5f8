import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { HttpServerOptions } from './types.ts';

/**
 * Strict headers on every answer: nothing is loaded from elsewhere, nothing runs or styles inline, nobody frames us,
 * nothing but assets is kept in a cache.
 */
export async function registerSecurityHeaders(
  server: FastifyInstance,
  { isHttps, coversSubdomains = true }: Pick<HttpServerOptions, 'isHttps' | 'coversSubdomains'>,
): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'none'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameSrc: ["'none'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    hsts: isHttps ? { maxAge: 63_072_000, includeSubDomains: coversSubdomains } : false,
    // With no-referrer browsers send `Origin: null` on forms, and the check of the origin would lose its meaning.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
    originAgentCluster: isHttps,
    crossOriginOpenerPolicy: isHttps,
  });
  server.addHook('onSend', async (_request, reply) => {
    reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}
