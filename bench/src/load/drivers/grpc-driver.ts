import { constants } from 'node:http2';
import type { Target } from '../trial-spec.js';
import type { Driver, DriverEvents, Ending, Exchange } from './driver.js';
import { errnoOf } from './errno.js';
import { runCall, type CallEnd } from './grpc/call.js';
import { createChannel } from './grpc/channel.js';
import { frameMessage } from './grpc/message-frame.js';
import { DEADLINE_EXCEEDED, describeStatus } from './grpc/status.js';

/**
 * gRPC's unary calls on node's HTTP/2, with messages framed before the run. grpc-js would be twice the CPU and some tenths
 * of a millisecond in every call (docs/decisions/0011-load-generator.md), all of it the client's. HTTP/2 carries many calls
 * on a connection, so a call never waits for room; calls take the connections in turn.
 */
export function createGrpcDriver(
  target: Extract<Target, { kind: 'grpc' }>,
  bodies: readonly Buffer[],
  connections: number,
  clock: () => number,
  events: DriverEvents,
): Driver {
  const messages = bodies.map(frameMessage);
  const channels = Array.from({ length: connections }, () => createChannel(target.address));
  let turn = 0;

  function finish(exchange: Exchange, doneAtNs: number, end: CallEnd): void {
    if (exchange.over) return;
    exchange.doneAtNs = doneAtNs;
    exchange.abort = undefined;
    if (end.kind === 'status') exchange.code = end.status.code;
    if (end.kind === 'lost' && end.error !== undefined) exchange.code = errnoOf(end.error);
    if (end.kind === 'message') exchange.bytesIn = end.message.length;
    events.onEnd(exchange, endingOf(end));
  }

  return {
    hasRoom: () => true,
    send(exchange) {
      const message = messages[exchange.input];
      const channel = channels[turn++ % channels.length];
      if (message === undefined || channel === undefined) throw new RangeError(`there is no request ${exchange.input}`);
      exchange.sentAtNs = clock();
      const stream = channel.call(target.method);
      exchange.abort = () => {
        stream.close(constants.NGHTTP2_CANCEL);
      };
      runCall(
        stream,
        message,
        () => {
          exchange.firstByteAtNs = clock();
        },
        (end) => {
          finish(exchange, clock(), end);
        },
      );
    },
    close: () => {
      for (const channel of channels) channel.destroy();
      return Promise.resolve();
    },
  };
}

function endingOf(end: CallEnd): Ending {
  switch (end.kind) {
    case 'message':
      return { kind: 'answer', body: end.message };
    case 'status': {
      const outcome = end.status.code === DEADLINE_EXCEEDED ? 'timeout' : 'grpc-error';
      return { kind: 'failed', outcome, reason: describeStatus(end.status) };
    }
    case 'lost':
      return { kind: 'failed', outcome: 'refused', reason: end.error?.message ?? 'the connection was lost' };
  }
}
