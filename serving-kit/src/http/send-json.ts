import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Sends ready JSON text. Not res.json(): that would parse types, set a charset and hash an ETag on the hot path. */
export function sendJson(
  response: ServerResponse,
  httpStatus: number,
  body: string | Uint8Array,
  headers?: OutgoingHttpHeaders,
): void {
  response.writeHead(httpStatus, {
    'content-type': 'application/json',
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength,
    ...headers,
  });
  response.end(body);
}

/** Messages quote names of requests, which may be as long as a body. */
const LONGEST_MESSAGE = 16 * 1024;

/** The body of every error: TensorFlow Serving's layout, four spaces and no newline at the end. */
export function errorBody(message: string): string {
  return JSON.stringify({ error: message.slice(0, LONGEST_MESSAGE) }, null, 4);
}
