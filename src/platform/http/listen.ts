import type { FastifyInstance } from 'fastify';

/** The server could not begin to listen; the message says why and what to do. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** Begins to listen and answers the address that people can open. */
export async function listen(server: FastifyInstance, at: { host: string; port: number }): Promise<string> {
  try {
    await server.listen({ host: at.host, port: at.port });
  } catch (error) {
    throw new CannotListen(explainListenFailure(error, at), { cause: error });
  }
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  const host = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(at.host) ? 'localhost' : at.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Takes no new requests, waits for the running ones and closes; what still runs after the grace time is cut off, so
 * that the process ends in any case.
 */
export async function closeGracefully(server: FastifyInstance, graceMs = 10_000): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), graceMs);
  try {
    server.server.closeIdleConnections();
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}

/** Why a server could not begin to listen, and what to do, in Japanese and English. */
export function explainListenFailure(error: unknown, { host, port }: { host: string; port: number }): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'EADDRINUSE') {
    return (
      `ポート ${port} は、すでに起動している Sesshu かほかのプログラムが使っています。そちらを使うか止めるか、別の番号を指定してください（例: PORT=${port + 1}）。` +
      ` / Port ${port} is in use: stop the other program or choose another, e.g. PORT=${port + 1}.`
    );
  }
  if (code === 'EACCES') {
    return (
      `ポート ${port} を開く権限がありません。1024以上の番号を指定してください。` +
      ` / No permission to open port ${port}: choose one from 1024 upwards.`
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return (
      `この機械に ${host} というアドレスはありません。SESSHU_HOST の指定を確かめてください。` +
      ` / This machine has no address ${host}: check SESSHU_HOST.`
    );
  }
  return `${host}:${port} で待ち受けを始められません(${code})。 / Cannot listen on ${host}:${port} (${code}).`;
}
