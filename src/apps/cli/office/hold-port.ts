import { createServer } from 'node:http';
import { CannotListen, explainListenFailure } from '#platform/http';

/** A port that is ours from the first moment, so that a second start is told at once. */
export interface HeldPort {
  /** The port held, also where the system chose it. */
  readonly port: number;
  /** Lets go of it, for the office to listen there. */
  release(): Promise<void>;
}

const page = `<!doctype html>
<html lang="ja"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>準備しています</title>
<h1>準備しています</h1>
<p>予防接種事務システムを起動しています。準備ができると、この画面が切り替わります。</p>
</html>
`;

/** Takes the port and tells whoever comes that the office is getting ready (503). */
export async function holdPort(at: { readonly host: string; readonly port: number }): Promise<HeldPort> {
  const server = createServer((request, response) => {
    const isAlive = request.url === '/healthz';
    response.writeHead(isAlive ? 200 : 503, {
      'content-type': isAlive ? 'text/plain' : 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'retry-after': '3',
      connection: 'close',
    });
    response.end(isAlive ? 'ok\n' : page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new CannotListen(explainListenFailure(error, at), { cause: error })));
    server.listen({ host: at.host, port: at.port }, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  let released: Promise<void> | undefined;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    port,
    release() {
      released ??= close();
      return released;
    },
  };
}
