import { malformedRequest } from '@serving-study/serving-kit';
import type { CancelSignal } from './cancel-signal.js';
import type { ProxyConfig } from './config.js';
import { endToEndHeaders } from './end-to-end-headers.js';
import { Replicas } from './replicas/replicas.js';
import { RestConnection } from './replicas/rest-connection.js';
import type { ApiAnswer, ApiRequest, Upstream } from './upstream.js';

/** Names this hop to the server behind it (RFC 9110, 7.6.3). */
const VIA = '1.1 tfserving-proxy';

/** TensorFlow Serving by REST. Requests and answers pass byte for byte: nothing is parsed. */
export class RestUpstream implements Upstream {
  readonly readsBodies = false;
  readonly #replicas: Replicas<RestConnection>;

  constructor(config: ProxyConfig) {
    this.#replicas = new Replicas(config.STUDY_TFSERVING_REST, (address) => new RestConnection(address, config));
  }

  async answer({ method, target, headers: received, body }: ApiRequest, signal: CancelSignal): Promise<ApiAnswer> {
    // the real server answers HEAD with a body, which no client can read; a gateway must not ask for that
    if (method === 'HEAD') throw malformedRequest(method, target);
    const headers = endToEndHeaders(received);
    headers['via'] = headers['via'] === undefined ? VIA : `${String(headers['via'])}, ${VIA}`;
    const startedAtMs = performance.now();
    // an empty body has a length, which a GET need not have
    const sent = { method, path: target, headers, body: body.length === 0 && method === 'GET' ? null : body };
    const answer = await this.#replicas.send(
      (connection, attemptSignal) => connection.exchange(sent, attemptSignal),
      signal,
    );
    // the answer itself does not say which version it is from
    const [, askedVersion] = /\/versions\/0*(\d+)/i.exec(target) ?? [];
    return {
      ...answer,
      headers: endToEndHeaders(answer.headers),
      timing: { upstream: performance.now() - startedAtMs },
      modelVersion: answer.httpStatus === 200 ? askedVersion : undefined,
    };
  }

  /** Any answer shows that a server is there. */
  ping(signal: CancelSignal): Promise<void> {
    return this.#replicas.ping(signal);
  }

  close(): Promise<void> {
    return this.#replicas.close();
  }
}
