import { ConnectionLost, frameMessage, type CallEnd, type GrpcStatus } from '@serving-study/http2';
import { STATUS_TABLE } from '@serving-study/serving-kit/contract';
import { clock, type Endpoint, type Network } from '../net/index.js';
import type { Target } from '../trial-spec.js';
import type { Driver, DriverEvents, Ending, Exchange } from './driver.js';
import { GrpcConnection } from './grpc/connection.js';

/**
 * gRPC's unary calls on HTTP/2, with messages framed before the run (docs/decisions/0011-load-generator.md). HTTP/2 carries
 * many calls on a connection; calls take the connections in turn.
 */
export function createGrpcDriver(
  target: Extract<Target, { kind: 'grpc' }>,
  endpoint: Endpoint,
  bodies: readonly Buffer[],
  connections: number,
  network: Network,
  events: DriverEvents,
): Driver {
  const messages = bodies.map(frameMessage);
  const headers = Object.entries({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': target.method,
    ':authority': target.address,
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': 'serving-study',
  }).map(([name, value]) => ({ name, value, recurs: true }));
  const slots: (GrpcConnection | undefined)[] = Array.from({ length: connections }, () => undefined);
  let turn = 0;

  function finish(exchange: Exchange, end: CallEnd): void {
    if (end.kind === 'status') exchange.code = end.status.code;
    if (end.kind === 'lost') exchange.code = end.error instanceof ConnectionLost ? end.error.errno : 0;
    if (end.kind === 'message') exchange.bytesIn = end.message.length;
    events.onEnd(exchange, endingOf(end));
  }

  /** The next slot, in turn, that can carry a call. */
  function nextSlot(): number | undefined {
    for (let step = 0; step < slots.length; step++) {
      const index = (turn + step) % slots.length;
      const connection = slots[index];
      if (connection === undefined || !connection.takesCalls || connection.hasRoom) return index;
    }
    return undefined;
  }

  return {
    hasRoom: () => nextSlot() !== undefined,
    send(exchange) {
      const message = messages[exchange.input];
      const index = nextSlot();
      if (message === undefined || index === undefined) throw new RangeError(`there is no request ${exchange.input}`);
      turn = index + 1;
      let connection = slots[index];
      if (connection?.takesCalls !== true) {
        // Opening counts as sending.
        exchange.sentAtNs = clock();
        connection = new GrpcConnection({
          open: (socketEvents) => network.connect(endpoint, socketEvents),
          headers,
          onEnd: finish,
        });
        slots[index] = connection;
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
