import { connect, createServer, type Socket } from 'node:net';

/** A line to another system that can be torn at any moment. */
export interface CutLine {
  readonly origin: string;
  /** Tears every call under way: what was said may have arrived or not. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens a line of this machine's own to the system at an address. */
export async function openCutLine(origin: string): Promise<CutLine> {
  const { hostname, port } = new URL(origin);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    keep(near).pipe(keep(far)).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${address.port}`,
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
