import { compressionAlgorithms, credentials, Client, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { filledRequest } from './messages.js';
import type { Places } from './placeholders.js';
import type { GrpcRequest } from './recordings.js';

export interface GrpcAnswer {
  /** Canonical name, `OK` included. */
  readonly code: string;
  readonly message: string;
  /** The serialized response; empty on errors. */
  readonly bytes: Buffer;
}

export interface GrpcCaller {
  call(request: GrpcRequest, places: Places): Promise<GrpcAnswer>;
  close(): void;
}

const COMPRESSIONS = { gzip: compressionAlgorithms.gzip, deflate: compressionAlgorithms.deflate } as const;

/** Sends recorded requests as the bytes they are to one server. Reconnects quickly: servers of a replay come and go. */
export function grpcCaller(target: string): GrpcCaller {
  const options = {
    'grpc.max_receive_message_length': -1,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 50,
  };
  const clients = new Map<string, Client>();
  const clientFor = (compression: GrpcRequest['compression']): Client => {
    const key = compression ?? 'none';
    const client =
      clients.get(key) ??
      new Client(target, credentials.createInsecure(), {
        ...options,
        // A pool of its own: its connections end with it.
        'grpc.use_local_subchannel_pool': 1,
        ...(compression === undefined ? {} : { 'grpc.default_compression_algorithm': COMPRESSIONS[compression] }),
      });
    clients.set(key, client);
    return client;
  };
  return {
    call: (request, places) => {
      const bytes = Buffer.from(request.bytes_base64, 'base64');
      return unary(
        clientFor(request.compression),
        request,
        request.placeholders ? filledRequest(request.method, bytes, places) : bytes,
      );
    },
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}

function unary(client: Client, request: GrpcRequest, bytes: Buffer): Promise<GrpcAnswer> {
  const same = (value: Buffer): Buffer => value;
  return new Promise((resolve) => {
    const answered = (error: ServiceError | null, response?: Buffer): void => {
      if (error !== null) resolve({ code: status[error.code], message: error.details, bytes: Buffer.alloc(0) });
      else resolve({ code: 'OK', message: '', bytes: response ?? Buffer.alloc(0) });
    };
    client.makeUnaryRequest(
      request.method,
      same,
      same,
      bytes,
      new Metadata(),
      { deadline: Date.now() + request.timeout_ms },
      answered,
    );
  });
}
