import type { ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { answerNoRoute, type ErrorAnswerer } from './error-answerer.js';
import { takeServiceMessages } from './messages.js';
import type { ServiceMetrics } from './metrics.js';
import { sendJson } from './send-json.js';

export interface ServiceAppParts {
  readonly answerError: ErrorAnswerer;
  readonly metrics: ServiceMetrics;
  /** Resolves to undefined when the service can answer predictions now, else to the reason why not. Default: it can. */
  readonly whyNotReady?: (response: ServerResponse) => Promise<string | undefined>;
  /** Adds the service's own routes, which are matched before all others: the hot one goes first. */
  readonly addRoutes: (app: Express) => void;
}

/**
 * An Express 5 app with what both services must do identically: /healthz, /readyz, /metrics and errors. Trimmed of what costs
 * time on every request and answers nothing here: ETags, query parsing, X-Powered-By (docs/decisions/0004).
 */
export function createServiceApp({ answerError, metrics, whyNotReady, addRoutes }: ServiceAppParts): Express {
  const app = express();
  takeServiceMessages(app);
  app.disable('x-powered-by');
  app.disable('etag');
  app.disable('query parser');
  addRoutes(app);
  app.get('/healthz', function answerAlive(_request, response) {
    sendJson(response, 200, '{"status":"alive"}');
  });
  app.get('/readyz', async function answerReady(_request, response) {
    const reason = await whyNotReady?.(response);
    if (reason === undefined) sendJson(response, 200, '{"status":"ready"}');
    else sendJson(response, 503, JSON.stringify({ status: 'not ready', reason }));
  });
  app.get('/metrics', async function answerMetrics(_request, response) {
    const page = await metrics.page();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(page);
  });
  app.use(answerNoRoute);
  const handleError: ErrorRequestHandler = (error, request, response, _next) => {
    answerError(error, request, response);
  };
  app.use(handleError);
  return app;
}
