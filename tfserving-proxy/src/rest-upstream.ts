import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError, serviceError } from '@serving-study/serving-kit';
import { BalancedPool, Pool, errors, type Dispatcher } from 'undici';
import type { ProxyConfig } from './config.js';
import { endToEndHeaders } from './end-to-end-headers.js';
import type { ApiAnswer, ApiRequest, CallLimits, CancelSignal, Upstream } from './upstream.js';

/** Names this hop to the server behind it (RFC 9110, 7.6.3). */
const VIA = '1.1 tfserving-proxy';
/** One lost SYN (1 s until it is sent again), and some time. */
const CONNECT_LIMIT_MS = 3000;

interface Exchanged {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** TensorFlow Serving by REST. Requests and answers pass byte for byte: nothing is parsed. */
export class RestUpstream implements Upstream {
  readonly readsBodies = false;
  readonly #pool: Pool | BalancedPool;

  constructor({ STUDY_TFSERVING_REST: origins, ...config }: ProxyConfig) {
    const options: Pool.Options = {
      connections: config.STUDY_REST_CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      connectTimeout: Math.min(CONNECT_LIMIT_MS, config.STUDY_DEADLINE_MS),
      headersTimeout: 0, // the deadline of the request bounds both
      bodyTimeout: 0,
      maxResponseSize: config.STUDY_ANSWER_LIMIT_BYTES,
    };
    const [only = ''] = origins;
    this.#pool = origins.length > 1 ? new BalancedPool([...origins], options) : new Pool(only, options);
  }

  async answer({ method, target, headers: received, body }: ApiRequest, { signal }: CallLimits): Promise<ApiAnswer> {
    // the real server answers HEAD with a body, which no client can read; a gateway must not ask for that
    if (method === 'HEAD') throw serviceError('malformed-request', method, target);
    const headers = endToEndHeaders(received);
    headers['via'] = headers['via'] === undefined ? VIA : `${String(headers['via'])}, ${VIA}`;
    const startedAtMs = performance.now();
    const sent = { method, path: target, headers, body: body.length === 0 && method === 'GET' ? null : body };
    const answer = await this.#exchange(sent as Dispatcher.DispatchOptions, signal).catch((error: unknown) => {
      // a server that closes an idle connection may do so just when a request comes: predictions can be sent twice
      if (error instanceof ConnectionLost && !error.answerBegan) return this.#exchange(sent, signal);
      throw error;
    });
    return {
      ...answer,
      headers: endToEndHeaders(answer.headers),
      timing: { upstream: performance.now() - startedAtMs },
      modelVersion: /\/versions\/0*(\d+)/i.exec(target)?.[1],
    };
  }

  /** Any answer to a request without a model's name shows that the port is served. */
  async ping({ signal }: CallLimits): Promise<void> {
    await this.#exchange({ method: 'GET', path: '/v1/models' }, signal);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  /**
   * One request and its whole answer, on undici's lowest level: no stream object, no fetch. An aborted signal ends the
   * connection. Throws the signal's reason, or ConnectionLost.
   */
  #exchange(request: Dispatcher.DispatchOptions, signal: CancelSignal): Promise<Exchanged> {
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
      this.#pool.dispatch(request, {
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
          reject(NETWORK.test(codeOf(error)) ? new ConnectionLost(error, httpStatus !== 0) : error);
        },
      });
    });
  }
}

const NO_HTTP = 'HPE';
/** Codes of what happens on the network: the system's, undici's, its parser's. Any other error is a fault of this program. */
const NETWORK = /^(?:E[A-Z]+|EAI_\w+|HPE|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|RES_\w+|\w+_OVERFLOW|DESTROYED|CLOSED))$/;

/** To the client: the model server cannot be reached, and why. */
class ConnectionLost extends ServiceError {
  readonly answerBegan: boolean;

  constructor(cause: Error, answerBegan: boolean) {
    const code = codeOf(cause);
    const { httpStatus, message } = serviceError('upstream-unreachable', REASONS[code] ?? code);
    super(httpStatus, message, cause);
    this.answerBegan = answerBegan || !CLOSED.has(code);
  }
}

const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const REASONS: Readonly<Partial<Record<string, string>>> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection before the answer',
  EPIPE: 'it closed the connection before the answer',
  UND_ERR_SOCKET: 'it closed the connection before the answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not take connections',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'its answer is larger than STUDY_ANSWER_LIMIT_BYTES',
  [NO_HTTP]: 'it does not speak HTTP',
  ENOTFOUND: 'its host name is not known',
};

function codeOf(error: Error & { readonly code?: string }): string {
  return error instanceof errors.HTTPParserError ? NO_HTTP : (error.code ?? '');
}
