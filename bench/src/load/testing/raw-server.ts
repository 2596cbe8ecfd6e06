import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export type RawServer = Awaited<ReturnType<typeof startRawServer>>;

/** A TCP server that does with each connection what the test says; `index` counts them from 0. */
export async function startRawServer(accept: (socket: Socket, index: number) => void) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that gives up is part of the test.
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    accept(socket, connections++);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    /** `127.0.0.1:port` */
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** So far. */
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Sends the pieces in segments of their own, as far as the kernel lets it. */
export async function writePieces(socket: Socket, pieces: readonly (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** `bytes` in pieces whose lengths are `sizes`, again and again. */
export function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = Math.max(1, sizes[pieces.length % sizes.length] ?? 1);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
