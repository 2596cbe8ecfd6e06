import { once } from 'node:events';
import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { SslConfig } from '../config/index.js';
import { StatusError } from '../status-error.js';
import type { ChannelArguments } from './channel-arguments.js';
import { applyConnectionRules } from './connection-rules.js';
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

/** How many bytes of one message a client may send before the server has read any. */
const STREAM_WINDOW_BYTES = 2 ** 20;

/** Node resets calls with larger headers itself, without a status; gRPC's limit has to be met before that. */
const NODE_HEADERS_BYTES = 65_535;

/** Serves gRPC over HTTP/2 on one address. Rejects with UNAVAILABLE when it is taken, INVALID_ARGUMENT for an unusable key. */
export async function listen(address: ListenAddress, options: ListenerOptions): Promise<Listener> {
  const server = createHttp2Server(options);
  const sessions = new Set<ServerHttp2Session>();
  const context: CallServer = {
    ...options,
    waiting: new Set<ServerHttp2Stream>(),
    metadataLimitBytes: metadataLimitBytes(options.rules),
  };
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // Garbage on the wire ends its own connection only.
    session.on('error', () => {
      session.destroy();
    });
    applyConnectionRules(session, options.rules);
  });
  server.on('stream', (stream: ServerHttp2Stream, named: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    serveCall(stream, { named, raw }, context);
  });
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
      const closed = once(server, 'close');
      server.close();
      for (const stream of context.waiting) stream.close(constants.NGHTTP2_CANCEL);
      for (const session of sessions) session.close();
      await closed;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function createHttp2Server({ rules, tls }: ListenerOptions): Http2Server {
  const http2 = {
    settings: {
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxConcurrentStreams: rules['grpc.max_concurrent_streams'],
      enablePush: false,
      maxHeaderListSize: Math.min(2 ** 32 - 1, Math.max(NODE_HEADERS_BYTES, 2 * metadataLimitBytes(rules))),
    },
    // Headers are limited by their size alone, as in gRPC; node takes 128 otherwise.
    maxHeaderListPairs: 2 ** 16,
    // Node refuses calls of a connection that holds more than 10 MB otherwise; gRPC limits messages, not connections.
    maxSessionMemory: Number.MAX_SAFE_INTEGER,
  };
  if (tls === undefined) return createServer(http2);
  try {
    return createSecureServer({
      ...http2,
      key: tls.serverKey,
      cert: tls.serverCert,
      ...(tls.customCa === '' ? {} : { ca: tls.customCa }),
      requestCert: tls.clientVerify,
      rejectUnauthorized: tls.clientVerify,
    });
  } catch (cause) {
    throw new StatusError(
      'INVALID_ARGUMENT',
      `gRPC cannot use the key and certificates of its SSLConfig: ${String(cause)}`,
    );
  }
}
