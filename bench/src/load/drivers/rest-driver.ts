import { HEADERS } from '@serving-study/serving-kit/contract';
import type { Target } from '../trial-spec.js';
import type { Driver, DriverEvents, Ending, Exchange } from './driver.js';
import { errnoOf } from './errno.js';
import { createConnection, type Connection, type ConnectionEvents } from './http1/connection.js';
import { encodeRequest } from './http1/encode-request.js';
import type { Http1Response } from './http1/response-reader.js';

/** Length of an error body's start that is told to the reader. */
const EXCERPT_BYTES = 300;

/**
 * HTTP/1.1 on keep-alive connections. Of our own, because undici takes a turn of the event loop before it uses an idle
 * connection, which an open loop would report as 0.1 to 0.2 ms of every response (docs/decisions/0011-load-generator.md).
 * Connections are taken in turn, so that all of a server's processes get work and no connection idles into the server's
 * keep-alive timeout.
 */
export function createRestDriver(
  target: Extract<Target, { kind: 'rest' }>,
  bodies: readonly Buffer[],
  connections: number,
  clock: () => number,
  events: DriverEvents,
): Driver {
  const { hostname, port } = new URL(target.origin);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const requests = bodies.map((body) => encodeRequest(target, body));
  const all: Connection[] = [];
  const free: Connection[] = [];

  function open(): Connection {
    const connection = createConnection(host, port === '' ? 80 : Number(port));
    all.push(connection);
    return connection;
  }

  /** The connection is free again; then the exchange ends, unless it was given up before. */
  function finish(exchange: Exchange, connection: Connection, doneAtNs: number, code: number, ending: Ending): void {
    free.push(connection);
    exchange.doneAtNs = doneAtNs;
    exchange.code = code;
    exchange.abort = undefined;
    events.onEnd(exchange, ending);
  }

  function connectionEvents(exchange: Exchange, connection: Connection): ConnectionEvents {
    return {
      onSend: () => {
        exchange.sentAtNs = clock();
      },
      onFirstByte: () => {
        exchange.firstByteAtNs = clock();
      },
      onResponse: (response) => {
        const nowNs = clock();
        readHead(exchange, response);
        finish(exchange, connection, nowNs, response.status, endingOf(response));
      },
      onFailure: (error) => {
        finish(exchange, connection, clock(), errnoOf(error), {
          kind: 'failed',
          outcome: 'refused',
          reason: error.message,
        });
      },
    };
  }

  return {
    hasRoom: () => free.length > 0 || all.length < connections,
    send(exchange) {
      const request = requests[exchange.input];
      if (request === undefined) throw new RangeError(`there is no request ${exchange.input}`);
      const connection = free.shift() ?? open();
      exchange.abort = () => {
        connection.abandon();
        free.push(connection);
        events.onRoom();
      };
      connection.send(request, connectionEvents(exchange, connection));
    },
    close: () => {
      for (const connection of all) connection.abandon();
      return Promise.resolve();
    },
  };
}

function readHead(exchange: Exchange, { headers, body }: Http1Response): void {
  exchange.bytesIn = body.length;
  exchange.claimedVersion = Number(headers.get(HEADERS.modelVersion)) || 0;
  exchange.serverTiming = headers.get(HEADERS.serverTiming);
}

function endingOf({ status, body }: Http1Response): Ending {
  if (status === 200) return { kind: 'answer', body };
  const excerpt = body.toString('utf8', 0, EXCERPT_BYTES).replaceAll(/\s+/g, ' ').trim();
  return { kind: 'failed', outcome: 'http-error', reason: `HTTP ${status}: ${excerpt}` };
}
