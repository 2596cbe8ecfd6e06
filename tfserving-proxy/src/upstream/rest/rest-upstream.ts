import { serviceError } from '@serving-study/serving-kit';
import { BalancedPool, Pool } from 'undici';
import type { ApiAnswer, ApiRequest, CallLimits, Upstream } from '../upstream.js';
import { endToEndHeaders } from './end-to-end-headers.js';
import { exchange } from './exchange.js';

const READY_LIMIT_MS = 2000;
/** Names this hop to the server behind it (RFC 9110, 7.6.3). */
const VIA = '1.1 tfserving-proxy';

export interface RestOptions {
  /** `http://host:port`; several are replicas. */
  readonly origins: readonly string[];
  readonly answerLimitBytes: number;
  /** To each replica, at most. */
  readonly connections: number;
}

/** TensorFlow Serving by REST. Requests and answers pass byte for byte: nothing is parsed. */
export class RestUpstream implements Upstream {
  readonly #pool: Pool | BalancedPool;

  constructor({ origins, answerLimitBytes, connections }: RestOptions) {
    const options: Pool.Options = {
      connections,
      pipelining: 1,
      // TensorFlow Serving never ends an idle connection, so none is caught closing
      keepAliveTimeout: 60_000,
      // the deadline of the request bounds all three
      connectTimeout: 0,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: answerLimitBytes,
    };
    const [only = ''] = origins;
    this.#pool = origins.length > 1 ? new BalancedPool([...origins], options) : new Pool(only, options);
  }

  async answer(request: ApiRequest, limits: CallLimits): Promise<ApiAnswer> {
    const { method, target, body } = request;
    // the real server answers HEAD with a body, which no client can read; a gateway must not ask for that
    if (method === 'HEAD') throw serviceError('malformed-request', method, target);
    const headers = endToEndHeaders(request.headers);
    headers['via'] = headers['via'] === undefined ? VIA : `${String(headers['via'])}, ${VIA}`;
    const startedAtMs = performance.now();
    const sent = {
      method: method as 'POST',
      path: target,
      headers,
      body: body.length === 0 && method === 'GET' ? null : body,
    };
    const answer = await exchange(this.#pool, sent, limits.signal);
    return {
      httpStatus: answer.statusCode,
      headers: endToEndHeaders(answer.headers),
      body: answer.body,
      timing: { upstream: performance.now() - startedAtMs },
      modelVersion: /\/versions\/0*(\d+)/i.exec(target)?.[1],
    };
  }

  /** Any answer to a request without a model's name shows that the port is served. */
  async whyNotReady(): Promise<string | undefined> {
    try {
      await exchange(
        this.#pool,
        { method: 'GET', path: '/v1/models', headers: {}, body: null },
        AbortSignal.timeout(READY_LIMIT_MS),
      );
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
