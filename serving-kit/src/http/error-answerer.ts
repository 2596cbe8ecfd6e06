import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { CLIENT_GONE, ServiceError, malformedRequest, unreadableRequest } from '../contract/index.js';
import { LineLimit } from './line-limit.js';
import { errorBody, sendJson } from './send-json.js';

export type ErrorAnswerer = (error: unknown, request: IncomingMessage, response: ServerResponse) => void;

/**
 * Turns whatever a handler throws into an answer. A ServiceError explains itself to the caller; a fault of ours is opaque to
 * the caller and in the log in full, joined by an incident number. One line for each failure, ten a second at most; faults of
 * ours are never left out for others.
 */
export function errorAnswerer(logger: Logger): ErrorAnswerer {
  const limits = { fault: new LineLimit(), failure: new LineLimit() };
  const log = (kind: keyof typeof limits, fields: object, text: string): void => {
    const leftOut = limits[kind].admit(performance.now());
    if (leftOut === undefined) return;
    logger[kind === 'fault' ? 'error' : 'warn'](leftOut === 0 ? fields : { ...fields, linesLeftOut: leftOut }, text);
  };
  return function answerError(error, request, response) {
    const { method, url } = request;
    const known = error instanceof ServiceError ? error : undecodable(error);
    if (known?.httpStatus === CLIENT_GONE) {
      response.destroy();
      return;
    }
    const incident = known === undefined ? randomUUID() : '';
    if (known === undefined) log('fault', { incident, err: error, method, url }, 'request failed');
    else if (known.httpStatus >= 500) log('failure', { err: known, url }, 'request not served');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const answer = known ?? new ServiceError(500, `Internal error; the server's log has it as incident ${incident}`);
    // what was not read of a refused body would otherwise be read as the next request
    const headers = request.complete ? {} : { connection: 'close' };
    sendJson(response, answer.httpStatus, errorBody(answer.message), headers);
  };
}

/** What no route answers: under /v1/ TensorFlow Serving says 400, elsewhere 404. */
export const answerNoRoute: RequestHandler = (request, _response, next) => {
  const { method, originalUrl: url } = request;
  const isOfApi = /^\/v1\//i.test(url);
  next(
    isOfApi
      ? malformedRequest(method, url)
      : new ServiceError(404, `Nothing answers ${method} ${url}; see /v1/models/<name>`),
  );
};

/** Express rejects URLs that cannot be decoded. Of other errors none is known to be fit for a caller's eyes. */
function undecodable(error: unknown): ServiceError | undefined {
  return error instanceof URIError ? unreadableRequest(error.message) : undefined;
}
