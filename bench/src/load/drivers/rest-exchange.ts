import { constants } from 'node:os';
import { HEADERS } from '@serving-study/serving-kit/contract';
import type { Dispatcher } from 'undici';
import type { DriverEvents, Exchange } from './driver.js';
import type { RestConnection } from './rest-connection.js';

/** Length of an error body's start that is told to the reader. */
const EXCERPT_BYTES = 300;
const NOTHING = Buffer.alloc(0);

/** Turns undici's callbacks into the instants of one exchange. The clock is read first in each. */
export class RestExchange implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #connection: RestConnection;
  readonly #openedBefore: number;
  readonly #clock: () => number;
  readonly #events: DriverEvents;
  /** Gives the connection back. */
  readonly #release: () => void;
  #status = 0;
  readonly #chunks: Buffer[] = [];

  constructor(
    exchange: Exchange,
    connection: RestConnection,
    clock: () => number,
    events: DriverEvents,
    release: () => void,
  ) {
    this.#exchange = exchange;
    this.#connection = connection;
    this.#openedBefore = connection.opened;
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
    if (this.#connection.opened !== this.#openedBefore) exchange.prompt = false;
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
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const nowNs = this.#clock();
    const [first = NOTHING, ...more] = this.#chunks;
    const body = more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#finish(nowNs, this.#status, () =>
      this.#status === 200
        ? { kind: 'answer', body }
        : { kind: 'failed', outcome: 'http-error', reason: `HTTP ${this.#status}: ${excerpt(body)}` },
    );
  }

  onResponseError(_controller: unknown, error: Error & { readonly code?: string }): void {
    const errno = constants.errno[error.code as keyof typeof constants.errno] as number | undefined;
    this.#finish(this.#clock(), errno ?? 0, () => ({
      kind: 'failed',
      outcome: 'refused',
      reason: error.message || error.name,
    }));
  }

  #finish(nowNs: number, code: number, ending: () => Parameters<DriverEvents['onEnd']>[1]): void {
    const exchange = this.#exchange;
    this.#release();
    if (exchange.over) {
      this.#events.onRoom();
      return;
    }
    exchange.doneAtNs = nowNs;
    exchange.code = code;
    exchange.abort = undefined;
    this.#events.onEnd(exchange, ending());
  }
}

function excerpt(body: Buffer): string {
  return body.toString('utf8', 0, EXCERPT_BYTES).replaceAll(/\s+/g, ' ').trim();
}
