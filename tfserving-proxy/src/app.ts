import {
  HEADERS,
  RequestBodies,
  ServiceMetrics,
  createServiceApp,
  formatServerTiming,
  sendJson,
  serviceError,
  type HttpLimits,
  type ServiceAppParts,
} from '@serving-study/serving-kit';
import type { Express, Request, Response } from 'express';
import type { CallLimits, Upstream, UpstreamKind } from './upstream/upstream.js';

export interface ProxyParts extends Pick<ServiceAppParts, 'logger'> {
  readonly upstreams: Readonly<Record<UpstreamKind, Upstream>>;
  readonly defaultUpstream: UpstreamKind;
  readonly limits: HttpLimits;
  readonly deadlineMs: number;
}

/** The prediction API, passed on: everything under /v1/ goes upstream, nothing else does. */
export function createApp({ upstreams, defaultUpstream, limits, deadlineMs, logger }: ProxyParts): Express {
  const bodies = new RequestBodies(limits);
  const metrics = new ServiceMetrics();

  function addRoutes(app: Express): void {
    app.all(/^\/v1\//i, async function passOn(request, response) {
      const kind = upstreamOf(request);
      metrics.track(kind, response);
      const { method, originalUrl: target, headers } = request;
      const body = await bodies.read(request, response);
      const answer = await upstreams[kind].answer({ method, target, headers, body }, limitsOf(response, deadlineMs));
      metrics.observePhases(answer.timing);
      if (answer.modelVersion !== undefined) response.setHeader(HEADERS.modelVersion, answer.modelVersion);
      response.setHeader(HEADERS.serverTiming, formatServerTiming(answer.timing));
      sendJson(response, answer.httpStatus, answer.body, answer.headers);
    });
  }

  function upstreamOf({ headers }: Request): UpstreamKind {
    const wanted = headers[HEADERS.upstream];
    if (wanted === undefined) return defaultUpstream;
    if (wanted !== 'grpc' && wanted !== 'rest') throw serviceError('unknown-upstream', String(wanted));
    return wanted;
  }

  return createServiceApp({ logger, metrics, whyNotReady: () => upstreams[defaultUpstream].whyNotReady(), addRoutes });
}

/** Ends the wait for an answer at the deadline, or when the client is gone. */
function limitsOf(response: Response, deadlineMs: number): CallLimits {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(serviceError('deadline-exceeded', deadlineMs));
  }, deadlineMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) abort.abort(serviceError('client-gone'));
  });
  return { deadlineAtMs: Date.now() + deadlineMs, signal: abort.signal };
}
