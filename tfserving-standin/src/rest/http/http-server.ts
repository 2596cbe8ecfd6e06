import { createServer, type AddressInfo, type Server } from 'node:net';
import type { RequestMemory } from '../../request-memory.js';
import { HttpConnection, type Handler } from './connection.js';

export interface HttpServer {
  /** The port it listens on. */
  readonly port: number;
  /** Takes no new connections, answers the requests under way and those that are on their way. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  /** 0 = any free port. */
  readonly port: number;
  /** Address to listen on; all addresses if absent. */
  readonly host?: string;
  readonly handler: Handler;
  readonly memory: RequestMemory;
}

/** How long an idle connection of a server that closes may still bring a last request. */
const IDLE_GRACE_MS = 300;

/** Rejects when the port cannot be had. */
export async function startHttpServer({ port, host, handler, memory }: HttpServerOptions): Promise<HttpServer> {
  const connections = new Set<HttpConnection>();
  // A client may close its side behind its last request and still wait for the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new HttpConnection(socket, handler, memory);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  server.maxConnections = memory.limits.connections;
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
        for (const connection of connections) connection.drain(IDLE_GRACE_MS);
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
