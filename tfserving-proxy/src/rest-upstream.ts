import { serviceError } from '@serving-study/serving-kit';
import type { ProxyConfig } from './config.js';
import { endToEndHeaders } from './end-to-end-headers.js';
import { Replicas } from './replicas/replicas.js';
import { RestLine } from './replicas/rest-line.js';
import type { ApiAnswer, ApiRequest, CallLimits, Upstream } from './upstream.js';

/** Names this hop to the server behind it (RFC 9110, 7.6.3). */
const VIA = '1.1 tfserving-proxy';

/** TensorFlow Serving by REST. Requests and answers pass byte for byte: nothing is parsed. */
export class RestUpstream implements Upstream {
  readonly readsBodies = false;
  readonly #replicas: Replicas<RestLine>;

  constructor(config: ProxyConfig) {
    this.#replicas = new Replicas(config.STUDY_TFSERVING_REST, (address) => new RestLine(address, config));
  }

  async answer({ method, target, headers: received, body }: ApiRequest, { signal }: CallLimits): Promise<ApiAnswer> {
    // the real server answers HEAD with a body, which no client can read; a gateway must not ask for that
    if (method === 'HEAD') throw serviceError('malformed-request', method, target);
    const headers = endToEndHeaders(received);
    headers['via'] = headers['via'] === undefined ? VIA : `${String(headers['via'])}, ${VIA}`;
    const startedAtMs = performance.now();
    const sent = { method, path: target, headers, body: body.length === 0 && method === 'GET' ? null : body };
    const answer = await this.#replicas.send((line, own) => line.exchange(sent, own), signal);
    return {
      ...answer,
      headers: endToEndHeaders(answer.headers),
      timing: { upstream: performance.now() - startedAtMs },
      modelVersion: /\/versions\/0*(\d+)/i.exec(target)?.[1],
    };
  }

  /** Any answer shows that a server is there. */
  ping({ signal }: CallLimits): Promise<void> {
    return this.#replicas.ping(signal);
  }

  close(): Promise<void> {
    return this.#replicas.close();
  }
}
