import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { CLIENT_GONE, ServiceError, serviceError } from '../contract/index.js';
import { errorBody, sendJson } from './send-json.js';

/**
 * Turns whatever a handler throws into an answer. A ServiceError explains itself to the caller; a fault of ours is opaque to
 * the caller and in the log in full, joined by an incident number.
 */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return function answerError(error: unknown, request, response, _next) {
    const known = error instanceof ServiceError ? error : serviceErrorFromExpress(error);
    if (known?.httpStatus === CLIENT_GONE) {
      response.destroy();
      return;
    }
    const incident = randomUUID();
    if (known === undefined)
      logger.error({ incident, err: error, method: request.method, url: request.originalUrl }, 'request failed');
    else if (known.httpStatus >= 500) logger.warn({ err: known, url: request.originalUrl }, 'request not served');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const answer = known ?? serviceError('internal', incident);
    // what was not read of a refused body would otherwise be read as the next request
    const headers = request.complete ? {} : { connection: 'close' };
    sendJson(response, answer.httpStatus, errorBody(answer.message), headers);
  };
}

/** What no route answers: under /v1/ TensorFlow Serving says 400, elsewhere 404. */
export const answerNoRoute: RequestHandler = (request, _response, next) => {
  const code = /^\/v1\//i.test(request.url) ? 'malformed-request' : 'route-not-found';
  next(serviceError(code, request.method, request.originalUrl));
};

/** Express itself rejects undecodable URLs, with a 4xx `status` on a plain error. */
function serviceErrorFromExpress(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status < 500 ? serviceError('unreadable-request', error.message) : undefined;
}
