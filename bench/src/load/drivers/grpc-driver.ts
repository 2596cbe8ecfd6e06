import { ConnectionLost, frameMessage, type CallEnd, type GrpcStatus } from '@serving-study/http2';
import { STATUS_TABLE } from '@serving-study/serving-kit/contract';
import { clock, type Endpoint, type Network } from '../net/index.js';
import type { Target } from '../trial-spec.js';
import type { Driver, DriverEvents, Ending, Exchange } from './driver.js';
import { GrpcConnection } from './grpc/connection.js';

/** gRPC's unary calls on one HTTP/2 connection, with messages framed before the run (docs/decisions/0011-load-generator.md). */
export function createGrpcDriver(
  target: Target,
  endpoint: Endpoint,
  bodies: readonly Buffer[],
  network: Network,
  events: DriverEvents,
): Driver {
  const messages = bodies.map(frameMessage);
  const headers = Object.entries({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': target.path,
    ':authority': target.address,
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': 'serving-study',
  }).map(([name, value]) => ({ name, value, recurs: true }));
  let connection: GrpcConnection | undefined;

  function finish(exchange: Exchange, end: CallEnd): void {
    if (end.kind === 'status') exchange.code = end.status.code;
    if (end.kind === 'lost') exchange.code = end.error instanceof ConnectionLost ? end.error.errno : 0;
    if (end.kind === 'message') exchange.bytesIn = end.message.length;
    events.onEnd(exchange, endingOf(end));
  }

  return {
    hasRoom: () => connection?.takesCalls !== true || connection.hasRoom,
    send(exchange) {
      const message = messages[exchange.input];
      if (message === undefined) throw new RangeError(`there is no request ${exchange.input}`);
      if (connection?.takesCalls !== true) {
        // Opening counts as sending.
        exchange.sentAtNs = clock();
        connection = new GrpcConnection({
          open: (socketEvents) => network.connect(endpoint, socketEvents),
          headers,
          onEnd: finish,
        });
      }
      connection.send(exchange, message);
    },
  };
}

function endingOf(end: CallEnd): Ending {
  switch (end.kind) {
    case 'message':
      return { kind: 'answer', body: end.message };
    case 'status': {
      const outcome = nameOf(end.status) === 'DEADLINE_EXCEEDED' ? 'timeout' : 'grpc-error';
      return { kind: 'failed', outcome, reason: describeStatus(end.status) };
    }
    case 'lost':
      return { kind: 'failed', outcome: 'refused', reason: end.error.message };
  }
}

/** gRPC's name of a code, or the number of one that it does not know. */
function nameOf({ code }: GrpcStatus): string {
  return STATUS_TABLE[code]?.name ?? String(code);
}

/** `gRPC NOT_FOUND: Servable not found`, or without a text where the server sent none. */
function describeStatus(status: GrpcStatus): string {
  return `gRPC ${nameOf(status)}${status.message === '' ? '' : `: ${status.message}`}`;
}
