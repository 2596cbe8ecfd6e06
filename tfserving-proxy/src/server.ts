import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import {
  HEADERS,
  RequestBodies,
  RunningServer,
  ServiceError,
  ServiceMetrics,
  clientGone,
  createServiceApp,
  errorAnswerer,
  formatServerTiming,
  sendJson,
  type ErrorAnswerer,
  type Logger,
  type Running,
} from '@serving-study/serving-kit';
import type { Express } from 'express';
import { CancelSignal } from './cancel-signal.js';
import type { ProxyConfig } from './config.js';
import { GrpcUpstream } from './grpc-upstream.js';
import { RestUpstream } from './rest-upstream.js';
import type { Upstreams } from './upstream.js';

const READY_LIMIT_MS = 2000;

/** Both ways to the model server. Neither connects before it is asked for something. */
export function createUpstreams(config: ProxyConfig): Upstreams {
  return { grpc: new GrpcUpstream(config), rest: new RestUpstream(config) };
}

/**
 * Passes the prediction API on: everything under /v1/ goes upstream, nothing else does. Draining finishes what is in flight,
 * then ends the connections upstream.
 */
export async function serve(
  upstreams: Upstreams,
  config: ProxyConfig,
  logger: Logger,
  /** `tuned/` has one that keeps Express off the hot path. */
  listener: (parts: ProxyParts) => RequestListener = ({ app }) => app,
): Promise<Running> {
  const metrics = new ServiceMetrics();
  const bodies = new RequestBodies(config);
  const answerError = errorAnswerer(logger);

  async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method = '', url: target = '' } = request;
    const way = headers[HEADERS.upstream] ?? config.STUDY_UPSTREAM;
    if (way !== 'grpc' && way !== 'rest')
      throw new ServiceError(400, `X-Study-Upstream: ${String(way)} is not known; send grpc or rest`);
    const upstream = upstreams[way];
    metrics.track(way, response);
    const body = await (upstream.readsBodies ? bodies.readInflated(request, response) : bodies.read(request, response));
    const signal = cancelAfter(config.STUDY_DEADLINE_MS, response, ' (STUDY_DEADLINE_MS)');
    const answer = await upstream.answer({ method, target, headers, body }, signal);
    metrics.observePhases(answer.timing);
    const answerHeaders: OutgoingHttpHeaders = { ...answer.headers };
    answerHeaders[HEADERS.serverTiming] = formatServerTiming(answer.timing);
    if (answer.modelVersion !== undefined) answerHeaders[HEADERS.modelVersion] = answer.modelVersion;
    sendJson(response, answer.httpStatus, answer.body, answerHeaders);
  }

  async function whyNotReady(response: ServerResponse): Promise<string | undefined> {
    try {
      await upstreams[config.STUDY_UPSTREAM].ping(cancelAfter(READY_LIMIT_MS, response));
      return undefined;
    } catch (error) {
      if (error instanceof ServiceError) return error.message;
      throw error;
    }
  }

  const addRoutes = (app: Express): void => void app.all(/^\/v1\//i, passOn);
  const app = createServiceApp({ answerError, metrics, whyNotReady, addRoutes });
  const server = await RunningServer.listen(listener({ app, passOn, answerError }), config);
  return {
    url: server.url,
    drain: async (limitMs) => {
      await server.drain(limitMs);
      await Promise.all([upstreams.grpc.close(), upstreams.rest.close()]);
    },
  };
}

export interface ProxyParts {
  readonly app: Express;
  /** What the app does with requests under /v1/. Rejects with what `answerError` answers. */
  readonly passOn: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly answerError: ErrorAnswerer;
}

/** Ends the wait for an answer after `limitMs`, or when the client is gone. */
function cancelAfter(limitMs: number, response: ServerResponse, setting = ''): CancelSignal {
  const signal = new CancelSignal(Date.now() + limitMs);
  const timer = setTimeout(() => {
    signal.abort(new ServiceError(504, `The model server did not answer within ${limitMs} ms${setting}`));
  }, limitMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) signal.abort(clientGone());
  });
  return signal;
}
