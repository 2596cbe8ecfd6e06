import type { IncomingHttpHeaders } from 'node:http';
import { upstreamUnreachable } from '@serving-study/serving-kit';
import { Client, Pool, errors, type Dispatcher } from 'undici';
import type { CancelSignal } from '../cancel-signal.js';
import type { ProxyConfig } from '../config.js';
import { REFUSES, Unanswered, type ReplicaAddress, type ReplicaConnection } from './replicas.js';

/** One lost SYN (1 s until it is sent again), and some time. */
const CONNECT_LIMIT_MS = 3000;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | null;
}

interface Exchanged {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A replica's REST port. */
export class RestConnection implements ReplicaConnection {
  readonly #authority: string;
  readonly #pool: Pool;
  /** A connection of its own: those of the pool may all be busy. */
  readonly #forPings: Client;

  constructor({ address, authority }: ReplicaAddress, config: ProxyConfig) {
    this.#authority = authority;
    const options: Client.Options = {
      pipelining: 1,
      keepAliveTimeout: 60_000,
      connectTimeout: Math.min(CONNECT_LIMIT_MS, config.STUDY_DEADLINE_MS),
      headersTimeout: 0, // the deadline of the request bounds both
      bodyTimeout: 0,
      maxResponseSize: config.STUDY_ANSWER_LIMIT_BYTES,
    };
    this.#pool = new Pool(`http://${address}`, { ...options, connections: config.STUDY_REST_CONNECTIONS });
    this.#forPings = new Client(`http://${address}`, options);
  }

  exchange(request: Sent, signal: CancelSignal): Promise<Exchanged> {
    return exchange(this.#pool, this.#authority, request, signal);
  }

  /** TensorFlow Serving itself answers for a path that it does not know, also when all threads for the API are busy. */
  async ping(signal: CancelSignal): Promise<void> {
    await exchange(this.#forPings, this.#authority, { method: 'GET', path: '/', headers: {}, body: null }, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.destroy(), this.#forPings.destroy()]);
  }
}

/**
 * One request and its whole answer, on undici's lowest level: no stream object, no fetch. An aborted signal ends the
 * connection. Throws the signal's reason, Unanswered, or ServiceError for an answer that cannot be used.
 */
function exchange(dispatcher: Dispatcher, host: string, request: Sent, signal: CancelSignal): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const abort = (reason: Error): void => {
      reject(reason); // before undici reports the abort as an error of its own
      controller?.abort(reason);
    };
    signal.onAbort(abort);
    let httpStatus = 0;
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    dispatcher.dispatch(
      { ...request, headers: { ...request.headers, host } },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.reason !== undefined) abort(signal.reason); // it was still waiting for a connection
        },
        onResponseStart(_controller, status, received) {
          httpStatus = status;
          headers = received;
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          signal.offAbort(abort);
          const [only] = chunks;
          const body = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
          resolve({ httpStatus, headers, body });
        },
        onResponseError(_controller, error) {
          signal.offAbort(abort);
          reject(errorFrom(error, controller !== undefined, httpStatus !== 0));
        },
      },
    );
  });
}

const NO_HTTP = 'HPE';
/** Codes of what happens on the network: the system's, undici's, its parser's. Any other error is a fault of this program. */
const NETWORK = /^(?:E[A-Z]+|EAI_\w+|HPE|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|RES_\w+|\w+_OVERFLOW|DESTROYED|CLOSED))$/;

/** What becomes of undici's errors. What an answer began with is not asked for again. */
function errorFrom(error: Error, wasSent: boolean, answerBegan: boolean): Error {
  const code = codeOf(error);
  if (!NETWORK.test(code)) return error;
  const reason = REASONS[code] ?? code;
  if (!answerBegan && (!wasSent || CLOSED.has(code))) return new Unanswered(reason, wasSent, error);
  return upstreamUnreachable(reason, error);
}

const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const REASONS: Readonly<Partial<Record<string, string>>> = {
  ECONNREFUSED: REFUSES,
  ECONNRESET: 'it closed the connection before the answer',
  EPIPE: 'it closed the connection before the answer',
  UND_ERR_SOCKET: 'it closed the connection before the answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not take connections',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'its answer is larger than STUDY_ANSWER_LIMIT_BYTES',
  [NO_HTTP]: 'it does not speak HTTP',
};

function codeOf(error: Error & { readonly code?: string }): string {
  return error instanceof errors.HTTPParserError ? NO_HTTP : (error.code ?? '');
}
