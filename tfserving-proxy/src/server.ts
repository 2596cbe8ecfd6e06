import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  HEADERS,
  RequestBodies,
  RunningServer,
  ServiceError,
  ServiceMetrics,
  createServiceApp,
  errorAnswerer,
  formatServerTiming,
  sendJson,
  serviceError,
  type ErrorAnswerer,
  type Logger,
  type Running,
} from '@serving-study/serving-kit';
import type { Express } from 'express';
import { CancelSignal } from './cancel-signal.js';
import type { ProxyConfig } from './config.js';
import { GrpcUpstream } from './grpc-upstream.js';
import { RestUpstream } from './rest-upstream.js';
import type { CallLimits, Upstreams } from './upstream.js';

const READY_LIMIT_MS = 2000;

/** Both ways to the model server. Neither connects before it is asked for something. */
export function createUpstreams(config: ProxyConfig): Upstreams {
  return { grpc: new GrpcUpstream(config), rest: new RestUpstream(config) };
}

/** The prediction API, passed on: everything under /v1/ goes upstream, nothing else does. */
export function createApp(upstreams: Upstreams, config: ProxyConfig, logger: Logger): ProxyApp {
  const metrics = new ServiceMetrics();
  const bodies = new RequestBodies(config);

  async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method = '', url: target = '' } = request;
    const way = headers[HEADERS.upstream] ?? config.STUDY_UPSTREAM;
    if (way !== 'grpc' && way !== 'rest') throw serviceError('unknown-upstream', String(way));
    const upstream = upstreams[way];
    metrics.track(way, response);
    const body = await (upstream.readsBodies ? bodies.readInflated(request, response) : bodies.read(request, response));
    const answer = await upstream.answer({ method, target, headers, body }, limitsOf(response, config));
    metrics.observePhases(answer.timing);
    const answered = answer.headers ?? {};
    answered[HEADERS.serverTiming] = formatServerTiming(answer.timing);
    if (answer.modelVersion !== undefined) answered[HEADERS.modelVersion] = answer.modelVersion;
    sendJson(response, answer.httpStatus, answer.body, answered);
  }

  async function whyNotReady(): Promise<string | undefined> {
    const signal = new CancelSignal();
    const timer = setTimeout(() => {
      signal.abort(new ServiceError(504, `The model server did not answer within ${READY_LIMIT_MS} ms`));
    }, READY_LIMIT_MS);
    try {
      await upstreams[config.STUDY_UPSTREAM].ping({ deadlineAtMs: Date.now() + READY_LIMIT_MS, signal });
      return undefined;
    } catch (error) {
      if (error instanceof ServiceError) return error.message;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
  const addRoutes = (app: Express): void => void app.all(/^\/v1\//i, passOn);
  const answerError = errorAnswerer(logger);
  return { app: createServiceApp({ answerError, metrics, whyNotReady, addRoutes }), passOn, answerError };
}

export interface ProxyApp {
  readonly app: Express;
  /** What the app does with requests under /v1/. Rejects with what `answerError` answers. */
  readonly passOn: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly answerError: ErrorAnswerer;
}

/** Ends the wait for an answer at the deadline, or when the client is gone. */
function limitsOf(response: ServerResponse, { STUDY_DEADLINE_MS: deadlineMs }: ProxyConfig): CallLimits {
  const signal = new CancelSignal();
  const timer = setTimeout(() => {
    signal.abort(serviceError('deadline-exceeded', deadlineMs));
  }, deadlineMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) signal.abort(serviceError('client-gone'));
  });
  return { deadlineAtMs: Date.now() + deadlineMs, signal };
}

/** Listens. Draining finishes what is in flight, then ends the connections upstream. */
export async function listen(
  listener: Parameters<typeof RunningServer.listen>[0],
  upstreams: Upstreams,
  config: ProxyConfig,
): Promise<Running> {
  const server = await RunningServer.listen(listener, config);
  return {
    url: server.url,
    drain: async (limitMs) => {
      await server.drain(limitMs);
      await Promise.all([upstreams.grpc.close(), upstreams.rest.close()]);
    },
  };
}
