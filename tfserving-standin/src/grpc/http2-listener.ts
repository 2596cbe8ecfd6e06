import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { SslConfig } from '../config/index.js';
import { StatusError } from '../status-error.js';
import type { ChannelArguments } from './channel-arguments.js';
import { applyConnectionRules } from './connection-rules.js';
import { CODE } from '@serving-study/http2';
import { Http2Connection, type Http2Stream } from './http2/index.js';
import type { CallServer } from './incoming-call.js';
import { metadataLimitBytes } from './metadata-size.js';
import { serveCall } from './serve-call.js';

/** Where to listen: a TCP port (0 = any free one) or a UNIX socket. */
export type ListenAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface ListenerOptions extends Omit<CallServer, 'waiting' | 'metadataLimitBytes'> {
  readonly rules: ChannelArguments;
  readonly tls: SslConfig | undefined;
}

export interface Listener {
  /** 0 for a UNIX socket. */
  readonly port: number;
  /** Takes no new connections and calls, waits for those under way. */
  close(): Promise<void>;
}

/** How long clients have to learn that the server closes. */
const NOTICE_MS = 1000;
/** A server that closes drops an answer of which nothing is read for this long. */
const UNREAD_MS = 2000;

/** Serves gRPC over HTTP/2 on one address. Rejects with UNAVAILABLE when it is taken, INVALID_ARGUMENT for an unusable key. */
export async function listen(address: ListenAddress, options: ListenerOptions): Promise<Listener> {
  const connections = new Set<OpenConnection>();
  const context: CallServer = {
    ...options,
    waiting: new Set<Http2Stream>(),
    metadataLimitBytes: metadataLimitBytes(options.rules),
  };
  let isClosing = false;
  const server = createSocketServer(options.tls, (socket) => {
    if (isClosing) {
      socket.destroy();
      return;
    }
    const connection = new Http2Connection(socket, {
      maxStreams: options.rules['grpc.max_concurrent_streams'],
      headersLimitBytes: context.metadataLimitBytes,
      handshakeMs: options.rules['grpc.server_handshake_timeout_ms'],
      headersMs: options.memory.limits.timeoutMs,
    });
    const open = { http2: connection, name: nameOf(socket) };
    connections.add(open);
    connection.once('close', () => connections.delete(open));
    connection.on('stream', (stream, headers) => {
      serveCall(stream, headers, context);
    });
    applyConnectionRules(connection, options.rules);
  });
  const sockets = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    sockets.set(name, socket);
    socket.once('close', () => sockets.delete(name));
  });
  server.maxConnections = options.memory.limits.connections;
  server.listen(address);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new StatusError(
      'UNAVAILABLE',
      `gRPC cannot listen on ${'path' in address ? address.path : `${address.host}:${address.port}`}: ${String(cause)}`,
    );
  }
  return {
    port: portOf(server.address()),
    close: async () => {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      const endWaiting = (): void => {
        for (const stream of context.waiting) stream.reset(CODE.cancel);
      };
      endWaiting();
      // Those that have not finished their TLS handshake are no connections yet.
      for (const { name } of connections) sockets.delete(name);
      for (const socket of sockets.values()) socket.destroy();
      await Promise.all([...connections].map(({ http2 }) => http2.close(NOTICE_MS)));
      // Begun before their clients knew.
      endWaiting();
      for (const { http2 } of connections) http2.dropUnread(UNREAD_MS);
      await closed;
    },
  };
}

interface OpenConnection {
  readonly http2: Http2Connection;
  readonly name: string;
}

/** The same for a TCP connection and for the TLS on it. */
function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function createSocketServer(tls: SslConfig | undefined, onConnection: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer(onConnection);
  try {
    const onSecure = (socket: TLSSocket): void => {
      if (socket.alpnProtocol === 'h2') onConnection(socket);
      else socket.destroy();
    };
    return createTlsServer(
      {
        ALPNProtocols: ['h2'],
        key: tls.serverKey,
        cert: tls.serverCert,
        ...(tls.customCa === '' ? {} : { ca: tls.customCa }),
        requestCert: tls.clientVerify,
        rejectUnauthorized: tls.clientVerify,
      },
      onSecure,
    );
  } catch (cause) {
    throw new StatusError(
      'INVALID_ARGUMENT',
      `gRPC cannot use the key and certificates of its SSLConfig: ${String(cause)}`,
    );
  }
}
