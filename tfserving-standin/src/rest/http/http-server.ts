import { createServer, type AddressInfo, type Server } from 'node:net';
import { HttpConnection, type Handler } from './connection.js';

export interface HttpServer {
  /** The port it listens on. */
  readonly port: number;
  /** Takes no new connections and requests, finishes those under way. */
  close(): Promise<void>;
}

/** Listens on all addresses (or on `host`). Rejects when the port cannot be had. */
export async function startHttpServer(port: number, handler: Handler, host?: string): Promise<HttpServer> {
  const connections = new Set<HttpConnection>();
  // A client may close its side behind its last request and still wait for the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new HttpConnection(socket, handler);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  await listen(server, port, host);
  // A connection that could not be accepted (no descriptor left) must not end the process: the client sees it fail.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const connection of connections) connection.drain();
      }),
  };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
