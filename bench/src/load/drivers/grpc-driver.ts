import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import type { Target } from '../trial-spec.js';
import type { Driver, DriverEvents, Ending } from './driver.js';

/** Largest message either way. Above TensorFlow Serving's own default, so that the generator is never the one to refuse. */
const MESSAGE_BYTES = 256 * 1024 * 1024;

/**
 * gRPC by grpc-js, with messages as bytes both ways: they are encoded before the run and decoded only when an answer has not
 * been seen before. HTTP/2 carries many calls on a connection, so a call never waits for room.
 */
export function createGrpcDriver(
  target: Extract<Target, { kind: 'grpc' }>,
  connections: number,
  clock: () => number,
  events: DriverEvents,
): Driver {
  const clients = Array.from(
    { length: connections },
    () =>
      new Client(target.address, credentials.createInsecure(), {
        'grpc.max_receive_message_length': MESSAGE_BYTES,
        'grpc.max_send_message_length': MESSAGE_BYTES,
        // Otherwise clients of one address share one connection.
        'grpc.use_local_subchannel_pool': 1,
        'grpc.enable_retries': 0,
      }),
  );
  const metadata = new Metadata();
  let turn = 0;

  return {
    hasRoom: () => true,
    send(exchange) {
      const client = clients[turn++ % clients.length];
      if (client === undefined) throw new RangeError('a gRPC driver needs at least one connection');
      exchange.sentAtNs = clock();
      const call = client.makeUnaryRequest(target.method, asBytes, asBytes, exchange.body, metadata, (error, body) => {
        const nowNs = clock();
        if (exchange.over) return;
        exchange.doneAtNs = nowNs;
        exchange.abort = undefined;
        exchange.code = error?.code ?? 0;
        exchange.bytesIn = body?.length ?? 0;
        events.onEnd(exchange, error === null ? { kind: 'answer', body: body ?? Buffer.alloc(0) } : failure(error));
      });
      exchange.abort = () => {
        call.cancel();
      };
      call.on('metadata', () => {
        exchange.firstByteAtNs = clock();
      });
    },
    close: () => {
      for (const client of clients) client.close();
      return Promise.resolve();
    },
  };
}

function asBytes(message: Buffer): Buffer {
  return message;
}

function failure(error: ServiceError): Ending {
  const reason = `gRPC ${status[error.code]}: ${error.details}`;
  if (error.code === status.DEADLINE_EXCEEDED) return { kind: 'failed', outcome: 'timeout', reason };
  // grpc-js gives a connection it could not make the same code that a server gives when it is not ready.
  const refused =
    error.code === status.UNAVAILABLE && /^(No connection established|Connection dropped)/.test(error.details);
  return { kind: 'failed', outcome: refused ? 'refused' : 'grpc-error', reason };
}
