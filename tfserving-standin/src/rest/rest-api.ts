import type { ErrorCode } from '@serving-study/runtime';
import {
  errorResponseBody,
  isLarge,
  JsonRequestError,
  metadataResponseBody,
  statusResponseBody,
  ThreadedJson,
} from '@serving-study/tfserving-json';
import type { ModelSpec } from '../core.js';
import { acquire } from '../inference/index.js';
import type { Metrics } from '../metrics/index.js';
import type { RequestMemory } from '../request-memory.js';
import { statusOf } from '../status-error.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { inflatedBody, inflatedSize } from './gzip-body.js';
import { httpStatus } from './http-status.js';
import type { Answer } from './http/answer.js';
import type { Handler, HttpRequest } from './http/connection.js';
import { htmlPage } from './http/html-page.js';
import { INFERENCE_BODIES, type InferenceContext, type InferenceOptions } from './inference-bodies.js';
import { isApiPath, routeOf, type Route, type Verb } from './route.js';
import { signatureDefsJson } from './signature-defs-json.js';

export interface RestApiOptions extends InferenceOptions {
  readonly metrics: Metrics;
  readonly memory: RequestMemory;
  /** Inference requests handled at the same time; the others wait. */
  readonly concurrency: number;
  readonly cors: boolean;
  /** Path of the metrics page, if there is one. */
  readonly metricsPath: string | undefined;
}

const CORS_HEADERS =
  'Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: POST, GET\r\nAccess-Control-Allow-Headers: Content-Type\r\n';
const NOTHING = Buffer.alloc(0);
/** The one path that TensorFlow Serving does not have: whoever measures or tests can ask which of the two this is. */
const IDENTITY_PATH = '/tfserving-standin';
const IDENTITY: Answer = {
  status: 200,
  headers: 'Content-Type: application/json\r\nServer: tfserving-standin\r\n',
  body: Buffer.from(
    '{"server": "tfserving-standin", "note": "a stand-in for TensorFlow Serving, not TensorFlow Serving"}\n',
  ),
};

/** Large requests take a multiple of their bytes while they are answered; the others wait with their bodies alone. */
const LARGE_AT_A_TIME = 2;

interface Outcome {
  readonly code: ErrorCode;
  readonly body: Uint8Array;
}

/** TensorFlow Serving's REST API v1 and its metrics page, as a function from requests to answers. */
export function restApi(options: RestApiOptions): Handler {
  const api = new RestApi(options);
  return (request) => api.handle(request);
}

class RestApi {
  readonly #options: RestApiOptions;
  readonly #inference: ConcurrencyLimit;
  readonly #large = new ConcurrencyLimit(LARGE_AT_A_TIME);
  readonly #smallContext: InferenceContext;
  readonly #largeContext: InferenceContext;
  readonly #corsHeaders: string;

  constructor(options: RestApiOptions) {
    this.#options = options;
    this.#inference = new ConcurrencyLimit(options.concurrency);
    const json = new ThreadedJson();
    this.#smallContext = { ...options, json, run: (task) => task() };
    this.#largeContext = { ...options, json, run: (task) => this.#inference.run(task) };
    this.#corsHeaders = options.cors ? CORS_HEADERS : '';
  }

  handle(request: HttpRequest): Answer | Promise<Answer> {
    const startedAt = performance.now();
    const { path, target, method, origin } = request.head;
    if (path === this.#options.metricsPath) return this.#metricsPage(path, target);
    if (target === IDENTITY_PATH) return IDENTITY;
    if (!isApiPath(target)) return htmlPage(404);
    const route = routeOf(method, target);
    switch (route.kind) {
      case 'preflight': {
        const code = origin !== undefined && /https?:\/\//.test(origin) ? 'OK' : 'FAILED_PRECONDITION';
        this.#count('', '', code, startedAt);
        return { status: httpStatus(code), headers: this.#corsHeaders, body: NOTHING };
      }
      case 'predict':
      case 'classify':
      case 'regress':
        return this.#infer(route.kind, route.spec, request).then((outcome) =>
          this.#answer(route.spec.name, route.kind, outcome, startedAt),
        );
      case 'refused':
        return this.#answer(route.model, '', failure(route.error), startedAt);
      case 'bad version':
        return this.#answer(route.model, '', { code: 'INVALID_ARGUMENT', body: NOTHING }, startedAt);
      case 'metadata':
      case 'status':
        return this.#answer(route.spec.name, '', this.#inform(route), startedAt);
    }
  }

  async #infer(verb: Verb, spec: ModelSpec, request: HttpRequest): Promise<Outcome> {
    const { head, body } = request;
    const isGzip = head.contentEncoding?.includes('gzip') === true;
    try {
      // A large request is not among those that the small ones wait for until its model runs.
      const response = isLarge(isGzip ? inflatedSize(body) : body.length)
        ? this.#large.run(() => this.#respond(verb, spec, request, isGzip, this.#largeContext))
        : this.#inference.run(() => this.#respond(verb, spec, request, isGzip, this.#smallContext));
      return { code: 'OK', body: await response };
    } catch (error) {
      return failure(error);
    }
  }

  async #respond(
    verb: Verb,
    spec: ModelSpec,
    { body, takeMemory }: HttpRequest,
    isGzip: boolean,
    context: InferenceContext,
  ): Promise<Buffer> {
    const answer = INFERENCE_BODIES[verb];
    if (!isGzip) return answer(body, spec, context);
    return answer(await inflatedBody(body, this.#options.memory.limits.requestBytes, takeMemory), spec, context);
  }

  #inform(route: Extract<Route, { kind: 'metadata' | 'status' }>): Outcome {
    const { manager } = this.#options;
    const { spec } = route;
    try {
      if (route.kind === 'status') {
        // Labels are ignored here, as in the real server.
        const version = spec.choice.kind === 'version' ? spec.choice.version : undefined;
        return { code: 'OK', body: statusResponseBody(manager.status(spec.name, version)) };
      }
      const servable = acquire(manager, spec);
      try {
        return { code: 'OK', body: metadataResponseBody(servable, signatureDefsJson(servable.signatureDefMap)) };
      } finally {
        servable.release();
      }
    } catch (error) {
      return failure(error);
    }
  }

  #answer(model: string, api: string, { code, body }: Outcome, startedAt: number): Answer {
    this.#count(model, api, code, startedAt);
    return { status: httpStatus(code), headers: `Content-Type: application/json\r\n${this.#corsHeaders}`, body };
  }

  #count(model: string, api: string, code: ErrorCode, startedAt: number): void {
    const micros = (performance.now() - startedAt) * 1000;
    this.#options.metrics.serving.requestFinished({ model, api, entrypoint: 'REST', code, micros });
  }

  #metricsPage(path: string, target: string): Answer {
    const headers = 'Content-Type: text/plain\r\n';
    if (target === path) return { status: 200, headers, body: Buffer.from(this.#options.metrics.page()) };
    return { status: 400, headers, body: Buffer.from(`Unexpected path: ${target}. Should be ${path}`) };
  }
}

function failure(error: unknown): Outcome {
  const { code, message } = error instanceof JsonRequestError ? error : statusOf(error);
  return { code, body: errorResponseBody(message) };
}
