import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Another address of a server on this machine. */
export interface Relay extends AsyncDisposable {
  /** Connections so far. */
  connections(): number;
  /** Connections that are open. */
  open(): number;
}

/** Passes on what comes to `ip:port`. */
export async function startRelay(ip: string, port: number, toPort: number): Promise<Relay> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    const onward = connect(toPort, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      one
        .on('error', () => undefined) // 'close' follows
        .on('close', () => {
          other.destroy();
          sockets.delete(socket);
        });
  });
  await once(server.listen(port, ip), 'listening');
  return {
    connections: () => connections,
    open: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
