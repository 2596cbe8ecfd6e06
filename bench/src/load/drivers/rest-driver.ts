import { constants } from 'node:os';
import { HEADERS } from '@serving-study/serving-kit/contract';
import { Client, type Dispatcher } from 'undici';
import type { Target } from '../trial-spec.js';
import type { Driver, DriverEvents, Exchange } from './driver.js';

/**
 * HTTP/1.1 by undici's `dispatch`, the cheapest of its doors. One Client for each connection rather than a Pool: a free one
 * is found in constant time, waiting happens in the loop where it is seen, and connections are taken in turn, so that all
 * of a server's processes get work and none of the connections idles into the server's keep-alive timeout.
 */
export function createRestDriver(
  target: Extract<Target, { kind: 'rest' }>,
  connections: number,
  clock: () => number,
  events: DriverEvents,
): Driver {
  const all: Client[] = [];
  const free: Client[] = [];
  const request: Dispatcher.DispatchOptions = {
    path: target.path,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...target.headers },
  };

  function open(): Client {
    const client = new Client(target.origin, {
      // Two, though a connection never has two requests on the wire (POST is not idempotent, undici holds the second
      // back): with 1 undici waits a whole event loop turn before it uses a connection again (nodejs/undici, client-h1.js).
      pipelining: 2,
      // Time limits are the loop's, which counts them from the intended instant.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    all.push(client);
    return client;
  }

  return {
    hasRoom: () => free.length > 0 || all.length < connections,
    send(exchange) {
      const client = free.shift() ?? open();
      const release = (): void => {
        free.push(client);
      };
      client.dispatch({ ...request, body: exchange.body }, new ExchangeHandler(exchange, clock, events, release));
    },
    close: async () => {
      await Promise.all(all.map((client) => client.destroy()));
    },
  };
}

/** Turns undici's callbacks into instants. The clock is read first in each. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #clock: () => number;
  readonly #events: DriverEvents;
  readonly #release: () => void;
  #status = 0;
  #chunk: Buffer | undefined;
  #more: Buffer[] | undefined;

  constructor(exchange: Exchange, clock: () => number, events: DriverEvents, release: () => void) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#events = events;
    this.#release = release;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const exchange = this.#exchange;
    if (exchange.over) {
      controller.abort(new Error('given up before it was sent'));
      return;
    }
    exchange.sentAtNs = this.#clock();
    exchange.abort = () => {
      controller.abort(new Error('given up'));
    };
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    const exchange = this.#exchange;
    exchange.firstByteAtNs = this.#clock();
    this.#status = status;
    const version = headers[HEADERS.modelVersion];
    if (typeof version === 'string') exchange.claimedVersion = Number(version) || 0;
    const timing = headers[HEADERS.serverTiming];
    if (typeof timing === 'string') exchange.serverTiming = timing;
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#exchange.bytesIn += chunk.length;
    if (this.#chunk === undefined) this.#chunk = chunk;
    else (this.#more ??= [this.#chunk]).push(chunk);
  }

  onResponseEnd(): void {
    const exchange = this.#exchange;
    const nowNs = this.#clock();
    this.#release();
    if (exchange.over) {
      this.#events.onRoom();
      return;
    }
    exchange.doneAtNs = nowNs;
    exchange.code = this.#status;
    exchange.abort = undefined;
    const body = this.#more === undefined ? (this.#chunk ?? Buffer.alloc(0)) : Buffer.concat(this.#more);
    this.#events.onEnd(
      exchange,
      this.#status === 200
        ? { kind: 'answer', body }
        : { kind: 'failed', outcome: 'http-error', reason: `HTTP ${this.#status}: ${excerpt(body)}` },
    );
  }

  onResponseError(_controller: unknown, error: Error & { readonly code?: string }): void {
    const exchange = this.#exchange;
    const nowNs = this.#clock();
    this.#release();
    if (exchange.over) {
      this.#events.onRoom();
      return;
    }
    exchange.doneAtNs = nowNs;
    exchange.abort = undefined;
    exchange.code = constants.errno[error.code as keyof typeof constants.errno] ?? 0;
    this.#events.onEnd(exchange, { kind: 'failed', outcome: 'refused', reason: error.message || error.name });
  }
}

function excerpt(body: Buffer): string {
  return body.toString('utf8', 0, 300).replaceAll(/\s+/g, ' ').trim();
}
