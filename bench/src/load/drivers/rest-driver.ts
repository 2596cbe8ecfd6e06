import { clock, type Endpoint, type Network, type Socket, type SocketEvents } from '../net/index.js';
import type { Target } from '../trial-spec.js';
import type { Carrier, Driver, DriverEvents, Ending, Exchange } from './driver.js';
import { encodeRequest } from './http1/encode-request.js';
import { createResponseReader, type Http1Response } from './http1/response-reader.js';

/** Length of an error body's start that is shown to the reader. */
const EXCERPT_BYTES = 300;

/**
 * HTTP/1.1 on keep-alive connections, one request at a time on each (docs/decisions/0011-load-generator.md). Connections are
 * taken in turn, so that all of a server's processes get work and none idles into the server's keep-alive timeout.
 */
export function createRestDriver(
  target: Target,
  endpoint: Endpoint,
  bodies: readonly Buffer[],
  connections: number,
  network: Network,
  events: DriverEvents,
): Driver {
  const requests = bodies.map((body) => encodeRequest(target, body));
  const free: RestConnection[] = [];
  let opened = 0;
  const context: ConnectionContext = {
    open: (socketEvents) => network.connect(endpoint, socketEvents),
    events,
    release: (connection) => {
      free.push(connection);
    },
  };

  return {
    hasRoom: () => free.length > 0 || opened < connections,
    send(exchange) {
      const request = requests[exchange.input];
      if (request === undefined) throw new RangeError(`there is no request ${exchange.input}`);
      let connection = free.shift();
      if (connection === undefined) {
        opened += 1;
        connection = new RestConnection(context);
      }
      connection.send(request, exchange);
    },
  };
}

interface ConnectionContext {
  readonly open: (events: SocketEvents) => Socket;
  readonly events: DriverEvents;
  /** The connection can carry another request. */
  readonly release: (connection: RestConnection) => void;
}

/** One keep-alive connection, opened by its first request and again whenever it has been closed. */
class RestConnection implements Carrier, SocketEvents {
  readonly #context: ConnectionContext;
  #socket: Socket | undefined;
  #reader = createResponseReader();
  #exchange: Exchange | undefined;

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  send(request: Buffer, exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.carrier = this;
    exchange.sentAtNs = clock();
    // Opening counts as sending: a server that closes its connections makes its clients wait for that, too.
    if (this.#socket === undefined) {
      this.#reader = createResponseReader();
      this.#socket = this.#context.open(this);
    }
    this.#socket.send(request);
  }

  abandon(): void {
    this.#exchange = undefined;
    this.#drop();
    this.#context.release(this);
  }

  onBytes(bytes: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // Whatever these bytes are, the next answer could not be distinguished from them.
      this.#drop();
      this.#context.events.onTrouble(`${bytes.length} bytes came that answer no request`);
      return;
    }
    const nowNs = clock();
    if (Number.isNaN(exchange.firstByteAtNs)) exchange.firstByteAtNs = nowNs;
    let response;
    try {
      response = this.#reader.push(bytes);
    } catch (error) {
      this.#fail(0, (error as Error).message, nowNs);
      return;
    }
    if (response !== undefined) this.#answer(response, nowNs);
  }

  onEnd(): void {
    const response = this.#reader.end();
    if (response !== undefined) this.#answer(response, clock());
    else this.#fail(0, 'the connection was closed before the answer was whole', clock());
  }

  onError({ errno, message }: { readonly errno: number; readonly message: string }): void {
    this.#fail(errno, message, clock());
  }

  #answer(response: Http1Response, nowNs: number): void {
    if (!response.keepAlive) this.#drop();
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    exchange.bytesIn = response.body.length;
    exchange.claimedVersion = response.modelVersion;
    exchange.serverTiming = response.serverTiming;
    this.#finish(exchange, response.status, endingOf(response), nowNs);
  }

  #fail(errno: number, reason: string, nowNs: number): void {
    this.#drop();
    const exchange = this.#exchange;
    if (exchange !== undefined) this.#finish(exchange, errno, { kind: 'failed', outcome: 'refused', reason }, nowNs);
  }

  /** The connection is free again; then the exchange ends. */
  #finish(exchange: Exchange, code: number, ending: Ending, nowNs: number): void {
    this.#exchange = undefined;
    exchange.carrier = undefined;
    exchange.doneAtNs = nowNs;
    exchange.code = code;
    this.#context.release(this);
    this.#context.events.onEnd(exchange, ending);
  }

  /** From here on the socket is not ours: the next request opens another. */
  #drop(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

function endingOf({ status, contentEncoding, body }: Http1Response): Ending {
  if (status !== 200) {
    const excerpt = body.toString('utf8', 0, EXCERPT_BYTES).replaceAll(/\s+/g, ' ').trim();
    return { kind: 'failed', outcome: 'http-error', reason: `HTTP ${status}: ${excerpt}` };
  }
  if (contentEncoding !== '' && contentEncoding !== 'identity') {
    const reason = `the answer has content-encoding ${contentEncoding}, which was not asked for`;
    return { kind: 'failed', outcome: 'wrong-answer', reason };
  }
  return { kind: 'answer', body };
}
